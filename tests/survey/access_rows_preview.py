"""The preview of a form at the desk: its page, the frame in it, and the definition the frame fetches."""

from tests.grids.access_rows import Kind, Row
from tests.survey.access_rows_forms import EDIT, of_version

UNBUILT = (200, 503)  # the frame is part of the tablet app, which a bare checkout has not built
ROWS = [
    Row("form_preview", Kind.OBJECT, of_version("form_preview"), **EDIT),
    Row("form_preview_frame", Kind.OBJECT, of_version("form_preview_frame"), ok=UNBUILT, **EDIT),
    Row("form_preview_form", Kind.OBJECT, of_version("form_preview_form"), **EDIT),
]
