"""A converted workbook becomes a version of a form; versions are only ever added."""

import hashlib
from typing import Any

from survey.models import Form, FormVersion
from survey.questionnaires.converting import Converted


def stored_version(form: Form, converted: Converted, workbook: bytes, *, name: str, by: Any) -> FormVersion:
    return FormVersion.objects.create(
        form=form,
        version=converted.outline["version"],
        xform=converted.xform,
        xform_md5=hashlib.md5(converted.xform.encode(), usedforsecurity=False).hexdigest(),
        workbook=workbook,
        workbook_name=name,
        workbook_sha256=hashlib.sha256(workbook).hexdigest(),
        outline=converted.outline,
        warnings=converted.warnings,
        uploaded_by=by,
    )
