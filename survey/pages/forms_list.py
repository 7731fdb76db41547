"""Forms: the list, and one form with a version's questions, roles, lists and advice."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from gis_core.permissions import require
from gis_core.shell import is_number
from survey.models import Form, FormVersion, Round
from survey.questionnaires.built_in import VISIT
from survey.questionnaires.kind_words import kind_word
from survey.questionnaires.scope import EDIT_FORMS, form_for, items_for, may_change, visible_forms

FORMS_PER_PAGE = 50


@never_cache
@require_safe
def forms_page(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT_FORMS)
    newest = FormVersion.objects.filter(form=OuterRef("pk"), retired_at=None).order_by("-created_at")
    rounds = Round.objects.filter(form_version__form=OuterRef("pk")).order_by()
    found = (
        visible_forms(request.user)
        .select_related("item")
        .annotate(
            newest=Subquery(newest.values("version")[:1]),
            newest_at=Subquery(newest.values("created_at")[:1]),
            version_count=Count("versions"),
            round_count=Subquery(rounds.values("form_version__form").annotate(n=Count("pk")).values("n")),
        )
        .order_by("retired_at", "is_built_in", "title_zh", "pk")
    )
    page = Paginator(found, FORMS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "survey/forms/list.html", {"page": page, "visit_form_id": VISIT})


@never_cache
@require_safe
def form_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(request.user, EDIT_FORMS)
    form = form_for(request.user, uid)
    versions = list(form.versions.select_related("uploaded_by").defer("xform", "workbook"))
    shown = _shown(versions, request.GET.get("version", ""))
    changes = may_change(request.user, form)
    context = {
        "form": form,
        "versions": versions,
        "shown": shown,
        "may_change": changes,
        "items": items_for(form.area_code) if changes else [],
        "rounds": _rounds(form),
        "visit_form_id": VISIT,
        **(_content(shown) if shown else {}),
    }
    return render(request, "survey/forms/form.html", context)


def _shown(versions: list[FormVersion], asked: str) -> FormVersion | None:
    """The version asked for, else the newest one in use, else the newest."""
    if asked:
        found = next((one for one in versions if is_number(asked) and one.pk == int(asked)), None)
        if found is None:
            raise NotFound(_("没有这个版本。"))
        return found
    return next((one for one in versions if one.retired_at is None), versions[0] if versions else None)


def _rounds(form: Form) -> dict[str, int]:
    found = Round.objects.filter(form_version__form=form).aggregate(
        open=Count("pk", filter=Q(state=Round.State.OPEN)), all=Count("pk")
    )
    return {"open": found["open"], "all": found["all"]}


def _content(version: FormVersion) -> dict[str, Any]:
    outline = version.outline
    key = "en" if (get_language() or "").startswith("en") else "zh"
    return {
        "outline": outline,
        "sections": _sections(outline, key),
        "answerable_count": sum(row["is_answerable"] for row in outline["questions"]),
        "lists": [
            {
                **entity,
                "properties": sorted(
                    pair["property"]
                    for row in outline["questions"]
                    for pair in row["save_to"]
                    if pair["list"] == entity["list"]
                ),
            }
            for entity in outline["entities"]
        ],
        "advice": [row for row in version.warnings if row.get("code") == "advice"],
        "warnings": [row for row in version.warnings if row.get("code") != "advice"],
        "preview_url": _preview_url(version),
    }


def _sections(outline: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Questions by the group they stand in, in the order of the form; each group is one screen."""
    names = {group["path"]: group for group in outline["groups"]}
    sections: list[dict[str, Any]] = []
    for question in outline["questions"]:
        parent = question["path"].rsplit("/", 1)[0]
        if not sections or sections[-1]["path"] != parent:
            group = names.get(parent, {})
            label = _in(group.get("labels", {}), key)
            sections.append(
                {"path": parent, "label": label, "is_repeat": group.get("is_repeat", False), "rows": []}
            )
        sections[-1]["rows"].append(_row(question, key))
    return sections


def _row(question: dict[str, Any], key: str) -> dict[str, Any]:
    choices = [_in(choice["labels"], key) or choice["value"] for choice in question["choices"]]
    return {
        **question,
        "label": _in(question["labels"], key),
        "hint": _in(question["hints"], key),
        "kind_word": kind_word(question["kind"]),
        "choice_words": choices,
        "saved_as": ["#".join((pair["list"], pair["property"])) for pair in question["save_to"]],
    }


def _in(texts: dict[str, str], key: str) -> str:
    return texts.get(key) or texts.get("zh", "") or texts.get("en", "")


def _preview_url(version: FormVersion) -> str:
    try:
        return reverse("form_preview", kwargs={"uid": version.form.uid, "pk": version.pk})
    except NoReverseMatch:
        return ""
