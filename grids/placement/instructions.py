"""How to check a published draw without this product: commands to copy into a shell, one after the other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from django.utils.translation import gettext as _

TOOLS = r"""bytes() { printf "$(printf %s "$1" | sed 's/../\\x&/g')"; }
text() { bytes "$(printf %016x "$(printf %s "$1" | wc -c)")"; printf %s "$1"; }
hash() { bytes 0000000000000020; bytes "$1"; }
same() { [ "$1" = "$2" ] && echo OK || echo WRONG; }"""

ORDER = r"""while read -r priority receipt; do
  echo "$priority $(printf %s "$seed:$receipt" | sha256sum | cut -c1-64) $receipt"
done < list.txt | LC_ALL=C sort -k1,1n -k2 | cut -d' ' -f3 | cmp - order.txt && echo OK"""

OWN_ROW = r"""cut -d' ' -f2,3 results.txt | LC_ALL=C sort -u | while read -r class building; do
  [ "$building" = - ] && building=
  row=$({ text "$secret"; text "$receipt"; text "$class"; text "$building"; } | sha256sum | cut -c1-64)
  grep "^$row " results.txt
done"""


@dataclass(frozen=True)
class Block:
    """One command to copy, and what it shows."""

    title: str
    command: str


def instructions(archive: Mapping[str, Any], address: str) -> list[Block]:
    """Blocks for a published archive, to be run in bash one after the other; `address` ends with a slash."""
    return [
        Block(_("下载公开的文件"), _downloads(address)),
        Block(_("名单、规则和结果没有改过：哈希与纸上的一致"), _hashes(archive)),
        Block(_("准备：把文字变成“长度＋内容”的小工具"), TOOLS),
        Block(_("各方的随机数就是先前承诺的"), _commitments(archive)),
        Block(_("种子由名单、规则、随机数和公开数得出"), _seed(archive)),
        Block(_("顺序由种子得出"), ORDER),
        Block(
            _("打开自己的一行：填上回执号和密语"),
            f"receipt={quote(_('回执号'))}\nsecret={quote(_('密语'))}\n{OWN_ROW}",
        ),
    ]


def _downloads(address: str) -> str:
    names = "receipts.txt list.txt rules.json order.txt results.txt public.json"
    return f"for f in {names}; do\n  curl -fsSO {quote(address)}files/$f\ndone"


def _hashes(archive: Mapping[str, Any]) -> str:
    rows = [
        (archive["list_hash"], "receipts.txt"),
        (archive["rules_hash"], "rules.json"),
        (json.loads(archive["rules"])["facts"]["priorities_sha256"], "list.txt"),
        (archive["results_hash"], "results.txt"),
    ]
    return "\n".join(["sha256sum -c <<'END'", *(f"{digest}  {name}" for digest, name in rows), "END"])


def _commitments(archive: Mapping[str, Any]) -> str:
    return "\n".join(
        f'same "$(printf %s {quote(nonce)} | sha256sum | cut -c1-64)" {one["sha256"]}'
        for nonce, one in zip(archive["nonces"], archive["commitments"], strict=True)
    )


def _seed(archive: Mapping[str, Any]) -> str:
    lines = [
        "seed=$({",
        f"  text {archive['spec']}",
        '  hash "$(sha256sum < receipts.txt | cut -c1-64)"',
        '  hash "$(sha256sum < rules.json | cut -c1-64)"',
        *(f"  text {quote(nonce)}" for nonce in archive["nonces"]),
        f"  text {quote(archive['beacon'])}",
        "} | sha256sum | cut -c1-64)",
        f'same "$seed" {archive["seed"]}',
    ]
    return "\n".join(lines)
