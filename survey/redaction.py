"""Taking single answers out of a record's XML, for a contact whose case is closed."""

from typing import Any
from xml.etree.ElementTree import Element, tostring

from survey.answer_labels import is_contact, questions_of
from survey.safe_xml import local_name, read_xml


def contact_paths(outline: dict[str, Any]) -> set[str]:
    return {path for path, question in questions_of(outline).items() if is_contact(question.get("role", ""))}


def without_answers(xml: bytes, paths: set[str], *, root: str = "/data") -> bytes:
    """The record with these questions empty; everything else stays in its place.

    Raises:
        UnreadableXml
    """
    top = read_xml(xml)
    waiting: list[tuple[str, Element]] = [(root, top)]
    while waiting:
        at, element = waiting.pop()
        if at in paths:
            element.text = None
            for below in list(element):
                element.remove(below)
        waiting.extend((f"{at}/{local_name(one)}", one) for one in element)
    return tostring(top, encoding="utf-8")
