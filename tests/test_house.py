"""The house keeps its own rules: names, sizes, documents that tell the truth."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    if not listed:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def test_no_file_hides_what_is_in_it() -> None:
    hiding = {"utils", "util", "helpers", "helper", "misc", "common", "services", "signals"}
    assert [path for path in tracked_files() if path.stem in hiding] == []


def test_nothing_tracked_is_larger_than_one_megabyte() -> None:
    assert [path for path in tracked_files() if path.stat().st_size > 1_000_000] == []


def test_lock_files_hold_no_addresses() -> None:
    for path in tracked_files():
        if path.name in {"requirements.txt", "requirements-dev.txt", "package-lock.json", "package.json"}:
            assert not re.search(r"https?://[^\"\s]*(registry|pypi|npmjs)", path.read_text()), path
            assert '"resolved"' not in path.read_text(), path


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[A-Za-z0-9_.\[\]-]+==[0-9][0-9A-Za-z.]*", line), line


def test_every_dev_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"\./dev ([a-z]+)", (ROOT / "README.md").read_text()))
    script = (ROOT / "dev").read_text()
    cases = set(re.findall(r"^  ([a-z]+)\)", script, re.MULTILINE))
    assert named <= cases


def test_every_management_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"manage ([a-z_]+)", (ROOT / "README.md").read_text()))
    found = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    assert named <= found


def test_the_settings_table_names_every_variable_that_is_read() -> None:
    text = (ROOT / "gis_core" / "settings.py").read_text()
    docstring, code = text.split('"""', 2)[1:]
    read = set(re.findall(r'environ\.get\(\s*"([A-Z_]+)"', code))
    listed = set(re.findall(r"^\| ([A-Z_]+)", docstring, re.MULTILINE))
    assert read == listed


def test_every_picture_in_the_readme_is_there_and_small() -> None:
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / name).stat().st_size < 300_000, name
