"""The access log's line about a round."""

from django.http import HttpRequest

from gis_core.access_log import log_access
from survey.models import Round


def log_round(request: HttpRequest, subject: Round, action: str, reason: str = "") -> None:
    """What was done with the round; the reason is its name where none is given."""
    log_access(
        request.user,
        action,
        f"round {subject.pk}",
        area_code=subject.area_codes[0],
        reason=reason or subject.name,
        request=request,
    )
