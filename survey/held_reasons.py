"""Why a record waits for a person: the codes, and what people read."""

from django.utils.translation import gettext_lazy

from survey.opening import CANNOT_OPEN, HEADING_DIFFERS, UNREADABLE_ANSWERS
from survey.opening import ROUND_SEALED as ROUND_SEALED

WAITING_PREDECESSOR = "waiting_predecessor"
ENTITY_REFUSED = "entity_refused"
JUDGE_FAILED = "judge_failed"
UNKNOWN_DWELLING = "unknown_dwelling"
UNKNOWN_PREDECESSOR = "unknown_predecessor"
STALE_EDIT = "stale_edit"
RECORD_ERASED = "record_erased"

# In the order in which they are told; the first is `held_reason`, all are in `held_details["reasons"]`.
HELD_WORDS = {
    UNKNOWN_DWELLING: gettext_lazy("没有说明是哪一户，或者这一户不在名册里"),
    "no_round": gettext_lazy("没有一轮走访在这一户用这张表"),
    ROUND_SEALED: gettext_lazy("这一轮已经封存"),
    "round_closed": gettext_lazy("到达时这一轮已经结束"),
    "outside_duty": gettext_lazy("到达时这一户不在走访人的职责范围内"),
    "assignment_ended": gettext_lazy("这一户的分配已经收回"),
    "not_assigned": gettext_lazy("这一户没有分配给走访人"),
    "declined_before": gettext_lazy("这一户在本轮已经谢绝"),
    "id_number": gettext_lazy("文字里有疑似身份证号"),
    WAITING_PREDECESSOR: gettext_lazy("等待同一台平板更早的记录"),
    ENTITY_REFUSED: gettext_lazy("对名册的修改不能执行"),
    CANNOT_OPEN: gettext_lazy("加密记录无法打开"),
    HEADING_DIFFERS: gettext_lazy("加密记录的内外编号不一致"),
    UNREADABLE_ANSWERS: gettext_lazy("加密记录的内容无法读取"),
    UNKNOWN_PREDECESSOR: gettext_lazy("要更正的记录不在服务器上"),
    STALE_EDIT: gettext_lazy("要更正的记录已经有更新的更正"),
    JUDGE_FAILED: gettext_lazy("处理时程序出错"),
}
# What a director's word cannot mend: there is nothing to write, or nowhere to write it.
FINAL = frozenset({UNKNOWN_DWELLING, "no_round", ROUND_SEALED, CANNOT_OPEN, UNREADABLE_ANSWERS})
