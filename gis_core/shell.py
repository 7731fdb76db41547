"""What surrounds every page: sections, the town being looked at, and what waits for this person.

This room does not know the others. They put their sections, their towns and their waiting work into
the registries below when Django starts (`AppConfig.ready`), and the shell asks the registries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_core.errors import NotFound
from gis_core.permissions import may

TOWN_KEPT = "town"


@dataclass(frozen=True)
class Section:
    """One entry of the top bar, shown to people who may do `action` somewhere."""

    key: str
    url_name: str
    label: Any
    action: str | None
    order: int = 100


@dataclass(frozen=True)
class TownChoice:
    """A town of the switcher. `note` marks synthetic or fictional data on every page of the town."""

    slug: str
    name_zh: str
    name_en: str = ""
    note: Any = ""
    code: str = ""
    attribution: Any = ""


@dataclass(frozen=True)
class WorkItem:
    """Something that waits for this person: a kind (`call`, `review`, `finding`, `job` …) and a sentence."""

    kind: str
    sentence: Any
    url: str
    at: datetime | None = None


@dataclass(frozen=True)
class FirstStep:
    """What to do first where nothing waits yet; shown to those who may do `action`."""

    title: Any
    text: Any
    url_name: str
    button: Any
    action: str
    order: int = 100


TownProvider = Callable[[Any], Iterable[TownChoice]]
WorkProvider = Callable[[Any, TownChoice | None], Iterable[WorkItem]]

_sections: dict[str, Section] = {}
_settings_pages: dict[str, Section] = {}
_first_steps: dict[str, FirstStep] = {}
_town_providers: list[TownProvider] = []
_work_providers: list[WorkProvider] = []
_root_code_providers: list[Callable[[], Iterable[str]]] = []


def register_section(section: Section) -> None:
    _sections[section.key] = section


def register_settings_page(page: Section) -> None:
    """A page of 设置, beside people, access log and backups."""
    _settings_pages[page.key] = page


def register_first_step(step: FirstStep) -> None:
    _first_steps[f"{step.action}/{step.url_name}"] = step


def register_town_provider(provider: TownProvider) -> None:
    """`provider(user)` gives the towns that this person's duties touch."""
    if provider not in _town_providers:
        _town_providers.append(provider)


def register_workbench(provider: WorkProvider) -> None:
    if provider not in _work_providers:
        _work_providers.append(provider)


def register_root_codes(provider: Callable[[], Iterable[str]]) -> None:
    """`provider()` gives the root code of every town of the database (who may take a whole backup)."""
    if provider not in _root_code_providers:
        _root_code_providers.append(provider)


def root_codes() -> set[str]:
    return {code for provider in _root_code_providers for code in provider()}


def waiting_work(user: Any, town: TownChoice | None) -> list[WorkItem]:
    return [item for provider in _work_providers for item in provider(user, town)]


def first_steps(user: Any) -> list[tuple[FirstStep, str]]:
    """The first three steps that this person may take, with their addresses."""
    steps = sorted(_first_steps.values(), key=lambda step: step.order)
    found = [(step, _url(step.url_name)) for step in steps if may(user, step.action)]
    return [(step, url) for step, url in found if url][:3]


def permitted(pages: Iterable[Section], user: Any) -> list[tuple[Section, str]]:
    """Pages with their addresses, in order; those whose address does not exist are left out."""
    asked = sorted(pages, key=lambda page: page.order)
    found = [(page, _url(page.url_name)) for page in asked if page.action is None or may(user, page.action)]
    return [(page, url) for page, url in found if url]


def settings_pages(user: Any) -> list[tuple[Section, str]]:
    return permitted(_settings_pages.values(), user)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def visible_towns(user: Any) -> list[TownChoice]:
    return [town for provider in _town_providers for town in provider(user)]


def is_number(text: str) -> bool:
    """A whole number that an id or a running number may be: `²` is a digit to Python, too."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def local_name(thing: Any) -> str:
    """The name in the reader's language, or the other one where there is none."""
    names = (getattr(thing, "name_zh", ""), getattr(thing, "name_en", ""))
    first, second = names if (get_language() or "zh").startswith("zh") else names[::-1]
    return first or second or str(thing)


class Shell:
    """The surroundings of one page, worked out only as far as the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)
        self.is_signed_in = bool(getattr(self.user, "is_authenticated", False))

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        if not self.is_signed_in:
            return []
        path = self.request.path
        return [
            {
                "key": section.key,
                "label": section.label,
                "url": url,
                "is_current": path == url if url == "/" else path.startswith(url),
            }
            for section, url in permitted(_sections.values(), self.user)
        ]

    @cached_property
    def settings_pages(self) -> list[dict[str, Any]]:
        path = self.request.path
        return [
            {"label": page.label, "url": url, "is_current": path.startswith(url)}
            for page, url in settings_pages(self.user)
        ]

    @cached_property
    def towns(self) -> list[TownChoice]:
        return visible_towns(self.user) if self.is_signed_in else []

    @cached_property
    def town(self) -> TownChoice | None:
        """The town of `?town=`, else the one looked at last, else the first; 404 for one out of sight."""
        by_slug = {town.slug: town for town in self.towns}
        asked = self.request.GET.get("town")
        if asked:
            if asked not in by_slug:
                raise NotFound(str(_("没有这个城镇，或者不在您的职责范围内。")), town=asked)
            if self.request.session.get(TOWN_KEPT) != asked:
                self.request.session[TOWN_KEPT] = asked
            return by_slug[asked]
        kept = self.request.session.get(TOWN_KEPT) if hasattr(self.request, "session") else None
        return by_slug.get(kept) or next(iter(by_slug.values()), None)

    @cached_property
    def town_or_none(self) -> TownChoice | None:
        """The town for the bar of an error page, which must not refuse again."""
        try:
            return self.town
        except NotFound:
            return None

    @property
    def language(self) -> str:
        return "en" if (get_language() or "").startswith("en") else "zh-hans"

    @property
    def product(self) -> str:
        """The product's own name. 网格 as a word of the field (a grid) is translated, as a name it is not."""
        return "Wangge" if self.language == "en" else "网格"

    @property
    def html_lang(self) -> str:
        return "en" if self.language == "en" else "zh-Hans"


def shell_of(request: HttpRequest) -> Shell:
    kept = getattr(request, "_shell", None)
    if kept is None:
        kept = request._shell = Shell(request)  # type: ignore[attr-defined]
    return kept


def current_town_slug(request: HttpRequest) -> str | None:
    town = shell_of(request).town
    return town.slug if town else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}
