"""What the verify page says, for its script."""

from django.utils.translation import gettext as _


def verify_words() -> dict[str, str]:
    return {
        "list_sorted": _("名单里每个回执号只有一次"),
        "list_hash": _("名单与封闭时公布的哈希一致"),
        "rules_hash": _("规则与封闭时公布的哈希一致"),
        "spec": _("按同一个算法版本"),
        "draw": _("规则就是这次摇号的规则"),
        "priorities": _("各回执号的优先序在规则里固定"),
        "parties": _("承诺的各方就是规则里写明的各方"),
        "commitment": _("{party}的随机数就是先前承诺的"),
        "commitments_missing": _("有承诺没有公开随机数"),
        "seed": _("种子由名单、规则、随机数和公开数得出"),
        "order": _("顺序由种子得出，一位不差"),
        "results_hash": _("结果与公示的哈希一致"),
        "results_rows": _("名单上每人一行结果，不多不少"),
        "stock": _("每栋楼分出的房不多于房源"),
        "archive": _("公开档案从公示以来没有改过"),
        "right": _("相符"),
        "wrong": _("不符"),
        "running": _("正在您的浏览器里重算……"),
        "all_right": _("全部 {count} 项相符：顺序确实由封闭的名单、事先承诺的随机数和公开数得出。"),
        "so_far_right": _("到目前为止的 {count} 项相符。摇号还没有走完。"),
        "stopped_right": _("到中止为止的 {count} 项相符。这个项目不再摇号。"),
        "row_never": _("摇号已中止，没有结果。"),
        "some_wrong": _("有 {count} 项不符。请记下是哪几项，向公证员或审计人员提出。"),
        "unreadable": _("档案读不出来，或者不完整：不能算验证通过。"),
        "no_crypto": _(
            "这个浏览器在不加密的网址（http）上不提供 SHA-256，所以这里不能重算。"
            "请用 https 打开，或者按“不靠我们验证”的步骤自己核对。"
        ),
        "no_archive": _("公开档案没有下载成功。请刷新后再试。"),
        "not_listed": _("名单里没有 {receipt}。请逐字核对回执；确实不在名单里，请马上向经办人提出异议。"),
        "listed": _("{receipt} 在名单第 {line} 行，优先序 {priority}。"),
        "placed": _("顺序第 {place} 位，共 {count} 位。"),
        "row_building": _("结果：{building}，类别 {label}。具体房号以通知为准。"),
        "row_none": _("结果：这次没有分到房，类别 {label}。有房退出时按顺序递补。"),
        "row_short": _("公示名单上是这一行：{short}"),
        "row_closed": _("密语打不开任何一行。请核对回执号和密语；仍打不开，请提出异议。"),
        "row_later": _("公示以后，用密语可以打开自己的结果。"),
    }
