"""Packed files: unpack to a temporary folder, never more than was agreed.

A packed file of a few kilobytes can unpack to a full disk, and a zip member can be named
`../../etc/passwd`. Both are refused before anything is read.
"""

import bz2
import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.utils.translation import gettext as _

from gis_core.errors import TooLarge, UnreadableFile, UnsafeFile

MAX_UNPACKED_BYTES = 4 * 1024**3
# Honest map data packs 5 to 30 times; a bomb packs 1,000 times and more.
BOMB_RATIO = 200
BOMB_BYTES = 200 * 1024**2
MAX_MEMBERS = 2000
CHUNK_BYTES = 1024**2


class ByteSource(Protocol):
    def read(self, size: int, /) -> bytes: ...


def require_content(path: Path) -> int:
    """Size in bytes of a file that is there and not empty."""
    if not path.is_file():
        raise UnreadableFile(_("找不到文件“%(name)s”。请重新上传。") % {"name": path.name}, file=path.name)
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise UnreadableFile(
            _("文件“%(name)s”是空的（0 字节）。请检查导出步骤后重新上传。") % {"name": path.name},
            file=path.name,
            size_bytes=0,
        )
    return size_bytes


def _refuse_bomb(name: str, packed_bytes: int, unpacked_bytes: int, max_bytes: int) -> None:
    if unpacked_bytes > max_bytes:
        raise TooLarge(
            _("“%(name)s”解压后超过 %(limit)d MB，未载入。请裁剪到所需范围后重新上传。")
            % {"name": name, "limit": max_bytes // 1024**2},
            file=name,
            limit_bytes=max_bytes,
        )
    if unpacked_bytes > BOMB_BYTES and unpacked_bytes > BOMB_RATIO * max(packed_bytes, 1):
        raise UnsafeFile(
            _("“%(name)s”解压后膨胀超过 %(ratio)d 倍，疑为压缩炸弹，未载入。请上传解压后的文件。")
            % {"name": name, "ratio": BOMB_RATIO},
            file=name,
            packed_bytes=packed_bytes,
        )


def _copy_counted(source: ByteSource, target: Path, *, name: str, packed_bytes: int, max_bytes: int) -> int:
    unpacked_bytes = 0
    with target.open("wb") as out:
        while chunk := source.read(CHUNK_BYTES):
            unpacked_bytes += len(chunk)
            _refuse_bomb(name, packed_bytes, unpacked_bytes, max_bytes)
            out.write(chunk)
    return unpacked_bytes


def unpack_stream(path: Path, target: Path, *, max_bytes: int = MAX_UNPACKED_BYTES) -> int:
    """Unpack a .gz or .bz2 file to `target`; bytes written.

    Raises:
        TooLarge, UnsafeFile: more than agreed, or a bomb.
        UnreadableFile: cut off or damaged.
    """
    with path.open("rb") as file:
        opened = gzip.open if file.read(2) == b"\x1f\x8b" else bz2.open
    try:
        with opened(path, "rb") as source:
            return _copy_counted(
                source, target, name=path.name, packed_bytes=path.stat().st_size, max_bytes=max_bytes
            )
    except (OSError, EOFError, zlib.error) as err:
        raise UnreadableFile(
            _("压缩文件“%(name)s”不完整或已损坏。请重新下载或重新压缩后上传。") % {"name": path.name},
            file=path.name,
        ) from err


def _member_path(name: str, packed: str) -> PurePosixPath:
    member = PurePosixPath(name.replace("\\", "/"))
    if member.is_absolute() or ".." in member.parts or ":" in name or "\0" in name:
        raise UnsafeFile(
            _("压缩包“%(name)s”内的路径“%(member)s”指向包外，未载入。请重新打包后上传。")
            % {"name": packed, "member": name[:80]},
            file=packed,
            member=name[:80],
        )
    return member


def _member_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes member names in GBK without saying so; zipfile reads them as cp437."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def require_unpackable(path: Path, *, max_bytes: int) -> None:
    """Refuse a zip that says it unpacks to too much; Python's reader holds it to what it says.

    Raises:
        UnreadableFile, UnsafeFile, TooLarge
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as err:
        raise _bad_zip(path) from err
    total_bytes = sum(info.file_size for info in members)
    _refuse_bomb(path.name, path.stat().st_size, total_bytes, max_bytes)
    if len(members) > MAX_MEMBERS:
        raise UnsafeFile(
            _("压缩包“%(name)s”内有 %(count)d 个文件，多于 %(limit)d 个，未载入。")
            % {"name": path.name, "count": len(members), "limit": MAX_MEMBERS},
            file=path.name,
            count=len(members),
        )


def _bad_zip(path: Path) -> UnreadableFile:
    return UnreadableFile(
        _("“%(name)s”不完整、已加密或格式不受支持。请重新保存或用普通 zip 重新打包后上传。")
        % {"name": path.name},
        file=path.name,
    )


def unpack_zip(path: Path, folder: Path, *, max_bytes: int = MAX_UNPACKED_BYTES) -> list[Path]:
    """Unpack a zip into `folder`, flat folders kept; the files written."""
    require_unpackable(path, max_bytes=max_bytes)
    try:
        with zipfile.ZipFile(path) as packed:
            members = [info for info in packed.infolist() if not info.is_dir()]
            return [_unpack_member(packed, info, folder, path.name, max_bytes) for info in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as err:
        # RuntimeError: a password; NotImplementedError: an exotic packing method.
        raise _bad_zip(path) from err


def _unpack_member(
    packed: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, packed_name: str, max_bytes: int
) -> Path:
    target = folder / _member_path(_member_name(info), packed_name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(info) as source:
        # The stated size may lie, so the bytes are counted again while they come.
        _copy_counted(source, target, name=packed_name, packed_bytes=info.compress_size, max_bytes=max_bytes)
    return target
