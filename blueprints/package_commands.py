"""`boundaries package` and `boundaries merge`: boundaries taken along to be changed offline, and brought back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from blueprints import web
from blueprints.boundary_commands import EXIT_CODES, boundaries
from blueprints.telling import tells_faults, tells_programs
from domain.boundaries import Layer
from domain.errors import NotFound
from models.database import Database
from services.accounts.actors import COMMAND_LINE, actor_named
from services.boundaries.limits import limits_of
from services.boundaries.merging import Returned, bring_back
from services.boundaries.packages import make_package

__all__ = ["boundaries"]
CONFLICTS = 3
_LAYER = click.Choice([layer.value for layer in Layer])
_FILE = click.Path(path_type=Path)


@boundaries.command("package")
@click.argument("layer", type=_LAYER)
@click.argument("out", type=_FILE)
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this boundary; repeatable")
@click.option("--as", "account", help="The account that takes it along")
@with_appcontext
@tells_faults
def take(layer: str, out: Path, codes: tuple[str, ...], account: str | None) -> None:
    """Write what stands of a layer as a GeoPackage to be changed in QGIS and brought back by `boundaries merge`."""
    database = _database()
    with database.read() as session:
        actor = actor_named(session, account) if account else COMMAND_LINE
    package = make_package(database, Layer(layer), codes=codes, actor=actor)
    temporary = out.with_name(out.name + ".part")
    try:
        temporary.write_bytes(package.content)
        temporary.replace(out)
    except OSError as error:
        raise click.ClickException(
            f"无法写入 {out}：{error.strerror} / cannot write {out}: {error.strerror}"
        ) from error
    click.echo(f"{out}（编辑包 {package.number}，{package.count} 条 / package {package.number}, {package.count})")


@boundaries.command("merge")
@click.argument("file", type=_FILE)
@click.option("--as", "account", required=True, help="The account that brings it back")
@click.option("--confirm", is_flag=True, help="Store it with the repairs that were told")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout")
@with_appcontext
@tells_faults
@tells_programs
def merge(file: Path, account: str, confirm: bool, as_json: bool) -> None:
    """Bring a changed package back: a draft, merged with what was published meanwhile.

    Exit code 0: stored, or nothing in it is new; 3: repairs wait for --confirm, or conflicts for a decision (on the
    page /boundaries/changesets/ID/conflicts); 4: a question; 1: rejected.
    """
    database = _database()
    if not file.is_file():
        raise NotFound(f"没有这个文件：{file}", f"no such file: {file}", place=file.name)
    with database.read() as session:
        actor = actor_named(session, account)
    told = bring_back(
        database, path=file, name=file.name, actor=actor, limits=limits_of(web.settings()), confirmed=confirm
    )
    if as_json:
        click.echo(json.dumps(told.as_json(), ensure_ascii=False, allow_nan=False))
    else:
        _tell(told)
    if told.changeset is None:
        sys.exit(EXIT_CODES[told.verdict])
    sys.exit(CONFLICTS if told.conflicts else 0)


def _tell(told: Returned) -> None:
    for finding in told.findings:
        click.echo(f"{finding.severity} {finding.code} [{finding.place}] {finding.message_zh} / {finding.message_en}")
    for outcome, count in told.outcomes.items():
        click.echo(f"{outcome}: {count}")
    if told.changeset is not None:
        click.echo(f"已存为更改集 {told.changeset} / stored as changeset {told.changeset}")
    if told.conflicts:
        named = ", ".join(told.conflicts[:20])
        click.echo(f"须逐条决定：{named} / to be decided: {named}")
    elif told.changeset is None:
        click.echo("未存入 / not stored")


def _database() -> Database:
    database = web.database()
    database.refuse_unready()
    return database
