"""What a form may not make the device do: no tracks, no secret recording, no faces, no serial numbers."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from survey.questionnaires.problems import FormProblem
from survey.questionnaires.sheets import Sheets

TRACKS = frozenset({"audit", "background_geopoint", "start_geopoint"})
RECORDINGS = frozenset({"background_audio"})
SERIAL_NUMBERS = frozenset(
    {"deviceid", "device_id", "get_device_id", "imei", "phonenumber", "phone_number", "get_phone_number"}
    | {"simserial", "sim_id", "get_sim_id", "subscriberid", "subscriber_id", "get_subscriber_id", "email"}
)
PRELOADS = frozenset(
    {"deviceid", "phonenumber", "simserial", "subscriberid", "email", "uri:deviceid", "uri:email"}
)
PHOTOS = frozenset({"image", "photo", "add_image_prompt", "add_photo_prompt"})
_FACES = re.compile(r"(?<![a-z])(?:selfie|new-front|face)(?![a-z])", re.IGNORECASE)
_PRELOAD = re.compile(r"^bind::jr:preloadparams$")


def device_problems(sheets: Sheets) -> list[FormProblem]:
    return [
        problem
        for row, cells in sheets.rows("survey")
        for problem in (*_of_type(row, cells), *_of_photo(row, cells), *_of_preload(row, cells))
    ]


def _of_type(row: int, cells: dict[str, str]) -> Iterator[FormProblem]:
    written = cells.get("type", "")
    kind = re.sub(r"[\s-]+", "_", written.strip().lower())
    if kind in TRACKS:
        yield _problem(
            row, "type", written, _("“%(met)s”会记下人走到哪里、何时作答。本系统不记录行踪。请删去这一行。")
        )
    elif kind in RECORDINGS:
        yield _problem(row, "type", written, _("“%(met)s”会在入户时暗中录音，不予接收。请删去这一行。"))
    elif kind in SERIAL_NUMBERS:
        yield _problem(row, "type", written, _("“%(met)s”会收集设备或手机号码。本系统不收集。请删去这一行。"))


def _of_photo(row: int, cells: dict[str, str]) -> Iterator[FormProblem]:
    kind = re.sub(r"\s+", "_", cells.get("type", "").strip().lower())
    for column in ("appearance", "control::appearance", "body::appearance"):
        look = cells.get(column, "")
        if kind in PHOTOS and _FACES.search(look):
            sentence = _("“%(met)s”用前置镜头拍人。照片只拍地点，不拍人像。请去掉这个外观，或删去这一题。")
            yield _problem(row, column, look, sentence)


def _of_preload(row: int, cells: dict[str, str]) -> Iterator[FormProblem]:
    for column, value in cells.items():
        if _PRELOAD.match(column) and value.strip().lower() in PRELOADS:
            yield _problem(
                row, column, value, _("“%(met)s”会收集设备或手机号码。本系统不收集。请删去这一行。")
            )


def _problem(row: int, column: str, met: str, sentence: str) -> FormProblem:
    return FormProblem("survey", row, column, sentence % {"met": met}, met, code="denied_by_device")
