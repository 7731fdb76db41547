"""The wording table of the mix page's script; {names} are filled in by the script."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def mix_words() -> dict[str, str]:
    return {**_choices(), **_figures(), **_places(), **_parts(), **_furniture()}


def _choices() -> dict[str, str]:
    return {
        "kind_stock": _("住房存量"),
        "kind_sealed": pgettext("source", "走访"),
        "kind_published": _("公布数据"),
        "no_stock": _("还没有住房数据。先在“数据”里导入并启用。"),
        "no_sealed": _("还没有封存的走访。一轮走访结束后，由数据保护员确认封存，这里就有。"),
        "no_published": _("还没有公布的统计表。规划人员可以在“数据”里导入。"),
        "which_sealed": _("哪一轮"),
        "which_published": _("哪张表"),
        "level_not_in_source": _("这个来源没有这一级的数据。"),
        "dimension_untold": _("这份房屋登记没有这一项。导入带这一列的户室登记后就有。"),
        "show_group": _("在地图上看“{group}”的占比"),
    }


def _figures() -> dict[str, str]:
    return {
        "two_dwellings": _("两套"),
        "two_households": _("两户"),
        "says_w": _("同一栋楼里随便挑{two}，有 {n} 的可能{what}不同。"),
        "says_r_star": _("同楼的{two}不同的机会，比随机安排少 {n}。"),
        "says_r_star_below": _("同楼的{two}不同的机会，比随机安排还多 {n}。"),
        "says_share": _("“{group}”占 {n}。"),
        "says_effective_groups": _("相当于 {n} 类各占一样多。"),
        "says_h": _("知道住哪栋楼，就能说出{what}的 {n}。"),
        "says_d_corrected": _("各楼要一样，得换楼的户数是“完全分开”时的 {n}（已扣去偶然）。"),
        "says_quotient": _("“{group}”的占比是全城的 {n} 倍。"),
        "pick_one": _("在地图上或表里点一处，看它的数。"),
        "not_defined": _("这里没有可比的两户，算不出来。"),
        "base_stock": _("按登记的 {n} 套计，共 {all} 套。"),
        "base_sealed": _("{n} 户作答，共 {all} 套住房。"),
        "base_published": _("共 {n} {unit}。"),
        "response": _("作答 {n}"),
        "margin_points": _("± {n} 个百分点"),
        "weighting_pairs": _("走访数据按“对”计，大楼算得重。"),
        "meaning_w": _("颜色是同一栋楼里两户不同的可能。多不是好，少不是坏。"),
        "meaning_r_star": _("数越大，同类越住在同一栋楼。"),
        "meaning_share": _("颜色是这一类占的比例。"),
        "meaning_effective_groups": _("颜色是相当于几类各占一样多。"),
        "meaning_h": _("数越大，住哪栋楼越能说明是哪一类。"),
        "meaning_d_corrected": _("数越大，要换楼的越多；已扣去偶然。"),
        "meaning_quotient": _("1 是和全城一样。"),
        "caution": _("图上每个数大约 {margin}，比这小的差别不必当真。"),
        "legend_of_group": _("{measure}：{group}"),
        "legend_unit_buildings": _("每级的楼栋数，点一级只看它"),
        "legend_unit_areas": _("每级有几处，点一级只看它"),
        "paper_unit_buildings": _("每级的楼栋数"),
        "paper_unit_areas": _("每级有几处"),
        "class_too_few": _("不足 5 套"),
        "class_untold": _("未登记"),
        "class_hidden": _("不显示或算不出"),
    }


def _places() -> dict[str, str]:
    return {
        "distribution_title": _("{unit}的分布"),
        "level_building": _("楼栋"),
        "table_title": _("逐个看{level}"),
        "table_caption": _("各{level}的数，默认按代码排列，不是名次"),
        "pick_place": _("楼太多，先选一个社区"),
        "no_rows": _("这里没有{level}的数据。"),
        "base_name_stock": _("登记套数"),
        "base_name_sealed": _("作答户数"),
        "base_name_published": _("共（{unit}）"),
        "hidden_short": _("不显示"),
        "merged_with": _("楼太小，与“{name}”合看"),
        "show_all": _("显示全部 {n} 行"),
        "drawn_place": _("手画的一片：{n} 个网格"),
        "label_place": _("{name}：{figure}"),
        "label_no_homes": _("没有住房"),
        "label_too_few": _("不足 5 套，不单独显示"),
        "label_untold": _("未登记"),
        "split_pairs": _("{differing} 对，在 {pairs} 对之中"),
    }


def _parts() -> dict[str, str]:
    return {
        "part_failed": _("没有取到，请再试一次。"),
        "exposure_title": _("每一类在自己楼里遇到的邻居"),
        "exposure_who": _("谁 \\ 遇到"),
        "exposure_all": _("这里全体"),
        "exposure_sentence": _("“{who}”的同楼邻居里，{n} 是“{whom}”，{own} 和自己一样。"),
        "exposure_none": _("这里没有同楼的邻居可比。"),
        "radius": _("周围"),
        "profile_title": _("走开多远，还是同样的人"),
        "profile_r": _("R̃ 圆点"),
        "profile_h": _("H̃ 方点"),
        "profile_sentence": _("周围 {m} 米的分隔是 {near}，走到 {km} 米是 {far}。"),
        "profile_note": _("按离得远近加权，每栋楼按自己的户数计。"),
        "trend_title": _("历次变化"),
        "trend_one": _("只有一次，还看不出变化。"),
        "trend_none": _("这里还没有可比的数据。"),
        "trend_estimate": _("空心点：网格重划过，按面积折算，只是估计。"),
        "estimate": _("估计"),
        "compare_title": _("两处放在一起看"),
        "compare_pick": _("选一处……"),
        "compare_hint": _("选好另一处，两边的数就排在一起；谁也不比谁“好”。"),
        "counted": _("计入"),
        "accuracy_title": _("按这一轮的保护强度，95% 的误差"),
        "accuracy_who": _("作答"),
        "accuracy_share": _("占比"),
        "accuracy_w": _("楼内混合"),
        "accuracy_note": _("这是保护带来的误差；没有答的住户带来的不在内。"),
        "households_n": _("{n} 户作答"),
        "budget_year": _("{year} 年隐私额度 ε"),
        "budget_spent": _("用了 {spent}，上限 {most}"),
        "fact_source": _("来源"),
        "fact_date": _("日期"),
        "fact_answered": _("作答"),
        "fact_answered_of": _("{n} 户，共 {all} 套"),
        "fact_stock": _("房屋一代"),
        "fact_plan": _("网格方案"),
        "fact_epsilon": _("这一轮的 ε"),
        "fact_sha256": _("封存表或文件的 SHA-256"),
        "fact_attribution": _("署名"),
    }


def _furniture() -> dict[str, str]:
    return {
        "figures_failed": _("数没有取到，页面上不是最新的。"),
        "tiles_failed": _("有几块地图没有取到。"),
        "link_copied": _("链接已复制"),
        "copy_by_hand": _("请从地址栏复制"),
        "search_failed": _("查找没有成功，请再试一次。"),
        "search_found": _("{n} 条"),
        "search_nothing": _("没有找到，换个写法试试。"),
        "found_building": _("楼栋"),
        "found_facility": _("设施"),
        "found_area": _("区域"),
        "found_grid": _("网格"),
        "found_estate": _("小区"),
        "found_street": _("道路"),
        "print_ready": _("可以打印了"),
        "print_waiting": _("地图正在画，请稍候……"),
    }
