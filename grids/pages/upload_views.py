"""Two steps of an upload: the file and what it is, then its columns and coordinate system."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core import crs
from gis_core.errors import NotFound, Refusal, RowErrors
from gis_core.permissions import require
from gis_core.shell import local_name
from grids.models import Town, Upload
from grids.pages.data_views import IMPORT
from grids.scoping import held_towns
from grids.territory.areas import require_free_root
from grids.town_import.upload_columns import preview
from grids.town_import.upload_reading import require_may_load, start_reading
from grids.town_import.uploads import SUFFIXES, delete_file, keep_upload
from grids.towns import find_town

NEW_TOWN = "+"
OWN_SYSTEM = "other"
# Published tables say more of themselves (year, unit, source): they have a page of their own.
CONTENTS = [choice for choice in Upload.What.choices if choice[0] != Upload.What.PUBLISHED]


class UploadForm(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("文件内容"), choices=CONTENTS, widget=forms.RadioSelect)
    town = forms.ChoiceField(label=gettext_lazy("城镇"))
    name = forms.CharField(label=gettext_lazy("新城镇名称"), max_length=100, required=False)
    name_en = forms.CharField(label=gettext_lazy("英文名"), max_length=100, required=False)
    root_code = forms.RegexField(
        r"^\d{2,12}$",
        label=gettext_lazy("区划代码"),
        required=False,
        help_text=gettext_lazy("2、4、6、9 或 12 位；不填则编一个合成代码（99 开头）并注明。"),
    )
    file = forms.FileField(label=gettext_lazy("文件"))
    boundary = forms.FileField(
        label=gettext_lazy("边界图层"),
        required=False,
        help_text=gettext_lazy("面图层（GeoJSON、GeoPackage 等）。不给则以文件范围为准，边缘的覆盖会偏低。"),
    )

    def __init__(self, towns: list[Town], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.towns = {town.slug: town for town in towns}
        choices = [(town.slug, local_name(town)) for town in towns]
        self.fields["town"].choices = [*choices, (NEW_TOWN, _("新城镇…"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("town") == NEW_TOWN:
            if given.get("what") != Upload.What.OSM:
                self.add_error("what", _("新城镇从 OSM 数据开始：先有道路和楼栋，再加别的。"))
            if not given.get("name", "").strip():
                self.add_error("name", _("请给新城镇起名。"))
            elif find_town(given["name"].strip()):
                self.add_error("name", _("已有同名城镇。请换一个名称，或在列表中选它。"))
        return given


@never_cache
@require_http_methods(["GET", "POST"])
def upload_page(request: HttpRequest) -> HttpResponse:
    require(request.user, IMPORT)
    towns = list(held_towns(request.user, IMPORT))
    asked = request.GET.get("what", Upload.What.OSM if not towns else "")
    initial = {
        "town": request.GET.get("town") or (towns[0].slug if towns else NEW_TOWN),
        "what": asked if asked in Upload.What.values else Upload.What.OSM,
    }
    form = UploadForm(towns, request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        try:
            return _take(request, form)
        except Refusal as refusal:
            form.add_error(
                "root_code" if "root" in refusal.code or "town" in refusal.code else "file", refusal.sentence
            )
    context = {
        "form": form,
        "suffixes": SUFFIXES,
        "most_mb": settings.UPLOAD_MAX_BYTES // 2**20,
        "new_town": NEW_TOWN,
    }
    return render(request, "grids/upload.html", context, status=400 if form.errors else 200)


def _take(request: HttpRequest, form: UploadForm) -> HttpResponse:
    given = form.cleaned_data
    town = form.towns.get(given["town"])
    options = {key: given[key].strip() for key in ("name", "name_en", "root_code")} if town is None else {}
    if options.get("root_code"):
        require_free_root(options["root_code"])
    upload = Upload(owner=request.user, town=town, options=options)
    require_may_load(upload)
    upload = keep_upload(
        given["file"],
        what=given["what"],
        town=town,
        owner=request.user,  # type: ignore[arg-type]
        boundary=given["boundary"] if given["what"] == Upload.What.OSM else None,
        options=options,
    )
    if upload.what == Upload.What.OSM:
        return redirect("job", pk=start_reading(upload, request=request).pk)
    return redirect("data_columns", pk=upload.pk)


def _own_upload(request: HttpRequest, pk: Any) -> Upload:
    require(request.user, IMPORT)
    found = Upload.objects.filter(pk=pk, owner=request.user, deleted_at=None, job=None).first()
    if found is None:
        raise NotFound(_("没有这个上传，或者它已经读取。请重新上传。"))
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def columns_page(request: HttpRequest, pk: Any) -> HttpResponse:
    """Which column holds what, and in which coordinate system: guessed, shown, confirmed by a person."""
    upload = _own_upload(request, pk)
    layer = request.POST.get("layer") or request.GET.get("layer")
    error: Refusal | None = None
    shown = None
    try:
        shown = preview(upload, layer=layer)
        if request.method == "POST":
            upload.options |= _chosen(request, shown)
            return redirect("job", pk=start_reading(upload, request=request).pk)
    except Refusal as refusal:
        error = refusal
    if shown is None:
        delete_file(upload)  # nothing of it can be read: there is nothing to go on with
    context = {
        "upload": upload,
        "preview": shown,
        "error": error,
        "row_errors": error.details.get("rows", []) if isinstance(error, RowErrors) else [],
        "layer": layer,
        "systems": [(key, system.label) for key, system in crs.SOURCE_SYSTEMS.items()],
        "own_system": OWN_SYSTEM,
        "posted": request.POST,
    }
    return render(request, "grids/columns.html", context, status=error.status if error else 200)


def _chosen(request: HttpRequest, shown: Any) -> dict[str, Any]:
    columns = {}
    for key, _label, _guess in shown.keys:
        column = request.POST.get(f"column-{key}", "")
        if column in shown.columns:
            columns[key] = column
    system = request.POST.get("system", "")
    if system == OWN_SYSTEM:
        system = request.POST.get("own_system", "").strip()
    if shown.needs_system and not system:
        raise Refusal(_("请说明坐标系：文件里看不出来，猜错会偏几百米。"))
    if system:
        crs.source_system(system)
    return {"columns": columns, "system": system, "layer": request.POST.get("layer", "")}
