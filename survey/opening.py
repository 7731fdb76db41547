"""A record opened as far as it can be: clear ones at once, sealed ones with the key of their round."""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from django.db.models import Q

from survey.answers import Answers, Heading, answers_of, heading_of
from survey.doors import as_uuid
from survey.envelopes import CannotOpen, Manifest, manifest_of, open_file, plain_name, unwrap_key
from survey.form_versions import AnsweredForm
from survey.keys import KeyDestroyed, key_of
from survey.models import Round
from survey.safe_xml import UnreadableXml, read_xml
from survey.sent import Sent

ROUNDS_TRIED = 20
CANNOT_OPEN = "cannot_open"
ROUND_SEALED = "round_sealed"
HEADING_DIFFERS = "heading_differs"
UNREADABLE_ANSWERS = "unreadable_answers"


@dataclass(frozen=True)
class Opened:
    """What can be read now. `answers` is None while the sealed XML has not come, or cannot be read."""

    expected: tuple[str, ...]  # files the record names, as it names them
    answers: Answers | None = None
    root: Element | None = None
    xml: bytes | None = None  # what a sealed record said
    manifest: Manifest | None = None
    key: bytes | None = None
    round_uid: str | None = None  # the round that a sealed record was sealed for
    round_state: str | None = None  # set where that round is sealed already, and its key gone
    problem: str = ""

    @property
    def as_sent(self) -> tuple[str, ...]:
        """Names of all files beside the XML part, as they travel."""
        if self.manifest is None:
            return self.expected
        return (*self.manifest.media, self.manifest.xml_file)


def open_record(root: Element, heading: Heading, form: AnsweredForm, sent: Sent) -> Opened:
    """Read the answers, decrypting first where needed.

    Raises:
        UnreadableXml: a sealed record without a proper manifest.
    """
    if not heading.is_sealed:
        answers = answers_of(root, form.outline)
        return Opened(tuple(answers.files), answers, root)
    manifest = manifest_of(root, heading.instance_id)
    found = _round_and_key(manifest, form, sent)
    if found is None:
        return _unreadable((*manifest.media, manifest.xml_file), manifest, sent)
    round_uid, key = found
    return _open_sealed(manifest, key, round_uid, heading, form.outline, sent)


def _unreadable(names: tuple[str, ...], manifest: Manifest, sent: Sent) -> Opened:
    """No key opens it. If it came for a sealed round, nobody will ever read it; that is no fault of it."""
    named = as_uuid(sent.round_uid or "")
    sealed = Round.objects.filter(uid=named, state=Round.State.SEALED) if named else Round.objects.none()
    if sealed.exists():
        state = str(Round.State.SEALED)
        return Opened(names, manifest=manifest, round_uid=str(named), round_state=state, problem=ROUND_SEALED)
    return Opened(names, manifest=manifest, problem=CANNOT_OPEN)


def _open_sealed(
    manifest: Manifest, key: bytes, round_uid: str, heading: Heading, outline: dict[str, Any], sent: Sent
) -> Opened:
    names = tuple(plain_name(name) for name in manifest.media)
    partial: dict[str, Any] = {"manifest": manifest, "key": key, "round_uid": round_uid}
    file = next((one for one in sent.files if one.name == manifest.xml_file), None)
    if file is None:
        return Opened(names, **partial)
    sealed = file.read()
    try:
        xml = open_file(manifest, key, manifest.xml_file, sealed)
    except CannotOpen:
        return Opened((*names, manifest.xml_file), **partial, problem=CANNOT_OPEN)
    partial["xml"] = xml
    try:
        root = read_xml(xml)
        inner = heading_of(root)
    except UnreadableXml:
        return Opened(names, **partial, problem=UNREADABLE_ANSWERS)
    same = (inner.instance_id, inner.form_id, inner.version)
    if same != (heading.instance_id, heading.form_id, heading.version):
        return Opened(names, **partial, problem=HEADING_DIFFERS)
    return Opened(names, answers_of(root, outline), root, **partial)


def _round_and_key(manifest: Manifest, form: AnsweredForm, sent: Sent) -> tuple[str, bytes] | None:
    named = as_uuid(sent.round_uid or "")
    tried = set()
    if named:
        tried.add(str(named))
        if key := _try(str(named), manifest):
            return str(named), key
    for uid in _rounds_to_try(form, sent):
        if uid not in tried and (key := _try(uid, manifest)):
            return uid, key
    return None


def _rounds_to_try(form: AnsweredForm, sent: Sent) -> list[str]:
    """Rounds of the sender first, then those of the form; the newest first."""
    rounds = Round.objects.exclude(public_key="").order_by("-opened_at", "-id")
    own = rounds.filter(assignment_sets__worker=sent.by).values_list("uid", flat=True)
    others = rounds.filter(Q(form_version__form=form.form_id)).values_list("uid", flat=True)
    return [str(uid) for uid in dict.fromkeys([*own[:ROUNDS_TRIED], *others[:ROUNDS_TRIED]])]


def _try(round_uid: str, manifest: Manifest) -> bytes | None:
    try:
        return unwrap_key(key_of(round_uid).private, manifest.wrapped_key)
    except (KeyDestroyed, CannotOpen):
        return None
