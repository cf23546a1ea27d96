"""`boundaries`: files in as drafts, published as versions, rolled back, listed. Exit codes as in docs/commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import AppGroup, with_appcontext

from blueprints import web
from blueprints.telling import tells_faults
from domain.boundaries import Layer, Verdict
from domain.errors import NotAcknowledged
from models.database import Database
from services.accounts.actors import actor_named
from services.boundaries import drafting, history, publishing
from services.boundaries.drafting import Draft
from services.boundaries.impact import EFFECT_WORDS, KIND_WORDS, Impact
from services.boundaries.limits import limits_of

Command = TypeVar("Command", bound=Callable[..., Any])

boundaries = AppGroup("boundaries", help="Boundaries: files in, versions published, rolled back, listed.")
WAITS, ASKS = 3, 4
EXIT_CODES = {Verdict.ACCEPT: 0, Verdict.REPAIR: WAITS, Verdict.ASK: ASKS, Verdict.REJECT: 1}
_LAYER = click.Choice([layer.value for layer in Layer])
_MOST_NAMED = 20


@boundaries.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", type=_LAYER, required=True)
@click.option("--as", "account", required=True, help="The account that brings it in")
@click.option("--crs", help="EPSG:…, where the file does not say, or says wrong")
@click.option("--encoding", help="Of the texts, e.g. GB18030")
@click.option("--source-layer", help="Which layer of the file")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="What a column means, e.g. code=DKBH")
@click.option("--confirm", is_flag=True, help="Store it with the repairs that were told")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout")
@with_appcontext
@tells_faults
def import_file(
    file: Path,
    layer: str,
    account: str,
    crs: str | None,
    encoding: str | None,
    source_layer: str | None,
    columns: tuple[str, ...],
    confirm: bool,
    as_json: bool,
) -> None:
    """Read and check a boundary file, and store it as a draft unless something forbids it.

    Exit code 0: stored, or nothing in it is new; 3: repairs wait for --confirm; 4: a question waits for an option;
    1: rejected.
    """
    database = _database()
    if not file.is_file():
        raise click.ClickException(f"没有这个文件：{file} / no such file: {file}")
    with database.read() as session:
        actor = actor_named(session, account)
    draft = drafting.bring_in(
        database,
        path=file,
        name=file.name,
        options=drafting.options(Layer(layer), crs, encoding, source_layer, _mapping(columns)),
        actor=actor,
        confirmed=confirm,
        limits=limits_of(web.settings()),
        tell=lambda stage, share: click.echo(f"{stage} {share:.0%}", err=True),
    )
    if as_json:
        click.echo(json.dumps(draft.as_json(), ensure_ascii=False, allow_nan=False))
    else:
        _tell(draft)
    sys.exit(EXIT_CODES[draft.verdict] if not draft.stored else 0)


@boundaries.command("publish")
@click.argument("changeset", type=int)
@click.option("--as", "account", required=True, help="The account that publishes it")
@click.option("--acknowledge", is_flag=True, help="The impact is known: publish")
@click.option("--valid-from", help="Since when it holds, 2026-01-31; today without it")
@with_appcontext
@tells_faults
def publish(changeset: int, account: str, acknowledge: bool, valid_from: str | None) -> None:
    """Publish a changeset. Without --acknowledge the impact is told, nothing is published and the exit code is 3."""
    database, settings = _database(), web.settings()
    day = web.parsed_day(valid_from, "--valid-from") if valid_from else None
    with database.read() as session:
        actor = actor_named(session, account)
        impact = publishing.preview(session, changeset) if acknowledge else None
    try:
        done = publishing.publish(
            database,
            changeset,
            actor=actor,
            acknowledged=impact.hash if impact else None,
            today=web.today(),
            limits=limits_of(settings),
            valid_from=day,
            four_eyes=settings.four_eyes,
        )
    except NotAcknowledged as error:
        if not isinstance(error.impact, Impact):
            raise
        _tell_impact(error.impact)
        click.echo("未发布；确认影响后加 --acknowledge / not published: add --acknowledge when this is understood")
        sys.exit(WAITS)
    click.echo(f"已发布 / published: {len(done.versions)}")
    for code, version in done.versions.items():
        click.echo(f"{code} v{version}")


@boundaries.command("rollback")
@click.argument("layer", type=_LAYER)
@click.argument("code")
@click.option("--to", "to_version", type=int, required=True, help="The version to go back to")
@click.option("--as", "account", required=True, help="The account that does so")
@click.option("--valid-from", help="Since when it holds, 2026-01-31; today without it")
@with_appcontext
@tells_faults
def rollback(layer: str, code: str, to_version: int, account: str, valid_from: str | None) -> None:
    """Publish an old version over again as a new one; nothing is lost."""
    database = _database()
    day = web.parsed_day(valid_from, "--valid-from") if valid_from else None
    with database.read() as session:
        actor = actor_named(session, account)
    version = history.rollback(
        database,
        Layer(layer),
        code,
        to_version=to_version,
        actor=actor,
        today=web.today(),
        limits=limits_of(web.settings()),
        valid_from=day,
    )
    click.echo(f"{code} v{version} = v{to_version}")


@boundaries.command("log")
@click.argument("layer", type=_LAYER)
@click.argument("code")
@with_appcontext
@tells_faults
def show_log(layer: str, code: str) -> None:
    """All versions of a boundary, the newest first."""
    database = _database()
    with database.read() as session:
        for entry in history.log(session, Layer(layer), code):
            what = "撤销 / removed" if entry.is_removal else f"{entry.area_ha or 0:.4f} ha"
            words = [
                f"v{entry.version}",
                entry.recorded_at.isoformat(timespec="seconds"),
                f"自 {entry.valid_from} 起 / from {entry.valid_from}"
                if entry.valid_from
                else "起始不详 / start unknown",
                what,
                f"{entry.method} {entry.grade}",
                f"{entry.by}",
                f"更改集 {entry.changeset} / changeset {entry.changeset}" if entry.changeset else "",
                f"恢复 v{entry.restored_version} / restores v{entry.restored_version}"
                if entry.restored_version
                else "",
                (entry.source.publication or entry.source.document or ""),
            ]
            click.echo("  ".join(word for word in words if word))


def _database() -> Database:
    database = web.database()
    database.refuse_unready()
    return database


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for column in columns:
        name, sign, value = column.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise click.ClickException(f"--map 应写作 FIELD=COLUMN：{column} / --map is written FIELD=COLUMN: {column}")
        pairs[name.strip()] = value.strip()
    return pairs


def _tell(draft: Draft) -> None:
    for finding in draft.findings:
        line = f"{finding.severity} {finding.code} [{finding.place}] {finding.message_zh} / {finding.message_en}"
        click.echo(line)
        if finding.question is not None:
            for proposal in finding.question.proposals:
                click.echo(f"  {proposal.value}: {proposal.label_zh} / {proposal.label_en}")
    if draft.stored:
        click.echo(f"已存为更改集 {draft.changeset} / stored as changeset {draft.changeset}")
        return
    told = {
        Verdict.ACCEPT: ("没有新内容，未存入", "nothing new: not stored"),
        Verdict.REPAIR: ("需确认修复后才存入：加 --confirm", "waits for the repairs to be confirmed: add --confirm"),
        Verdict.ASK: ("需先回答上述问题，未存入", "a question has to be answered first: not stored"),
        Verdict.REJECT: ("未通过检查，未存入", "rejected: not stored"),
    }[draft.verdict]
    click.echo(" / ".join(told))


def _tell_impact(impact: Impact) -> None:
    if not impact.affected:
        click.echo("没有受影响的内容 / nothing is affected")
    for (kind, effect), count in sorted(impact.counts.items()):
        zh, en = KIND_WORDS[kind][0], KIND_WORDS[kind][1]
        effect_zh, effect_en = EFFECT_WORDS[effect]
        click.echo(f"{count} {zh}{effect_zh} / {count} {en} {effect_en}")
        alike = [one for one in impact.affected if (one.kind, one.effect) == (kind, effect)]
        for one in alike[:_MOST_NAMED]:
            click.echo(f"  {one.name} {one.code}: {one.from_place or '—'} → {one.to_place or '—'}")
        if len(alike) > _MOST_NAMED:
            click.echo(f"  … {len(alike) - _MOST_NAMED}")
