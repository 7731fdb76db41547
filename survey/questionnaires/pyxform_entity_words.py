"""pyxform's errors about the entities sheet and `save_to`."""

from django.utils.translation import gettext_lazy as _

from survey.questionnaires.sayings import say

ENTITY_ERRORS = [
    say(
        r"^To save entity properties",
        _("写了 save_to，但没有 entities 工作表。"),
        "save_to",
        _("先在 entities 工作表登记名录"),
    ),
    say(
        r"^The save_to property '(?P<met>[^']*)' is already",
        _("名录属性“%(met)s”已由另一行写入。"),
        "save_to",
        _("每个属性只写一次"),
    ),
    say(r"^Groups and repeats can't be saved", _("分组和重复组不能写入名录。"), "save_to"),
    say(
        r"^The entity list name '(?P<met>[^']*)' was not found",
        _("名录“%(met)s”没有在 entities 工作表登记。"),
        "save_to",
    ),
    say(
        r"^The entity list name '(?P<met>[^']*)' does not have a label",
        _("新建名录“%(met)s”的条目要有 label。"),
        "label",
    ),
    say(
        r"^The entity list name '(?P<met>[^']*)' does not have an 'update_if'",
        _("名录“%(met)s”又建又改时要写 update_if。"),
        "update_if",
    ),
    say(
        r"^The entity list name '(?P<met>[^']*)' does not have an 'entity_id'",
        _("修改名录“%(met)s”要写 entity_id。"),
        "entity_id",
    ),
    say(
        r"^When there is more than one entity declaration",
        _("有几个名录时，save_to 前要写名录名。"),
        "save_to",
        _("名录#属性"),
    ),
    say(
        r"^Each container \(survey, group, repeat\)",
        _("一个分组里只能放一个名录；请把另一个名录用到的题目放进别的分组。"),
    ),
    say(
        r"^The entity list name '(?P<met>[^']*)' has a reference in container",
        _("名录“%(met)s”用到的题目不在同一个重复组里。"),
    ),
    say(
        r"^A 'save_to' value must have at most one", _("save_to 里只能有一个 #。"), "save_to", _("名录#属性")
    ),
    say(r"^The 'list_name' column must not have any duplicate", _("同一个名录登记了两次。"), "list_name"),
    say(r"^Entity lists must have a name", _("名录没有名称。"), "list_name"),
    say(r"^Names used here must not begin with two underscores", _("这里的名称不能以两个下划线开头。")),
    say(r"^Names used here must not contain a period", _("这里的名称不能含点。")),
    say(r"^Names used here must not be 'name' or 'label'", _("这里的名称不能是 name 或 label。")),
]
