"""What pyxform warns of, as far as an author can do something about it."""

from django.utils.translation import gettext_lazy as _

from survey.questionnaires.sayings import say

WARNINGS = [
    say(
        r"^Use the max-pixels parameter",
        _("照片没有限定大小。写 max-pixels=1600 可以省流量和空间。"),
        "parameters",
        sheet="survey",
    ),
    say(r"^Choices should have a label", _("选项没有文字（label）。"), "label", sheet="choices"),
    say(r"^The name is a case-insensitive match", _("有只差大小写的名称，导出后容易混淆。"), "name"),
    say(r"^(?:Repeat|Group) has no label", _("分组没有文字（label）。"), "label", sheet="survey"),
    say(
        r"^The following language declarations do not contain .* codes: (?P<met>.*?)\. Learn",
        _("语言“%(met)s”没有代码，平板无法对应界面语言。请写成“中文 (zh)”。"),
    ),
    say(
        r"^Language '(?P<met>[^']*)' is missing the (?P<sheet>\w+) (?:columns )?"
        r"(?P<name>[^\n]*?)(?: column)?\.$",
        _("语言“%(met)s”缺少列：%(name)s。"),
    ),
    say(r"^Row without name, text, or label", _("这一行没有名称和文字，已跳过。"), sheet="survey"),
    say(r"is no longer supported on most devices", _("这种元数据多数设备已不支持。"), "type", sheet="survey"),
    say(r"the following sheets with similar names", _("有名称相近的工作表，可能写错了名称。")),
    say(r"^Column headers must not be empty", _("choices 工作表的列名不能为空或含空格。"), sheet="choices"),
    say(
        r"select one external is only meant", _("select_one_external 只用于带 choice_filter 的题目。"), "type"
    ),
    say(r"or_other", _("or_other 的“其他”只有英文。请改用普通选项。"), "type"),
]
