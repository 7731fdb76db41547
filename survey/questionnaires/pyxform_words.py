"""pyxform's errors about sheets, names, choices and references.

Its own texts: `pyxform/errors.py` and the `PyXFormError`s of `pyxform/xls2json.py`, 4.5.0.
"""

from django.utils.translation import gettext_lazy as _

from survey.questionnaires.sayings import say

NAME_RULE = _("以字母或下划线开头，只含字母、数字、下划线、连字符和点")

ERRORS = [
    say(
        r"^You must have a sheet named 'survey'",
        _("工作簿里没有名为 survey 的工作表。题目要写在 survey 表里。"),
        expected="survey",
        sheet="survey",
    ),
    say(
        r"^Question with no type",
        _("这一行没有题型。"),
        "type",
        _("XLSForm 的题型，如 text、integer"),
        "survey",
    ),
    say(r"^Question or group with no name", _("这一行没有名称。"), "name", NAME_RULE, "survey"),
    say(
        r"^Unknown question type '(?P<met>[^']*)'",
        _("不认识的题型“%(met)s”。"),
        "type",
        _("XLSForm 的题型，如 text、integer、select_one 选项表"),
        "survey",
    ),
    say(
        r"^Missing calculation",
        _("calculate 行没有写 calculation。"),
        "calculation",
        _("一个表达式"),
        "survey",
    ),
    say(r"^Names must begin with a letter", _("名称里有不能用的字符。"), expected=NAME_RULE),
    say(
        r"^The '(?P<met>[^']*)' value is invalid\. Names must",
        _("名称“%(met)s”里有不能用的字符。"),
        expected=NAME_RULE,
    ),
    say(
        r"^Questions, groups, and repeats must be unique",
        _("同一层里有重名的题目或分组。"),
        "name",
        _("同一层里每个名称只用一次"),
    ),
    say(r"^Repeat names must unique", _("重复组的名称在全表里要唯一。"), "name", _("没有用过的名称")),
    say(r"^Repeat names must not be the same", _("重复组不能与表单的根同名。"), "name", _("另一个名称")),
    say(r"^The name 'meta' is reserved", _("名称 meta 由系统使用。"), "name", _("另一个名称")),
    say(r"^Choices must have a name", _("选项没有名称（name）。"), "name", _("每个选项一个代码"), "choices"),
    say(
        r"^Choice names must be unique",
        _("同一个选项表里有重复的选项代码。"),
        "name",
        _("同一选项表里每个代码只用一次"),
        "choices",
    ),
    say(
        r"^Choice names with spaces cannot be added .* See \[(?P<met>.*?)\] in \[(?P<list>.*?)\]",
        _("多选题的选项代码不能含空格：选项表“%(list)s”的“%(met)s”。"),
        "name",
        _("不含空格的代码"),
        "choices",
    ),
    say(
        r"^List name not in (?:external )?choices sheet: (?P<met>.*)$",
        _("选项表“%(met)s”在 choices 工作表里找不到。"),
        "type",
        _("choices 工作表 list_name 列里有的名称"),
        "survey",
    ),
    say(
        r"^There should be an? (?P<met>\w+) sheet in this xlsform",
        _("有选择题，但工作簿里没有 %(met)s 工作表。"),
        expected=_("choices 工作表，含 list_name、name、label 三列"),
    ),
    say(
        r"^File name for '(?P<met>[^']*)' should end with",
        _("“%(met)s”要写文件名和扩展名。"),
        "type",
        ".csv, .xml, .geojson",
        "survey",
    ),
    say(
        r"^Unmatched 'begin_(?P<met>\w+)'\. No matching .* for the name '(?P<name>[^']*)'",
        _("“%(name)s”开了头（begin_%(met)s），没有对应的结尾（end_%(met)s）。"),
        "type",
        "end_group / end_repeat",
        "survey",
    ),
    say(
        r"^Unmatched 'end_(?P<met>\w+)'",
        _("有结尾（end_%(met)s），没有对应的开头（begin_%(met)s）。"),
        "type",
        "begin_group / begin_repeat",
        "survey",
    ),
    say(
        r"^Reference variables must contain a name .* Could not find the name '(?P<met>[^']*)'",
        _("引用了不存在的题目 ${%(met)s}。"),
        expected=_("survey 工作表里有的名称"),
    ),
    say(
        r"^Reference variables names must be unique .* The name '(?P<met>[^']*)' appears",
        _("引用的 ${%(met)s} 有不止一个，分不清是哪一个。"),
        expected=_("全表唯一的名称"),
    ),
    say(
        r"^There (?:is no|are multiple) survey elements? named '(?P<met>[^']*)'",
        _("引用的题目 ${%(met)s} 不存在，或者不止一个。"),
        expected=_("survey 工作表里唯一的名称"),
        sheet="survey",
    ),
    say(r"^Reference variables must start with", _("引用没有写完整。"), expected=_("${题目名称}")),
    say(r"^Reference variable lists must", _("多个引用之间要用逗号隔开。"), expected=_("${甲}, ${乙}")),
    say(
        r"^The survey element named '(?P<met>[^']*)' has no label",
        _("“%(met)s”没有题目文字（label）。"),
        "label",
        _("每种语言的题目文字"),
        "survey",
    ),
    say(
        r"^The question \$\{(?P<met>[^}]*)\} is not user-visible .* question \$\{(?P<name>[^}]*)\}",
        _("“%(name)s”由“%(met)s”触发，但“%(met)s”不是要人回答的题目。"),
        "trigger",
        _("一道要人回答的题目"),
        "survey",
    ),
    say(
        r"^Invalid headers provided for sheet: '(?P<sheet>[^']*)'\. Headers that are different .* found: "
        r"'(?P<met>[^']*)', '(?P<name>[^']*)'",
        _("列“%(met)s”和“%(name)s”是同一列的两种叫法。"),
        expected=_("只留一列"),
    ),
    say(
        r"^Invalid headers provided for sheet: '(?P<sheet>[^']*)'\. One or .* not found: (?P<met>.*?)\.",
        _("缺少必要的列：%(met)s。"),
        expected=_("第一行是列名"),
    ),
    say(
        r"^Invalid headers provided for sheet: '(?P<sheet>[^']*)'",
        _("第一行的列名不能用。"),
        expected=_("第一行是列名"),
    ),
    say(
        r"one or more column names are invalid\. .* this version of pyxform: (?P<met>.*?)\. Please",
        _("entities 工作表里有不认识的列：%(met)s。"),
        expected="list_name, entity_id, create_if, update_if, label",
        sheet="entities",
    ),
    say(
        r"^Parameters must be in the form", _("parameters 写法不对。"), "parameters", _("名称=值，用空格隔开")
    ),
    say(
        r"^The accepted parameter keys .* are '(?P<accepted>[^']*)'\. .* key\(s\): '(?P<met>[^']*)'",
        _("这种题型没有参数 %(met)s。"),
        "parameters",
        "%(accepted)s",
    ),
    say(
        r"^For the 'range' question type",
        _("range 题的参数不能用。"),
        "parameters",
        _("start、end、step 为数字且互相合得上"),
    ),
    say(
        r"^For geoshape and geotrace|The '(?:reference-geometry|\w+-accuracy)' parameter",
        _("定位题的参数不能用。"),
        "parameters",
    ),
    say(r"^Audits must always be named", _("audit 行不要写名称。"), "name"),
    say(
        r"^(?P<met>[\w-]+) must be set to|^Parameter (?P<name>[\w-]+) must",
        _("参数的值不能用。"),
        "parameters",
    ),
    say(r"^Choice filter not supported", _("这种题型不能用 choice_filter。"), "choice_filter"),
    say(r"^Badly formatted table list", _("表格题（table-list）里的题目要用同一个选项表。"), "type"),
    say(r"'search\(\)'", _("search() 的用法不受支持。"), "appearance"),
    say(r"^Instance names must be unique|^The same instance id", _("随表文件或外部列表的名称重复。"), "type"),
]
