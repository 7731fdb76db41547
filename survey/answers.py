"""What a record says: its heading, and its answers found by path or by role.

A path is the question's in the form (`/data/need/need_category`). An index names which turn of each repeat
around the question is meant, counted from 1: `(2,)` is the second need.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

from survey.safe_xml import UnreadableXml, child, local_name, read_xml, text_of

FILE_KINDS = frozenset({"image", "audio", "video", "file"})
MAX_ID = 100
Index = tuple[int, ...]


@dataclass(frozen=True)
class Heading:
    """What every record says of itself, sealed or not."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    is_sealed: bool


@dataclass(frozen=True)
class EntityMark:
    """One `<entity>` element, with what the questions around it save to it."""

    list_name: str
    attributes: dict[str, str]
    label: str
    data: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """The answers of one record, in the order of its XML."""

    heading: Heading
    values: list[tuple[str, Index, str]]
    roles: dict[str, str]
    files: list[str]
    marks: list[EntityMark]

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, _index, text in self.values:
            found.setdefault(path, []).append(text)
        return found

    def by_path(self, path: str) -> list[str]:
        return self._texts.get(path, [])

    def by_role(self, role: str) -> list[str]:
        """Every non-empty answer to the question with this role; [] where the form has none."""
        path = self.roles.get(role)
        return [text for text in self.by_path(path) if text] if path else []

    def one(self, role: str) -> str:
        return next(iter(self.by_role(role)), "")

    def rows(self, *roles: str) -> list[tuple[str, ...]]:
        """Answers of questions in the same repeat, one row a turn."""
        found: dict[Index, dict[str, str]] = {}
        wanted = {self.roles[role]: role for role in roles if role in self.roles}
        for path, index, text in self.values:
            if path in wanted:
                found.setdefault(index, {})[wanted[path]] = text
        return [tuple(row.get(role, "") for role in roles) for row in found.values()]

    def has_question(self, role: str) -> bool:
        return role in self.roles


def read_heading(xml: bytes) -> Heading:
    """What a record says of itself, before its form is known.

    Raises:
        UnreadableXml
    """
    return heading_of(read_xml(xml))


def heading_of(root: Element) -> Heading:
    meta = child(root, "meta")
    instance_id = text_of(child(meta, "instanceID")) if meta is not None else ""
    found = Heading(
        form_id=root.get("id", "").strip(),
        version=root.get("version", "").strip(),
        instance_id=instance_id or text_of(child(root, "instanceID")),
        deprecated_id=text_of(child(meta, "deprecatedID")) if meta is not None else "",
        is_sealed=root.get("encrypted", "").lower() in ("yes", "true", "1"),
    )
    if max(len(found.instance_id), len(found.deprecated_id)) > MAX_ID or "\x00" in found.instance_id:
        raise UnreadableXml("bad_instance_id")
    return found


def read_answers(xml: bytes, outline: dict[str, Any]) -> Answers:
    """Read a record against the outline of its form version.

    Raises:
        UnreadableXml
    """
    return answers_of(read_xml(xml), outline)


def answers_of(root: Element, outline: dict[str, Any]) -> Answers:
    repeats = {one["path"] for one in outline.get("groups", ()) if one.get("is_repeat")}
    questions = {one["path"]: one for one in outline.get("questions", ())}
    found = list(_walk(root, outline.get("root") or "/data", repeats))
    values = [(path, index, text_of(element)) for path, index, element in found if path in questions]
    files = [text for path, _index, text in values if text and questions[path]["kind"] in FILE_KINDS]
    return Answers(
        heading=heading_of(root),
        values=values,
        roles=dict(outline.get("roles") or {}),
        files=list(dict.fromkeys(files)),
        marks=list(_marks(found, values, outline)),
    )


def all_text(root: Element) -> Iterator[str]:
    """Every text of the record, whether the form asks for it or not."""
    for element in root.iter():
        if element.text and not element.text.isspace():
            yield element.text


def _walk(root: Element, path: str, repeats: set[str]) -> Iterator[tuple[str, Index, Element]]:
    """Every element with its path and the turn of each repeat that holds it. Depth is limited by safe_xml."""
    waiting: list[tuple[str, Index, Element]] = [(path, (), root)]
    while waiting:
        at, index, element = waiting.pop()
        yield at, index, element
        turns: dict[str, int] = {}
        below = []
        for one in element:
            name = f"{at}/{local_name(one)}"
            turn = index
            if name in repeats:
                turns[name] = turns.get(name, 0) + 1
                turn = (*index, turns[name])
            below.append((name, turn, one))
        waiting.extend(reversed(below))


def _marks(
    found: list[tuple[str, Index, Element]], values: list[tuple[str, Index, str]], outline: dict[str, Any]
) -> Iterator[EntityMark]:
    declared = {one["path"]: one["list"] for one in outline.get("entities", ())}
    if not declared:
        return
    saved = [
        (question["path"], saving["list"], saving["property"])
        for question in outline["questions"]
        for saving in question.get("save_to") or ()
    ]
    for path, index, element in found:
        if path not in declared:
            continue
        holder = path.removesuffix("/meta/entity")
        list_name = element.get("dataset") or declared[path]
        yield EntityMark(
            list_name=list_name,
            attributes=dict(element.attrib),
            label=text_of(child(element, "label")),
            data=_saved(
                values, [s for s in saved if s[1] == list_name and s[0].startswith(f"{holder}/")], index
            ),
        )


def _saved(
    values: list[tuple[str, Index, str]], saved: list[tuple[str, str, str]], index: Index
) -> dict[str, str]:
    """What is saved to one entity: the answers in its own turn of the repeat. A blank says nothing."""
    properties = {path: name for path, _list, name in saved}
    return {
        properties[path]: text
        for path, at, text in values
        if path in properties and text and at[: len(index)] == index
    }
