"""What an XForm asks, as plain JSON: one row a question, with its path, kind, role, words and choices.

The outline is kept with the version. Intake reads answers by its roles, the desk shows it as a table, the
denylist walks its names and words. A question that nobody sees (calculate, hidden) is a row, too.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element

from survey.questionnaires.choices import choices_of
from survey.questionnaires.xform_tree import ENTITIES, JAVAROSA, XF, XFormTree, local, read_xform

WANGGE = "urn:wangge:form"
ROLE = "{" + WANGGE + "}role"
INPUT_KINDS = {
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "dateTime": "dateTime",
    "time": "time",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
}
UPLOAD_KINDS = {"image": "image", "audio": "audio", "video": "video"}
CONTROL_KINDS = {"select1": "select_one", "select": "select_multiple", "rank": "rank", "trigger": "trigger"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def outline_of(xform: str) -> dict[str, Any]:
    """The outline of one XForm.

    Raises:
        ValueError, xml.etree.ElementTree.ParseError: not an XForm.
    """
    tree = read_xform(xform)
    root = f"/{local(tree.primary)}"
    entities = _entities(tree.primary, root)
    questions = [
        _question(tree, path, entities) for path in _leaves(tree, tree.primary, root) if path != root
    ]
    roles: dict[str, str] = {}
    for question in questions:
        if question["role"]:
            roles.setdefault(question["role"], question["path"])
    return {
        "form_id": tree.primary.get("id", ""),
        "version": tree.primary.get("version", ""),
        "title": _title(tree.title),
        "languages": [
            {"name": one.name, "code": one.code, "is_default": one.is_default} for one in tree.languages
        ],
        "root": root,
        "questions": questions,
        "groups": _groups(tree),
        "entity_lists": sorted({row["list"] for row in entities}),
        "entities": entities,
        "roles": roles,
        "namespaces": {"wangge": WANGGE} if roles else {},
    }


def _title(text: str) -> dict[str, str]:
    """「住户登记 / Households」 gives both; a title in one language is both languages' title."""
    parts = [part.strip() for part in text.split(" / ")]
    if len(parts) == 2 and all(parts) and [bool(_HAN.search(part)) for part in parts] == [True, False]:
        return {"zh": parts[0], "en": parts[1]}
    return {"zh": text, "en": "" if _HAN.search(text) else text}


def _leaves(tree: XFormTree, element: Element, path: str) -> list[str]:
    """Paths of the questions in the order of the record, each once, the block `meta` left out."""
    found: list[str] = []
    for child in element:
        child_path = f"{path}/{local(child)}"
        if local(child) == "meta":
            continue
        if len(child) or child_path in tree.groups or child_path in tree.repeats:
            found += _leaves(tree, child, child_path)
        else:
            found.append(child_path)
    return list(dict.fromkeys(found))


def _entities(element: Element, path: str) -> list[dict[str, Any]]:
    """Every entity that a record may make or change; a repeat's template is the repeat."""
    found = [
        {
            "path": f"{path}/meta/entity",
            "list": entity.get("dataset", ""),
            "may_create": entity.get("create") is not None,
            "may_update": entity.get("update") is not None,
        }
        for meta in element
        if local(meta) == "meta"
        for entity in meta
        if local(entity) == "entity"
    ]
    for child in element:
        if local(child) != "meta":
            for row in _entities(child, f"{path}/{local(child)}"):
                if row not in found:
                    found.append(row)
    return found


def _question(tree: XFormTree, path: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    bind = tree.binds.get(path, Element("bind"))
    control = tree.controls.get(path)
    kind = _kind(control, bind)
    choices, choices_from = choices_of(tree, control)
    return {
        "path": path,
        "name": path.rsplit("/", 1)[-1],
        "kind": kind,
        "role": bind.get(ROLE, "").strip(),
        "labels": tree.in_two(tree.text_of(control, "label")),
        "hints": tree.in_two(tree.text_of(control, "hint")),
        "is_required": bind.get("required", "false()").strip() not in ("false()", ""),
        "is_answerable": control is not None and not _is_read_only(bind),
        "repeats": [nodeset for nodeset in tree.repeats if path.startswith(nodeset + "/")],
        "choices": choices,
        "choices_from": choices_from,
        "save_to": _save_to(path, bind, entities),
        "relevant": bind.get("relevant", "").strip(),
    }


def _is_read_only(bind: Element) -> bool:
    return bind.get("readonly", "").strip() == "true()"


def _kind(control: Element | None, bind: Element) -> str:
    if control is None:
        return "calculate" if bind.get("calculate") and not bind.get(JAVAROSA + "preload") else "hidden"
    name, bound = local(control), bind.get("type", "string")
    if name in CONTROL_KINDS:
        return CONTROL_KINDS[name]
    if name == "upload":
        return UPLOAD_KINDS.get((control.get("mediatype") or "").split("/")[0], "file")
    if bound == "string" and _is_read_only(bind):
        return "note"
    return INPUT_KINDS.get(bound, "text")


def _save_to(path: str, bind: Element, entities: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The property that an answer is kept under, in the list of the nearest entity around it."""
    name = bind.get(ENTITIES + "saveto", "").strip()
    around = [row for row in entities if path.startswith(row["path"].removesuffix("meta/entity"))]
    if not name or not around:
        return []
    return [{"list": max(around, key=lambda row: len(row["path"]))["list"], "property": name}]


def _groups(tree: XFormTree) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "labels": tree.in_two(tree.text_of(group, "label")),
            "is_repeat": group.find(XF + "repeat") is not None,
        }
        for path, group in tree.groups.items()
    ]
