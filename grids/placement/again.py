"""A stopped draw begins again as another project, with the same flats, applications and rules.

That gives nobody a second chance to choose: a draw stops only while a nonce is missing and before its public
value exists, so nobody can have known an order. The stopped one stays as it is, with its reason.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.models import Applicant, Flat, PlacementProject, PlacementRules
from grids.placement.draw_refusals import WrongStep
from grids.placement.projects import free_name

ROWS_AT_ONCE, LONGEST_NAME = 5_000, 100
FORGOTTEN = {"pk": None, "secret": ""}  # receipts of the stopped draw open nothing in the new one


@transaction.atomic
def begin_again(stopped: PlacementProject, name: str, by: Any) -> PlacementProject:
    """A project with copies of the lists and rules of one whose draw was stopped, on the same stock.

    Raises:
        WrongStep: its draw was not stopped. WrongName: none, or one that is taken.
    """
    held = PlacementProject.objects.select_for_update().get(pk=stopped.pk)
    if held.state != PlacementProject.State.STOPPED:
        raise WrongStep(_("摇号没有中止，不能照此新建。"), state=held.state)
    made = PlacementProject.objects.create(
        town=held.town,
        stock=held.stock,
        name=free_name(held.town, name[:LONGEST_NAME]),
        area_code=held.area_code,
        flats_file=held.flats_file,
        flats_sha256=held.flats_sha256,
        applicants_file=held.applicants_file,
        applicants_sha256=held.applicants_sha256,
        created_by=by,
    )
    _copy(Flat, held, made)
    _copy(Applicant, held, made, **FORGOTTEN)
    _copy(PlacementRules, held, made, made_by=by)
    log_access(by, "begin_placement", f"placement {made.pk}", area_code=made.area_code, reason=str(held.pk))
    return made


def _copy(model: Any, held: PlacementProject, made: PlacementProject, **changed: Any) -> None:
    rows = list(model.objects.filter(project=held))
    for row in rows:
        for field, value in {"pk": None, "project": made, **changed}.items():
            setattr(row, field, value)
        row._state.adding = True
    model.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
