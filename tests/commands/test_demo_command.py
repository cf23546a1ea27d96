"""`data load-demo` as a person runs it."""

from __future__ import annotations

from pathlib import Path

from tests.commands.test_commands import flask

FEW = ("--parks", "8", "--plots", "4", "--enterprises", "60", "--seed", "3")


def test_load_demo_makes_the_database_and_repeating_it_changes_nothing(tmp_path: Path) -> None:
    first = flask("data", "load-demo", *FEW, ONEMAP_INSTANCE_PATH=str(tmp_path))
    again = flask("data", "load-demo", *FEW, ONEMAP_INSTANCE_PATH=str(tmp_path))
    other = flask("data", "load-demo", ONEMAP_INSTANCE_PATH=str(tmp_path))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "demonstration data loaded" in first.stdout
    assert "nothing changed" in again.stdout
    assert other.returncode != 0
    assert "--parks 8 --plots 4 --enterprises 60 --seed 3" in other.stderr


def test_a_bad_number_is_one_clear_line_and_makes_no_database(tmp_path: Path) -> None:
    done = flask("data", "load-demo", "--plots", "-1", ONEMAP_INSTANCE_PATH=str(tmp_path))
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "地块数 --plots" in done.stderr
    assert not (tmp_path / "onemap.sqlite").exists()
