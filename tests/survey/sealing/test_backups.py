"""A backup taken before sealing and put back after it cannot be read."""

from decimal import Decimal
from pathlib import Path

import pytest

from gis_core.backups import copy_keys, expire_key_copies, make_backup, run_pg
from gis_core.restoring import restore_backup
from survey import access
from survey.keys import KeyDestroyed, unseal
from survey.models import Household, Round, Submission
from survey.sealing import NotSealable, confirm_sealing, prepare_sealing, seal_round
from survey.sealing_proof import key_copies
from tests.gis_core.test_backups import drop
from tests.grids.two_towns import FIRST
from tests.survey.sealing.grounds import OUTLINE, ago, ended_round, sealed
from tests.survey.worlds import draw_field


@pytest.mark.django_db(transaction=True)
def test_a_backup_from_before_cannot_be_read_for_composition(tmp_path: Path):
    field = draw_field()
    field.form_version.outline = OUTLINE
    field.form_version.save()
    made = ended_round(field.town, field.director, area_codes=[FIRST], version=field.form_version)
    assert any(told["origin"] == "resettled" for told in made.told.values())
    backup = make_backup(folder=tmp_path)
    sealed(made.round, field.director)
    assert not Household.objects.exists()

    done = restore_backup(backup.path, replace=True)
    try:
        # Every row is back, as it was before sealing, and none of them opens.
        assert Round.objects.get(pk=made.round.pk).state == Round.State.CLOSED
        rows = list(Household.objects.filter(round=made.round))
        assert len(rows) == len(made.told)
        for row in rows:
            with pytest.raises(KeyDestroyed):
                unseal(row.key_id, row.composition_sealed, about="household.composition")
        for record in Submission.objects.all():
            with pytest.raises(KeyDestroyed):
                unseal(record.key_id, record.raw, about="submission.raw")
        told = access.open_household(field.director, made.round, rows[0].dwelling_code, "核对")
        assert told.composition == {}
        # Nor does any word of an answer stand in the file itself.
        run_pg("pg_dump", "--format=plain", f"--file={tmp_path / 'plain.sql'}")
        assert b"resettled" not in (tmp_path / "plain.sql").read_bytes()
        prepare_sealing(made.round, by=field.director, epsilon=Decimal(1), open_matters={})
        confirm_sealing(made.round, by=field.director, open_matters={})
        with pytest.raises(NotSealable):
            seal_round(made.round, by=field.director)
    finally:
        drop(done.kept_as)


@pytest.mark.django_db
def test_copies_of_the_keys_are_named_until_they_expire(settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path / "var"
    (settings.VAR_DIR / "keys").mkdir(parents=True)
    copied = copy_keys()
    assert [name for name, _until in key_copies()] == [copied.name]
    assert expire_key_copies(copied.parent, now=ago(-8)) == 1
    assert key_copies() == []
