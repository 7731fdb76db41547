"""Closing a list: what is written into the rules that everybody reads, and the lists kept behind a hash."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from grids.models import Applicant, Draw, PlacementProject, PlacementRules
from grids.placement.building_names import building_names
from grids.placement.draw_refusals import WrongPlan
from grids.placement.drawing import ClassStock, Entry, Terms, closed_list
from grids.placement.lottery import sha256
from grids.placement.rules import entries_of, terms_of

BUILDING_DIGITS = 17
FEWEST_APPLICANTS = 2  # one name on a list has one flat: nothing could be kept from anybody
UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another on paper
SECRET_LETTERS = 20  # 99 bits
ROWS_AT_ONCE = 5_000


def require_plan(
    project: PlacementProject,
    rules: PlacementRules,
    parties: Sequence[str],
    beacon_source: str,
    beacon_due_at: datetime,
    beacon_fallback: str,
) -> None:
    names = [party.strip() for party in parties]
    if rules.project_id != project.pk:
        raise WrongPlan(_("这套规则属于另一个项目。"))
    if len(names) < 2 or len(set(names)) < len(names) or not all(0 < len(name) <= 60 for name in names):
        raise WrongPlan(_("至少要有两方提交随机数，名称各不相同，例如：经办人、公证员、居民代表。"))
    source, fallback = beacon_source.strip(), beacon_fallback.strip()
    if not 0 < len(source) <= 200 or not 0 < len(fallback) <= 200 or source == fallback:
        raise WrongPlan(_("请写明用哪一个公开随机数，以及它没有公布时改用哪一个；两者不能相同。"))
    if beacon_due_at <= timezone.now():
        raise WrongPlan(_("公布时间应在将来：各方要在公布之前交齐承诺和随机数。"))


def closed_draw(project: PlacementProject, rules: PlacementRules, draw: Draw) -> Draw:
    """The draw with rules, hashes and frozen lists filled in; secrets are made for the receipts."""
    classes, entries = terms_of(project, rules), entries_of(project, rules)
    if len(entries) < FEWEST_APPLICANTS or not any(part.flats for part in classes.values()):
        raise WrongPlan(_("没有房源，或者申请不足两份，不能封闭名单。"))
    give_secrets(project)
    salt = secrets.token_hex(16)
    labels = labels_of(classes, salt)
    parties = tuple(one["party"] for one in draw.parties)
    facts = facts_of(project, rules, draw, classes, entries, labels)
    closed = closed_list(Terms(classes, parties, draw.beacon_source, facts, labels, salt), entries)
    draw.full_archive = closed
    draw.rules_text, draw.list_hash, draw.rules_hash = (
        closed["rules"],
        closed["list_hash"],
        closed["rules_hash"],
    )
    return draw


def facts_of(
    project: PlacementProject,
    rules: PlacementRules,
    draw: Draw,
    classes: Mapping[str, ClassStock],
    entries: Sequence[Entry],
    labels: Mapping[str, str],
) -> dict[str, Any]:
    stock = stock_by_building(classes, labels)
    codes = {code for part in stock.values() for code in part}
    return {
        "draw": str(draw.uid),
        "name": project.name,
        "area_code": project.area_code,
        "rules": rules.name,
        "reason": rules.reason,
        "cap_level": rules.cap_level,
        "cap_factors": {tenure: str(factor) for tenure, factor in rules.cap_factors.items()},
        "reserves_accessible": rules.reserves_accessible,
        "closed_at": draw.closed_at.astimezone(UTC).isoformat(),
        "beacon_due_at": draw.beacon_due_at.astimezone(UTC).isoformat(),
        "beacon_fallback": draw.beacon_fallback,
        "buildings": building_names(project.stock_id, codes),
        "stock": stock,
        "applicants": len(entries),
        "priorities_sha256": sha256(priorities_text((one.id, one.priority) for one in entries)).hex(),
    }


def priorities_text(rows: Any) -> bytes:
    """`priority receipt`, a line each, sorted bytewise by receipt: the file list.txt."""
    ordered = sorted(rows, key=lambda row: row[0].encode())
    return "".join(f"{priority} {receipt}\n" for receipt, priority in ordered).encode()


def stock_by_building(
    classes: Mapping[str, ClassStock], labels: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    stock: dict[str, Counter[str]] = {label: Counter() for label in sorted(labels.values())}
    for name, part in classes.items():
        for cell, codes in part.flats.items():
            if codes:
                stock[labels[name]][building_of(cell)] += len(codes)
    return {label: dict(count) for label, count in stock.items()}


def building_of(cell: str) -> str:
    return cell[:BUILDING_DIGITS]


def labels_of(classes: Mapping[str, ClassStock], salt: str) -> dict[str, str]:
    """A letter for each class, in an order that tells nothing: A, B, …, Z, AA, …"""
    mixed = sorted(classes, key=lambda name: sha256(f"{salt}:{name}".encode()))
    return {name: _letters(number) for number, name in enumerate(mixed)}


def _letters(number: int) -> str:
    ahead, last = divmod(number, 26)
    return (_letters(ahead - 1) if ahead else "") + chr(ord("A") + last)


def give_secrets(project: PlacementProject) -> None:
    """Every receipt gets the word that will open its row; it is printed and later forgotten here."""
    rows = list(project.applicants.filter(secret=""))
    for row in rows:
        row.secret = "".join(secrets.choice(UNMISTAKABLE) for _letter in range(SECRET_LETTERS))
    # An upsert of rows that are there: `bulk_update` took a minute for a city's applicants.
    Applicant.objects.bulk_create(
        rows, ROWS_AT_ONCE, update_conflicts=True, unique_fields=["id"], update_fields=["secret"]
    )
