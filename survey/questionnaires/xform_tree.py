"""An XForm taken apart: its primary instance, its binds, its controls, its texts and its choice lists.

Only reading; what it means is said in `outline.py`. The XML may come from any converter, so nothing is taken
for granted but the XForms of ODK (getodk.github.io/xforms-spec).
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

XF = "{http://www.w3.org/2002/xforms}"
XH = "{http://www.w3.org/1999/xhtml}"
ENTITIES = "{http://www.opendatakit.org/xforms/entities}"
ODK = "{http://www.opendatakit.org/xforms}"
JAVAROSA = "{http://openrosa.org/javarosa}"
CONTROLS = {XF + name for name in ("input", "select1", "select", "upload", "trigger", "range", "secret")} | {
    ODK + "rank"
}
_ITEXT = re.compile(r"^jr:itext\('([^']*)'\)$")
_LANGUAGE_TAG = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")
_KNOWN_NAMES = {"中文": "zh", "汉语": "zh", "简体中文": "zh", "chinese": "zh", "english": "en", "英文": "en"}


@dataclass(frozen=True)
class Language:
    """One language of a form; `code` is the tag in its name: 中文 (zh)."""

    name: str
    code: str
    is_default: bool


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rsplit("}", 1)[-1]


def language_code(name: str) -> str:
    found = _LANGUAGE_TAG.search(name)
    return found.group(1).lower() if found else _KNOWN_NAMES.get(name.strip().lower(), "")


def plain_text(element: Element | None) -> str:
    """The text of a label; a value shown inside it stands as `${name}`."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        if local(child) == "output":
            path = (child.get("value") or child.get("ref") or "").strip()
            parts.append("${" + re.split(r"[/\s]", path)[-1] + "}")
        else:
            parts.append(plain_text(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()


@dataclass
class XFormTree:
    """The parts of one XForm, found once."""

    root: Element
    texts: dict[str, dict[str, str]] = field(default_factory=dict)  # itext id → language name → text

    def __post_init__(self) -> None:
        for translation in self.root.iter(XF + "translation"):
            name = translation.get("lang", "")
            for entry in translation.iter(XF + "text"):
                value = next((v for v in entry.iter(XF + "value") if v.get("form") is None), None)
                if value is not None:
                    self.texts.setdefault(entry.get("id", ""), {})[name] = plain_text(value)

    @cached_property
    def languages(self) -> list[Language]:
        found = list(self.root.iter(XF + "translation"))
        marked = [t for t in found if t.get("default")] or found[:1]
        return [
            Language(t.get("lang", ""), language_code(t.get("lang", "")), t is marked[0]) for t in found
        ] or [Language("", "", True)]

    @cached_property
    def default_language(self) -> str:
        return next(language.name for language in self.languages if language.is_default)

    @cached_property
    def title(self) -> str:
        return plain_text(self.root.find(f"{XH}head/{XH}title"))

    @cached_property
    def model(self) -> Element:
        found = self.root.find(f"{XH}head/{XF}model")
        if found is None:
            raise ValueError("an XForm without a model")
        return found

    @cached_property
    def primary(self) -> Element:
        """The first child of the first instance: the record that is filled in."""
        instance = self.model.find(XF + "instance")
        if instance is None or not len(instance):
            raise ValueError("an XForm without a primary instance")
        return instance[0]

    @cached_property
    def binds(self) -> dict[str, Element]:
        return {bind.get("nodeset", "").strip(): bind for bind in self.model.iter(XF + "bind")}

    @cached_property
    def body(self) -> Element:
        found = self.root.find(XH + "body")
        return Element("body") if found is None else found

    @cached_property
    def controls(self) -> dict[str, Element]:
        """Path → the control that shows it."""
        return {
            element.get("ref", "").strip(): element for element in self.body.iter() if element.tag in CONTROLS
        }

    @cached_property
    def repeats(self) -> dict[str, Element]:
        return {repeat.get("nodeset", "").strip(): repeat for repeat in self.body.iter(XF + "repeat")}

    @cached_property
    def groups(self) -> dict[str, Element]:
        return {
            group.get("ref", "").strip(): group for group in self.body.iter(XF + "group") if group.get("ref")
        }

    @cached_property
    def instances(self) -> dict[str, Element]:
        """Secondary instances by id."""
        return {i.get("id", ""): i for i in self.model.iter(XF + "instance") if i.get("id")}

    def text_of(self, holder: Element | None, child: str) -> dict[str, str]:
        """The `label` or `hint` of a control, by language name; "" names the only language of a plain one."""
        found = None if holder is None else holder.find(XF + child)
        if found is None:
            return {}
        named = _ITEXT.match((found.get("ref") or "").strip())
        if named:
            return self.texts.get(named.group(1), {})
        text = plain_text(found)
        return {self.default_language: text} if text else {}

    def in_two(self, texts: dict[str, str]) -> dict[str, str]:
        """The Chinese text, or the default language's; and the English one, or nothing."""
        by_code = {one.code[:2]: one.name for one in reversed(self.languages) if one.code}
        chinese, english = (texts.get(by_code[code], "") if code in by_code else "" for code in ("zh", "en"))
        return {"zh": chinese or texts.get(self.default_language, ""), "en": english}


def read_xform(xform: str) -> XFormTree:
    """Parse an XForm.

    Raises:
        xml.etree.ElementTree.ParseError: not well-formed, or a prefix without its namespace.
    """
    return XFormTree(fromstring(xform.encode()))
