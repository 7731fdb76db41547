"""Published tables under 数据: what there is, a new one in two steps, taking one back and putting it back."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal, RowErrors
from gis_core.permissions import require
from gis_core.readers.tables import Table, read_table
from gis_core.shell import current_town_slug, local_name
from gis_core.writers import Column, write_csv
from grids.mixing.published import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONG,
    MOST_ROWS,
    WIDE,
    Facts,
    Layout,
    guessed_layout,
    import_published,
    put_back,
    template_rows,
    withdraw,
)
from grids.models import PublishedTable, Town, Upload
from grids.pages.data_views import OPEN
from grids.pages.grid_views import may_change_town, page_town
from grids.scoping import held_towns
from grids.town_import.uploads import delete_file, keep_upload, path_of

IMPORT = "import_published"
ROWS_SHOWN = 6


class PublishedForm(forms.Form):
    """A file, and what it says of itself."""

    town = forms.ChoiceField(label=gettext_lazy("城镇"))
    name = forms.CharField(
        label=gettext_lazy("表的名称"), max_length=100, help_text=gettext_lazy("如：家庭户规模")
    )
    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    unit = forms.CharField(
        label=gettext_lazy("计数单位"), max_length=40, help_text=gettext_lazy("户、人或套")
    )
    source = forms.CharField(
        label=gettext_lazy("来源"), max_length=200, help_text=gettext_lazy("谁公布的，在哪里可以查到")
    )
    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy("CSV 或 XLSX"))

    def __init__(self, towns: list[Town], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.towns = {town.slug: town for town in towns}
        self.fields["town"].choices = [(town.slug, local_name(town)) for town in towns]  # type: ignore[attr-defined]


@never_cache
@require_safe
def published_list(request: HttpRequest) -> HttpResponse:
    town = page_town(request, OPEN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("公布的统计表"), "may_import": False})
    tables = list(PublishedTable.objects.filter(town=town).select_related("imported_by"))
    for table in tables:
        areas = table.counts.order_by().values("area_code").distinct().count()
        table.area_count = areas  # type: ignore[attr-defined]
    context = {
        "town": town,
        "tables": tables,
        "may_import": may_change_town(request.user, IMPORT, town),
        "kinds": (WIDE, LONG),
    }
    return render(request, "grids/published.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def published_upload(request: HttpRequest) -> HttpResponse:
    """The first step: the file, and who published what in which year."""
    require(request.user, IMPORT)
    towns = list(held_towns(request.user, IMPORT))
    form = PublishedForm(
        towns,
        request.POST or None,
        request.FILES or None,
        initial={"town": request.GET.get("town") or current_town_slug(request)},
    )
    if form.is_valid():
        try:
            return redirect("published_columns", pk=_kept(request, form).pk)
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
    status = 400 if form.errors else 200
    return render(request, "grids/published_upload.html", {"form": form}, status=status)


def _kept(request: HttpRequest, form: PublishedForm) -> Upload:
    given = form.cleaned_data
    facts = {key: given[key] for key in ("name", "year", "unit", "source")}
    return keep_upload(
        given["file"],
        what=str(Upload.What.PUBLISHED),
        town=form.towns[given["town"]],
        owner=request.user,  # type: ignore[arg-type]
        options=facts,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def published_columns(request: HttpRequest, pk: Any) -> HttpResponse:
    """The second step: which column is what, guessed from the names; then the import, whole or not at all."""
    upload = _own_upload(request, pk)
    error: Refusal | None = None
    table: Table | None = None
    try:
        table = read_table(path_of(upload), max_rows=MOST_ROWS)
        if request.method == "POST":
            return _import(request, upload, _chosen(request))
    except Refusal as refusal:
        error = refusal
    if table is None:
        delete_file(upload)  # nothing of it can be read: there is nothing to go on with
    layout = _chosen(request) if request.method == "POST" else None
    context = {
        "upload": upload,
        "columns": table.columns if table else [],
        "rows": _first_rows(table),
        "layout": layout or (guessed_layout(table.columns) if table else None),
        "error": error,
        "row_errors": error.details.get("rows", []) if isinstance(error, RowErrors) else [],
    }
    return render(request, "grids/published_columns.html", context, status=error.status if error else 200)


def _own_upload(request: HttpRequest, pk: Any) -> Upload:
    require(request.user, IMPORT)
    found = Upload.objects.filter(
        pk=pk, owner=request.user, deleted_at=None, what=Upload.What.PUBLISHED
    ).first()
    if found is None or not held_towns(request.user, IMPORT).filter(pk=found.town_id).exists():
        raise NotFound(_("没有这个上传，或者它已经读取。请重新上传。"))
    return found


def _first_rows(table: Table | None) -> list[list[Any]]:
    rows = table.rows[:ROWS_SHOWN] if table else []
    return [["" if cell is None else cell for cell in row.values.values()] for row in rows]


def _chosen(request: HttpRequest) -> Layout:
    asked = request.POST
    if asked.get("kind") == LONG:
        return Layout(asked.get("code", ""), group=asked.get("group", ""), count=asked.get("count", ""))
    return Layout(asked.get("code", ""), groups=tuple(asked.getlist("groups")))


def _import(request: HttpRequest, upload: Upload, layout: Layout) -> HttpResponse:
    town = upload.town
    assert town is not None
    facts = Facts(**{key: upload.options[key] for key in ("name", "unit", "year", "source")})
    by: Any = request.user
    made = import_published(town, path_of(upload), facts, layout=layout, by=by)
    delete_file(upload)
    log_access(by, "import_published", f"published {made.uid}", area_code=town.root_code, request=request)
    messages.success(request, _("“%(table)s”已载入，可以在“混居”里选它。") % {"table": made})
    return redirect(f"{reverse('published')}?town={town.slug}")


# --- One table ----------------------------------------------------------------------------


def _table_for_change(request: HttpRequest, uid: Any) -> PublishedTable:
    require(request.user, IMPORT)
    tables = PublishedTable.objects.filter(town__in=held_towns(request.user, IMPORT))
    found = tables.select_related("town").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这份表，或者不在您的职责范围内。"))
    return found


@require_POST
def published_withdraw(request: HttpRequest, uid: Any) -> HttpResponse:
    table = _table_for_change(request, uid)
    withdraw(table)
    return _changed(request, table, "withdraw_published", _("“%(table)s”已撤下，随时可以恢复。"))


@require_POST
def published_restore(request: HttpRequest, uid: Any) -> HttpResponse:
    table = _table_for_change(request, uid)
    put_back(table)
    return _changed(request, table, "restore_published", _("“%(table)s”已恢复。"))


def _changed(request: HttpRequest, table: PublishedTable, action: str, told: str) -> HttpResponse:
    code = table.town.root_code
    log_access(request.user, action, f"published {table.uid}", area_code=code, request=request)
    messages.success(request, told % {"table": table})
    return redirect(f"{reverse('published')}?town={table.town.slug}")


@never_cache
@require_safe
def published_template(request: HttpRequest) -> HttpResponse:
    """A file to fill in: every community of the town, three example groups; `?kind=wide|long`."""
    town = page_town(request, OPEN)
    if town is None:
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    heading, rows = template_rows(town, LONG if request.GET.get("kind") == LONG else WIDE)
    content = io.BytesIO()
    write_csv(content, [Column(title, title) for title in heading], rows)
    response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{town.root_code}-published.csv"'
    return response
