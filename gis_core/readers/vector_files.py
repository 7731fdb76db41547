"""A vector file before it is trusted: what its first bytes say it is, copied under a name of ours."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from gis_core.errors import MissingChoice, UnknownFormat, UnreadableFile
from gis_core.readers.gdal_layers import check_geopackage, check_shapefile
from gis_core.readers.unpacking import require_content, unpack_zip

MAX_ZIP_BYTES = 2 * 1024**3
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MAP_FILES = (".shp", ".gpkg", ".geojson", ".json", ".fgb")


@contextmanager
def recognised_vector_file(path: Path) -> Iterator[tuple[Path, str]]:
    """A copy under a name of ours, and its kind by content: gpkg, fgb, shp or geojson."""
    with tempfile.TemporaryDirectory(prefix="vector-") as folder:
        own = Path(folder) / "own"
        own.mkdir()
        if path.is_dir():
            source = _only_map_file(sorted(path.iterdir()), named=path.name)
        else:
            require_content(path)
            with path.open("rb") as file:
                is_zip = file.read(4) == b"PK\x03\x04"
            source = path
            if is_zip:
                unpacked = Path(folder) / "unpacked"
                files = unpack_zip(path, unpacked, max_bytes=MAX_ZIP_BYTES)
                source = _only_map_file(files, named=path.name)
        yield _copied(source, own, named=path.name)


def _only_map_file(files: list[Path], *, named: str) -> Path:
    found = [
        file for file in files
        if file.suffix.lower() in MAP_FILES and not file.is_symlink() and not file.name.startswith("._")
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    names = [file.name for file in found]
    if found:
        raise MissingChoice(
            _("“%(name)s”里有 %(count)d 个地图文件（%(listed)s）。请只保留一个后上传。")
            % {"name": named, "count": len(names), "listed": "、".join(names[:20])},
            file=named,
            choices=names,
        )
    raise UnknownFormat(
        _("“%(name)s”里没有 .shp、.gpkg、.geojson 或 .fgb 文件。请重新打包后上传。") % {"name": named},
        file=named,
    )


def _copied(source: Path, own: Path, *, named: str) -> tuple[Path, str]:
    require_content(source)
    with source.open("rb") as file:
        head = file.read(1024)
    if head.startswith(b"SQLite format 3\0"):
        target = shutil.copyfile(source, own / "data.gpkg")
        check_geopackage(target, named=named)
        return target, "gpkg"
    if head.startswith(b"fgb\x03fgb"):
        return shutil.copyfile(source, own / "data.fgb"), "fgb"
    if head.startswith(b"\x00\x00\x27\x0a"):
        return _copied_shapefile(source, own, named=named), "shp"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        target = own / source.name
        return shutil.copyfile(source, target), "geojson"
    raise UnknownFormat(
        _("“%(name)s”的内容不是 GeoPackage、GeoJSON、Shapefile 或 FlatGeobuf。请导出为其中一种后上传。")
        % {"name": named},
        file=named,
    )


def _copied_shapefile(source: Path, own: Path, *, named: str) -> Path:
    parts = {
        part.suffix.lower(): part
        for part in source.parent.iterdir()
        if part.stem == source.stem and part.suffix.lower() in SHAPEFILE_PARTS and not part.is_symlink()
    }
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise UnreadableFile(
            _(
                "Shapefile“%(name)s”缺少 %(missing)s。"
                "请把同名的 .shp、.shx、.dbf、.prj、.cpg 一起打成 zip 上传。"
            )
            % {"name": named, "missing": "、".join(missing)},
            file=named,
            missing=missing,
        )
    for suffix, part in parts.items():
        shutil.copyfile(part, own / f"data{suffix}")
    check_shapefile(own / "data.shp", named=named)
    return own / "data.shp"
