"""The choices of a question: listed in the form, or in a file that comes with it."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from survey.questionnaires.xform_tree import XF, XFormTree, local

_INSTANCE = re.compile(r"instance\(\s*'([^']+)'\s*\)")
_ITEXT_REF = re.compile(r"^jr:itext\(\s*([A-Za-z_][\w.-]*)\s*\)$")
EXTERNAL_CHOICES = "itemsets.csv"


def choices_of(tree: XFormTree, control: Element | None) -> tuple[list[dict[str, Any]], str]:
    """The choices, or the name of the file that holds them; neither where the choices are answers."""
    if control is None:
        return [], ""
    if control.get("query"):
        return [], EXTERNAL_CHOICES
    written = [
        {"value": _text(item, "value"), "labels": tree.in_two(tree.text_of(item, "label"))}
        for item in control.iter(XF + "item")
    ]
    itemset = control.find(XF + "itemset")
    if itemset is None:
        return written, ""
    named = _INSTANCE.search(itemset.get("nodeset", ""))
    instance = tree.instances.get(named.group(1)) if named else None
    if instance is None:
        return [], ""
    source = instance.get("src", "")
    if source:
        return [], source.rsplit("/", 1)[-1]
    return [_choice(tree, item, itemset) for item in _items(instance)], ""


def _items(instance: Element) -> list[Element]:
    return [item for root in instance for item in root]


def _choice(tree: XFormTree, item: Element, itemset: Element) -> dict[str, Any]:
    value_ref = _ref(itemset, "value") or "name"
    label_ref = _ref(itemset, "label") or "label"
    by_text = _ITEXT_REF.match(label_ref)
    if by_text:
        texts = tree.texts.get(_text(item, by_text.group(1)), {})
    else:
        texts = {tree.default_language: _text(item, label_ref)}
    return {"value": _text(item, value_ref), "labels": tree.in_two(texts)}


def _ref(itemset: Element, name: str) -> str:
    found = itemset.find(XF + name)
    return "" if found is None else (found.get("ref") or "").strip()


def _text(item: Element, name: str) -> str:
    found = next((child for child in item if local(child) == name), None)
    return "" if found is None else (found.text or "").strip()
