"""The preview of a form at the desk: its page, the frame in it, and the definition the frame fetches."""

from tests.grids.access_rows import Kind, Row
from tests.survey.access_rows_forms import of_version

EDIT = "edit_forms"
UNBUILT = (200, 503)  # the frame is part of the tablet app, which a bare checkout has not built
ROWS = [
    Row("form_preview", Kind.OBJECT, of_version("form_preview"), action=EDIT),
    Row("form_preview_frame", Kind.OBJECT, of_version("form_preview_frame"), ok=UNBUILT, action=EDIT),
    Row("form_preview_form", Kind.OBJECT, of_version("form_preview_form"), action=EDIT),
]
