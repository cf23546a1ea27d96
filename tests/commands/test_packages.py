"""`boundaries package` and `boundaries merge` as a person runs them: a file out, a draft back, the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pyogrio
from click.testing import Result
from flask import Flask

from domain.permissions import Role
from models.database import Database
from tests.accounts import add_account
from tests.services.boundaries.workbench import SIDE, Workbench, square


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["boundaries", *map(str, words)])


def test_a_package_is_written_and_comes_back_as_a_draft_with_a_conflict(
    app: Flask, base: Database, tmp_path: Path
) -> None:
    bench = Workbench(base)
    bench.publish(bench.draft(bench.edit("P-1", square(0)), bench.edit("P-2", square(1))))
    add_account(base, "li", Role.GIS_EDITOR)
    add_account(base, "wang", Role.VIEWER)
    out, edited = tmp_path / "plots.gpkg", tmp_path / "edited.gpkg"
    assert run(app, "package", "plots", out, "--as", "wang").exit_code == 1
    assert run(app, "package", "plots", out, "--code", "P-77", "--as", "li").exit_code == 1
    assert not out.exists()
    done = run(app, "package", "plots", out, "--code", "P-1", "--as", "li")
    assert done.exit_code == 0, done.output
    untouched = run(app, "merge", out, "--as", "li", "--json")
    assert (untouched.exit_code, json.loads(untouched.output)["stored"]) == (0, False)

    frame = pyogrio.read_dataframe(out, layer="plots")
    wide = geopandas.GeoSeries([square(0, width=SIDE * 1.5)], crs=frame.crs)
    frame.set_geometry(wide).to_file(edited, layer="plots", driver="GPKG")
    bench.put("P-1", square(0, height=SIDE / 2))
    merged = run(app, "merge", edited, "--as", "li", "--json")
    told = json.loads(merged.output)
    assert merged.exit_code == 3
    assert told["outcomes"] == {"both_changed": 1}
    assert (told["stored"], told["conflicts"]) == (True, ["P-1"])
    refused = run(app, "publish", told["changeset"], "--as", "zhang")
    assert refused.exit_code == 1

    rubbish = tmp_path / "rubbish.gpkg"
    rubbish.write_bytes(b"no database")
    assert run(app, "merge", rubbish, "--as", "li").exit_code == 1
