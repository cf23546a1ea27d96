"""`gaps compute` from the database, `gaps evaluate` from plain files."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from blueprints import web
from blueprints.telling import tells_faults
from domain.words import Audience, label
from services.gap_files import evaluate_folder
from services.gaps.answers import list_gaps
from services.gaps.asking import OWN, Question, parse_radius
from services.gaps.minutes import travel_rule

gaps = AppGroup("gaps", help="Chain gaps.")


@gaps.command("compute")
@click.option("--chain", required=True, help="The chain, e.g. CU")
@click.option("--place", help="Only this place")
@click.option("--radius", default=OWN, help="Minutes; 0: the place alone; own: each node's own (default); belt")
@click.option("--as-of", "as_of", help="The day, 2020-01-01; today without")
@click.option("--json", "as_json", is_flag=True, help="A JSON array")
@with_appcontext
@tells_faults
def compute_gaps(chain: str, place: str | None, radius: str, as_of: str | None, as_json: bool) -> None:
    """Chain gaps from the database, the largest first, with every figure (for officers)."""
    database = web.database()
    database.refuse_unready()
    question = Question(
        as_of=web.parsed_day(as_of, "--as-of") if as_of else web.today(),
        radius=parse_radius(radius, "--radius"),
        audience=Audience.INTERNAL,
        rule=travel_rule(web.settings()),
        chain=chain,
        places=frozenset({place}) if place else None,
    )
    with database.read() as session:
        rows = list_gaps(session, question).items
    if as_json:
        click.echo(json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False, allow_nan=False))
        return
    for row in rows:
        click.echo(f"{row.node} @ {row.place} [{label(row.kind)[0]} {row.kind}] {row.sentence_zh}")
    click.echo(f"{len(rows)} 行 / rows")


@gaps.command("evaluate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--radius", "radius_min", type=float, required=True, help="Service radius in minutes; 0: the place alone")
@click.option("--json", "as_json", is_flag=True, help="A JSON array")
@tells_faults
def evaluate_gaps(folder: Path, radius_min: float, as_json: bool) -> None:
    """Chain gaps from nodes.csv, edges.csv, capacities.csv and minutes.csv, without the database."""
    rows = evaluate_folder(folder, radius_min)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, allow_nan=False))
        return
    for row in rows:
        click.echo(
            f"{row['node']} @ {row['place']}: {row['gap_yi_yuan']:g} / {row['demand_yi_yuan']:g} 亿元, {row['kind']}"
        )
