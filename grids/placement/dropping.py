"""An alternative that nobody wants to compare any more goes away while the project is being prepared."""

from typing import Any

from django.db import transaction

from gis_core.access_log import log_access
from grids.models import Variant
from grids.placement.projects import require_preparing


@transaction.atomic
def drop_variant(variant: Variant, by: Any) -> None:
    """Delete it for good. Once the list is closed, what was compared before the draw stays.

    Raises:
        ProjectClosed
    """
    project = require_preparing(variant.project)
    variant.delete()
    log_access(by, "delete_placement_variant", f"placement {project.pk}", area_code=project.area_code)
