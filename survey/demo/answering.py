"""Fills in a form as a client would: the record is made of the form's own instance, not of a template."""

import uuid
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

from survey.models import Entity, FormVersion

XFORMS = "{http://www.w3.org/2002/xforms}"
TEMPLATE = "{http://openrosa.org/javarosa}template"


@dataclass(frozen=True)
class Said:
    """What was said at a door: answers by role, or by the property that the dwelling list keeps."""

    roles: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    needs: tuple[tuple[str, str], ...] = ()  # category, urgency


def drawn_uuid(*parts: object) -> uuid.UUID:
    """A UUID of version 4 in form, the same for the same parts."""
    return uuid.UUID(bytes=sha256("/".join(map(str, parts)).encode()).digest()[:16], version=4)


def record_of(version: FormVersion, door: Entity, said: Said, *, name: str, base_version: int) -> bytes:
    """The XML of one finished visit; `name` draws its ids."""
    root = deepcopy(_instance(version.xform))
    outline = version.outline
    _fill(root, outline, door, said)
    _fill_needs(root, outline, said)
    _fill_entities(root, door, said, name=name, base_version=base_version)
    meta = root.find("meta")
    assert meta is not None
    _child(meta, "instanceID").text = f"uuid:{drawn_uuid(name, 'instance')}"
    _prune(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


@lru_cache(maxsize=4)
def _instance(xform: str) -> Element:
    """The primary instance, empty, without namespaces."""
    model = fromstring(xform.encode()).find(f".//{XFORMS}model")
    primary = model.find(f"{XFORMS}instance")[0]
    root: Element = primary
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.text = element.tail = None
    for parent in list(root.iter()):
        for one in [child for child in parent if TEMPLATE in child.attrib]:
            parent.remove(one)
    return root


def _fill(root: Element, outline: dict[str, Any], door: Entity, said: Said) -> None:
    answers = {"dwelling": str(door.uuid), **said.roles}
    for question in outline["questions"]:
        saved = [one["property"] for one in question.get("save_to", ())]
        known = {**{name: said.facts[name] for name in saved if name in said.facts}, **answers}
        value = answers.get(question["role"]) or next((known[name] for name in saved if name in known), "")
        target = root.find(question["path"].removeprefix(f"{outline['root']}/"))
        if value and target is not None and not question["repeats"]:
            target.text = value


def _fill_needs(root: Element, outline: dict[str, Any], said: Said) -> None:
    """One turn of the repeat for every need."""
    at = outline["roles"].get("need_category")
    if at is None:
        return
    repeat = next(
        group["path"] for group in outline["groups"] if group["is_repeat"] and at.startswith(group["path"])
    )
    name = repeat.removeprefix(f"{outline['root']}/")
    empty = root.find(name)
    assert empty is not None
    place = list(root).index(empty)
    root.remove(empty)
    for shift, (category, urgency) in enumerate(said.needs):
        turn = Element(name)
        SubElement(turn, at.rpartition("/")[2]).text = category
        SubElement(turn, outline["roles"]["need_urgency"].rpartition("/")[2]).text = urgency
        root.insert(place + shift, turn)


def _fill_entities(root: Element, door: Entity, said: Said, *, name: str, base_version: int) -> None:
    """The dwelling is updated, a household is made, where the form does so and something was said."""
    for entity in root.iter("entity"):
        is_answered = said.roles.get("consent") == "yes" or "occupancy" in said.roles
        if entity.get("dataset") == "dwellings":
            entity.set("id", str(door.uuid))
            entity.set("update", "1" if is_answered else "0")
            entity.set("baseVersion", str(base_version))
        else:
            entity.set("id", str(drawn_uuid(name, "household")))
            entity.set("create", "1" if is_answered else "0")
            _child(entity, "label").text = door.label


def _child(parent: Element, name: str) -> Element:
    found = parent.find(name)
    return SubElement(parent, name) if found is None else found


def _prune(element: Element) -> None:
    """Like any client, send neither groups in which nothing was asked nor entities that do nothing."""
    for child in list(element):
        _prune(child)
        is_idle = child.tag == "entity" and "1" not in (child.get("create"), child.get("update"))
        if is_idle or (len(child) == 0 and not child.text and child.tag != "entity"):
            element.remove(child)
