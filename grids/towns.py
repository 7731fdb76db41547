"""Finding a town by what people call it, and making a new one."""

from django.utils.text import slugify
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.crs import in_china
from gis_core.errors import NotFound
from grids.geos import as_multipolygon, to_geos
from grids.models import Town
from grids.names import has_han
from grids.territory.areas import next_synthetic_root, require_free_root


def find_town(name: str) -> Town | None:
    """The town of a slug or a name."""
    wanted = name.strip()
    return (
        Town.objects.filter(slug=wanted).first()
        or Town.objects.filter(name_zh=wanted).first()
        or Town.objects.filter(slug=slugify(wanted, allow_unicode=True)).first()
        or Town.objects.filter(name_en__iexact=wanted).first()
    )


def require_town(name: str) -> Town:
    """The town of a slug or a name, or a refusal that lists the ones there are."""
    found = find_town(name)
    if found is None:
        known = "、".join(Town.objects.values_list("slug", flat=True)[:20])
        raise NotFound(
            _("没有名为“%(name)s”的城镇。已有：%(known)s。") % {"name": name[:60], "known": known or "—"},
            met=name[:60],
        )
    return found


def make_town(
    name: str,
    *,
    outline: BaseGeometry,
    root_code: str | None = None,
    time_zone: str | None = None,
    name_en: str = "",
) -> Town:
    """A new town with a root code of its own.

    Raises:
        WrongAreaCode, OverlappingTowns: the root code is malformed, or lies in or over another town's.
    """
    code = root_code or next_synthetic_root()
    require_free_root(code)
    centre = outline.centroid
    return Town.objects.create(
        slug=_free_slug(name),
        name_zh=name[:100],
        name_en=(name_en or ("" if has_han(name) else name))[:100],
        root_code=code,
        codes_are_synthetic=root_code is None,
        boundary=to_geos(as_multipolygon(outline)),
        time_zone=time_zone or time_zone_at(lon=centre.x, lat=centre.y),
    )


def time_zone_at(*, lon: float, lat: float) -> str:
    """China keeps one time; elsewhere the nautical zone of the longitude, until somebody names it."""
    if bool(in_china([(lon, lat)])[0]):
        return "Asia/Shanghai"
    hours = round(lon / 15)
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _free_slug(name: str) -> str:
    plain = slugify(name, allow_unicode=True)[:50] or "town"
    slug, number = plain, 2
    while Town.objects.filter(slug=slug).exists():
        slug, number = f"{plain}-{number}", number + 1
    return slug
