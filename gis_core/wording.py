"""The words of the product: which Chinese sentences the sources contain, and whether each has English.

Sentences are found by reading the sources themselves: Python by its syntax tree, templates by
Django's own tokens, so that a sentence added anywhere is missed by nobody.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

GETTEXT_NAMES = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
CONTEXT_NAMES = frozenset({"pgettext", "pgettext_lazy"})
BETWEEN = "\x04"  # gettext's own separator of a context and the sentence that it belongs to
# A marked string in what templatize gives: gettext(u'…') or pgettext('…', u'…'), blanked elsewhere.
QUOTED = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
MARKED = re.compile(rf"gettext\((?:{QUOTED}, *)?{QUOTED}\)", re.DOTALL)


def sentences_of_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = 2 if name in CONTEXT_NAMES else 1 if name in GETTEXT_NAMES else 0
        given = [one.value for one in node.args[:wanted] if isinstance(one, ast.Constant)]
        words = [one for one in given if isinstance(one, str)]
        if wanted and len(words) == wanted:
            yield BETWEEN.join(words)


def sentences_of_template(path: Path) -> Iterator[str]:
    marked = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in MARKED.finditer(marked):
        yield BETWEEN.join(ast.literal_eval(one) for one in match.groups() if one)


def sentences_of_app(folder: Path) -> dict[str, str]:
    """Every sentence of one room, with the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            found.update({text: str(path) for text in sentences_of_python(path)})
    for path in sorted(folder.glob("templates/**/*")):
        if path.suffix in (".html", ".txt", ".svg"):
            found.update({text: str(path) for text in sentences_of_template(path)})
    return found


def english(locale_folders: list[Path]) -> dict[str, str]:
    """Chinese → English of every catalogue, untranslated and fuzzy entries left out."""
    words: dict[str, str] = {}
    for folder in locale_folders:
        path = folder / "en" / "LC_MESSAGES" / "django.po"
        if path.exists():
            catalogue = polib.pofile(str(path))
            kept = [e for e in catalogue if e.msgstr and not e.fuzzy and not e.obsolete]
            words.update({key_of(e): e.msgstr for e in kept})
    return words


def key_of(entry: polib.POEntry) -> str:
    """The sentence as `sentences_of_app` gives it, behind its context if it has one."""
    return f"{entry.msgctxt}{BETWEEN}{entry.msgid}" if entry.msgctxt else str(entry.msgid)


def clashes(locale_folders: list[Path]) -> dict[str, list[str]]:
    """Sentences with more than one English: only the first room's would ever be seen."""
    said: dict[str, set[str]] = {}
    for folder in locale_folders:
        for text, words in english([folder]).items():
            said.setdefault(text, set()).add(words)
    return {text: sorted(found) for text, found in said.items() if len(found) > 1}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


def faults(apps: list[Path], locale_folders: list[Path]) -> list[str]:
    """One line for every sentence without English, and for English that lost a placeholder."""
    words = english(locale_folders)
    lines = []
    for app in apps:
        for text, where in sentences_of_app(app).items():
            if text not in words:
                lines.append(f"{where}: no English for {text!r}")
            elif placeholders(text) != placeholders(words[text]):
                lines.append(f"{where}: other placeholders in {words[text]!r}")
    return lines
