"""A level of figures as a file; every export is written down."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.access_log import log_access
from gis_core.permissions import require
from grids.mixing.exports import CONTENT_TYPES, file_name, write_figures
from grids.mixing.figures import figures_of
from grids.mixing.sources import find_source, require_dimension, town_for

EXPORT = "export_mix"


@never_cache
@require_safe
def mix_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """`?town=&source=&dimension=&level=&area=&format=xlsx|csv|gpkg&reason=`."""
    require(request.user, EXPORT)
    asked = request.GET
    town = town_for(request.user, asked.get("town"), EXPORT)
    source = find_source(request.user, town, asked.get("source", "stock"))
    dimension = require_dimension(source, asked.get("dimension", ""))
    level, fmt = asked.get("level", "community"), asked.get("format", "xlsx")
    found = figures_of(source, dimension, level, request.user, asked.get("area", ""))
    with TemporaryDirectory() as folder:
        target = Path(folder) / "export"
        write_figures(source, found, fmt, target, made_at=timezone.localtime())
        file = target.open("rb")  # stays readable after the folder is gone, and goes with the response
    subject = f"export mix {source.key} {dimension} {level} {fmt}"
    log_access(
        request.user,
        "export",
        subject,
        area_code=town.root_code,
        reason=asked.get("reason", ""),
        request=request,
    )
    name = file_name(source, found, fmt)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[fmt])
    response["Cache-Control"] = "private, no-store"
    return response
