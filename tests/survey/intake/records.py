"""Records as clients write them, and the posts that carry them."""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.models import User
from grids.models import Dwelling
from survey.devices import make_device
from survey.keys import unseal
from survey.models import Device, Entity, Form, FormVersion, Household, Round
from survey.questionnaires.built_in import FOLDERS, HOUSEHOLD, VISIT, built_in_workbook
from survey.questionnaires.converting import Converted, convert_workbook
from survey.questionnaires.storing import stored_version
from tests.survey.worlds import Field, draw_field

OPENROSA = {"X-OpenRosa-Version": "1.0"}
HTTP_OPENROSA = {"HTTP_X_OPENROSA_VERSION": "1.0"}


@dataclass(frozen=True)
class Mark:
    """The `<entity>` element of a record."""

    id: str
    attributes: str
    list_name: str = "dwellings"
    label: str = ""

    @property
    def xml(self) -> str:
        label = f"<label>{escape(self.label)}</label>" if self.label else ""
        head = f'<entity dataset="{self.list_name}" id="{self.id}" {self.attributes}'
        return f'{head} xmlns="http://www.opendatakit.org/xforms/entities">{label}</entity>'


def update(entity: str, base: int, *, trunk: int | None = None, branch: str = "") -> Mark:
    more = f'baseVersion="{base}" trunkVersion="{trunk or ""}" branchId="{branch}"'
    return Mark(entity, f'update="1" {more}')


@dataclass(frozen=True)
class Record:
    """One record of a form. `answers` is the XML between root and meta."""

    form_id: str
    version: str
    answers: str
    instance_id: str
    deprecated_id: str = ""
    mark: Mark | None = None

    @property
    def xml(self) -> bytes:
        deprecated = f"<deprecatedID>{self.deprecated_id}</deprecatedID>" if self.deprecated_id else ""
        instance = f"<instanceID>{self.instance_id}</instanceID>" if self.instance_id else ""
        return (
            f"<?xml version='1.0' ?><data id={quoteattr(self.form_id)} version={quoteattr(self.version)}>"
            f"{self.answers}<meta>{instance}{deprecated}{self.mark.xml if self.mark else ''}</meta></data>"
        ).encode()

    def edited(self, **changes: Any) -> "Record":
        """A correction of this record under a new id."""
        return replace(self, instance_id=new_id(), deprecated_id=self.instance_id, **changes)


def new_id() -> str:
    return f"uuid:{uuid.uuid4()}"


def answers_xml(answers: Mapping[str, Any]) -> str:
    """Nested dictionaries to elements; a list repeats its element; a mark under `meta` is an entity."""
    parts = []
    for name, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mark):
                inner = one.xml
            else:
                inner = answers_xml(one) if isinstance(one, dict) else escape(str(one))
            parts.append(f"<{name}>{inner}</{name}>")
    return "".join(parts)


@dataclass(frozen=True)
class Work:
    """A field with our own forms, a tablet and a Collect device of the worker, and a client."""

    field: Field
    form: FormVersion
    visit_form: FormVersion
    device: Device
    token: str

    @property
    def round(self) -> Round:
        self.field.round.refresh_from_db()
        return self.field.round

    def entity(self, dwelling: Dwelling | None = None) -> Entity:
        code = (dwelling or self.field.dwelling()).code
        return Entity.objects.get(list_name="dwellings", dwelling_code=code)

    def household(
        self,
        dwelling: Dwelling | None = None,
        *,
        mark: Mark | None = None,
        made: Mark | None = None,
        **answers: Any,
    ) -> Record:
        """A full questionnaire; keyword arguments replace groups, `home` single answers of that group."""
        door = self.entity(dwelling)
        home = {"occupancy": "rented", "has_lift": "no", "has_heat": "yes", **answers.pop("home", {})}
        opening = {"dwelling": door.uuid, "consent": "yes", **answers.pop("opening", {})}
        said = {
            "visited_at": "2026-03-05T10:20:00.000+08:00",
            "opening": {
                **opening,
                "meta": made or Mark(str(uuid.uuid4()), 'create="1"', "households", door.label),
            },
            "home": {**home, "meta": mark or update(str(door.uuid), door.version)},
            "people": {"age_0_2": 1, "age_15_59": 2},
            "household": {"household_type": "family_children", "origin": "moved"},
            "health": {"consent_health": "no"},
            "wishes": {"needs": "learning", "needs_week": "learning"},
            "need": [{"need_category": "learning", "need_urgency": "week"}],
            **answers,
        }
        return Record(HOUSEHOLD, self.form.version, answers_xml(said), new_id())

    def visit(self, outcome: str, dwelling: Dwelling | None = None, **answers: Any) -> Record:
        door = self.entity(dwelling)
        said: dict[str, Any] = {"dwelling": door.uuid, "outcome": outcome}
        at = answers.pop("visited_at", "2026-03-05T10:20:00.000+08:00")
        mark = answers.pop("mark", None)
        if outcome in ("vacant", "group_let"):
            said["occupancy"] = outcome
            mark = mark or update(str(door.uuid), door.version)
        xml = answers_xml({"visited_at": at, "visit": {**said, **answers}})
        return Record(VISIT, self.visit_form.version, xml, new_id(), mark=mark)

    def post(self, record: Record | bytes, files: Mapping[str, bytes] | None = None, **more: Any) -> Any:
        return post(self.token, record, files, **more)

    def send(self, record: Record | bytes, files: Mapping[str, bytes] | None = None, **more: Any) -> Any:
        """Post as our tablet does; the answer's receipt, its status beside it."""
        response = self.post(record, files, HTTP_ACCEPT="application/json", **more)
        told = response.json()
        return {**(told["receipt"] or {}), "status": response.status_code, "message": told["message"]}


@cache
def _converted(form_id: str) -> tuple[bytes, Converted]:
    """Converting runs ODK Validate, seconds each: once a test session."""
    workbook, _version = built_in_workbook(FOLDERS[form_id])
    return workbook, convert_workbook(workbook, name=f"{form_id}.xlsx")


def built_in(form_id: str) -> FormVersion:
    workbook, converted = _converted(form_id)
    form = Form.objects.create(form_id=form_id, is_built_in=True, title_zh=form_id)
    return stored_version(form, converted, workbook, name="", by=None)


def draw_work(**facts: Any) -> Work:
    form, visit_form = built_in(HOUSEHOLD), built_in(VISIT)
    field = draw_field(form, **facts)
    device, token = make_device(field.worker, Device.Kind.TABLET, "tablet")
    return Work(field, form, visit_form, device, token)


def token_of(user: User, kind: str = Device.Kind.TABLET) -> str:
    return make_device(user, kind)[1]


def post(
    token: str,
    record: Record | bytes,
    files: Mapping[str, bytes] | None = None,
    *,
    query: str = "",
    address: str = "/openrosa/submission",
    client: Client | None = None,
    **more: Any,
) -> Any:
    xml = record.xml if isinstance(record, Record) else record
    parts: dict[str, Any] = {"xml_submission_file": SimpleUploadedFile("s.xml", xml, "text/xml")}
    for name, content in (files or {}).items():
        parts[name] = SimpleUploadedFile(name, content, "image/jpeg")
    incomplete = more.pop("incomplete", False)
    if incomplete:
        parts["*isIncomplete*"] = "yes"
    authorization = {} if "/key/" in address else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    return (client or Client()).post(f"{address}{query}", parts, **HTTP_OPENROSA, **authorization, **more)


def composition(household: Household) -> Any:
    sealed = household.composition_sealed
    return json.loads(unseal(household.key_id, sealed, about="household.composition"))


# --- Sealing, as a tablet does it (written from the specification, not from the server's code) ---


@dataclass(frozen=True)
class SealedRecord:
    manifest: bytes
    files: dict[str, bytes]


def seal_record(
    record: Record,
    public_key: str,
    files: Mapping[str, bytes] | None = None,
    *,
    mask: HashAlgorithm | None = None,
) -> SealedRecord:
    """The record in ODK's encrypted-form layout."""
    key = hashlib.sha256(record.instance_id.encode()).digest()  # any 32 bytes
    public = load_der_public_key(base64.b64decode(public_key))
    oaep = padding.OAEP(mgf=padding.MGF1(mask or SHA1()), algorithm=SHA256(), label=None)  # noqa: S303
    wrapped = base64.b64encode(public.encrypt(key, oaep)).decode()
    vector = bytearray(hashlib.md5(record.instance_id.encode() + key).digest())  # noqa: S324
    sealed = {}
    for counter, (name, content) in enumerate([*(files or {}).items(), ("submission.xml", record.xml)]):
        vector[counter % 16] = (vector[counter % 16] + 1) & 0xFF
        padder = PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(key), CFB(bytes(vector))).encryptor()
        padded = padder.update(content) + padder.finalize()
        sealed[f"{name}.enc"] = encryptor.update(padded) + encryptor.finalize()
    media = "".join(f"<media><file>{escape(name)}.enc</file></media>" for name in files or {})
    manifest = (
        f'<data xmlns="http://opendatakit.org/submissions" encrypted="yes" id="{record.form_id}"'
        f' version="{record.version}"><base64EncryptedKey>{wrapped}</base64EncryptedKey>'
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{record.instance_id}'
        f"</orx:instanceID></orx:meta>{media}"
        "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile></data>"
    )
    return SealedRecord(manifest.encode(), sealed)
