"""Answers as people read them: grouped as the form groups them, with its labels in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

Outline = dict[str, Any]
Value = tuple[str, tuple[int, ...], str]  # path, place in its repeats, text

FILES = frozenset({"image", "audio", "video", "file"})
NEVER_SHOWN = frozenset({"note", "hidden"})
CHOICES = frozenset({"select_one", "select_multiple", "rank"})
COMPOSITION_ROLES = ("age_band:", "household_type", "origin")
CONTACT_ROLES = ("contact_",)


@dataclass(frozen=True)
class Answer:
    """One question with its answer, and what was answered before where that differs."""

    path: str
    key: str  # path and place in its repeats, unique in a record
    label: str
    text: str
    before: str | None
    kind: str
    role: str

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.before != self.text

    @property
    def is_file(self) -> bool:
        return self.kind in FILES


@dataclass(frozen=True)
class AnswerGroup:
    title: str
    answers: list[Answer]


def in_language(labels: dict[str, str], fallback: str = "") -> str:
    """The words in the reader's language, else the other one, else the name."""
    order = ("zh", "en") if (get_language() or "zh").startswith("zh") else ("en", "zh")
    return next((labels[key] for key in order if labels.get(key)), fallback)


def is_composition(role: str) -> bool:
    return role.startswith(COMPOSITION_ROLES)


def is_contact(role: str) -> bool:
    return role.startswith(CONTACT_ROLES)


def questions_of(outline: Outline) -> dict[str, dict[str, Any]]:
    return {question["path"]: question for question in outline.get("questions", [])}


def label_of(question: dict[str, Any]) -> str:
    return in_language(question.get("labels", {}), question.get("name", ""))


def words_of(question: dict[str, Any], text: str, names: dict[str, str] | None = None) -> str:
    """A value in words: the labels of its choices, a point with its accuracy; `names` gives rows of lists."""
    if not text:
        return ""
    kind = question.get("kind", "text")
    if kind in CHOICES:
        labels = {
            one["value"]: in_language(one.get("labels", {}), one["value"]) for one in question["choices"]
        }
        picked = [text] if kind == "select_one" else text.split()
        return "、".join((names or {}).get(value) or labels.get(value, value) for value in picked)
    if kind == "geopoint":
        return _point(text)
    if kind in ("dateTime", "time"):
        return text.replace("T", " ")[:16] if kind == "dateTime" else text[:5]
    return text


def _point(text: str) -> str:
    parts = text.split()
    if len(parts) < 2:
        return text
    accuracy = _("（误差 %(metres)s 米）") % {"metres": parts[3]} if len(parts) > 3 else ""
    return f"{parts[1]}, {parts[0]}{accuracy}"  # OpenRosa writes latitude first


def answer_groups(
    outline: Outline,
    values: Sequence[Value],
    *,
    before: Sequence[Value] | None = None,
    is_whole: bool = True,
    names: dict[str, str] | None = None,
) -> list[AnswerGroup]:
    """The answers of a record in the order of its form; unanswered questions only where they had an answer.

    Args:
        before: the values of the record that this one corrects; None where it corrects none.
        is_whole: whether `before` is a record; else only what it names can differ.
        names: what stands for the ids of entity lists, such as a dwelling's door label.
    """
    questions = questions_of(outline)
    earlier = None if before is None else {(path, index): text for path, index, text in before}
    found: dict[tuple[str, tuple[int, ...]], list[Answer]] = {}
    for path, index, text in _with_dropped(values, earlier):
        question = questions.get(path)
        if question is None or not _is_shown(question, text, (earlier or {}).get((path, index))):
            continue
        known = earlier is not None and (is_whole or (path, index) in earlier)
        old = words_of(question, (earlier or {}).get((path, index), ""), names) if known else None
        answer = Answer(
            path=path,
            key="/".join([path, *map(str, index)]),
            label=label_of(question),
            text=words_of(question, text, names),
            before=old,
            kind=question.get("kind", "text"),
            role=question.get("role", ""),
        )
        found.setdefault((_group_of(outline, path), index), []).append(answer)
    return [AnswerGroup(_title(outline, group, index), rows) for (group, index), rows in found.items()]


def _with_dropped(
    values: Sequence[Value], earlier: dict[tuple[str, tuple[int, ...]], str] | None
) -> list[Value]:
    """The values, and those answered before that are not there any more."""
    now = {(path, index) for path, index, _text in values}
    gone = [(path, index, "") for path, index in earlier or {} if (path, index) not in now]
    return [*values, *gone]


def _is_shown(question: dict[str, Any], text: str, before: str | None) -> bool:
    if question.get("kind") in NEVER_SHOWN or not (text or before):
        return False
    is_computed = question.get("kind") == "calculate" or not question.get("is_answerable", True)
    return not is_computed or bool(question.get("role"))


def _group_of(outline: Outline, path: str) -> str:
    inside = [one["path"] for one in outline.get("groups", []) if path.startswith(one["path"] + "/")]
    return max(inside, key=len, default="")


def _title(outline: Outline, group: str, index: tuple[int, ...]) -> str:
    labels = {one["path"]: one.get("labels", {}) for one in outline.get("groups", [])}
    title = in_language(labels.get(group, {}), group.rsplit("/", 1)[-1]) if group else _("基本")
    return f"{title} {'.'.join(map(str, index))}" if any(index) else title
