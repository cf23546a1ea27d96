"""`boundaries`: files in as drafts, checked, published as versions, rolled back, listed. docs/commands.md tells all."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import AppGroup, with_appcontext

from blueprints import web
from blueprints.telling import tells_faults, tells_programs
from domain.boundaries import ChangesetStatus, Finding, Layer, Verdict, verdict_of
from domain.boundary_fields import FIELDS
from domain.errors import BadRequest, NotAcknowledged, NotFound
from domain.words import Grade
from models.database import Database
from services.accounts.actors import actor_named
from services.boundaries import changesets, drafting, history, publishing
from services.boundaries.drafting import Draft
from services.boundaries.impact import EFFECT_WORDS, KIND_WORDS, Impact
from services.boundaries.limits import limits_of
from services.boundaries.previewing import FileOptions

Command = TypeVar("Command", bound=Callable[..., Any])

boundaries = AppGroup("boundaries", help="Boundaries: files in, checked, published as versions, rolled back, listed.")
WAITS, ASKS = 3, 4
EXIT_CODES = {Verdict.ACCEPT: 0, Verdict.REPAIR: WAITS, Verdict.ASK: ASKS, Verdict.REJECT: 1}
_LAYER = click.Choice([layer.value for layer in Layer])
_STATUS = click.Choice([status.value for status in ChangesetStatus])
_MOST_NAMED = 20
_OPTIONS = {"crs": "--crs", "columns": "--map"}
"""How the command calls what `drafting.options` finds fault with."""
_FIELDS_HELP = "\b\nFields of --map:\n" + "\n".join(
    f"  {name:<14} {meaning.en}" + (f"; of {meaning.where}" if meaning.where else "")
    for name, meaning in FIELDS.items()
)


@boundaries.command("import", epilog=_FIELDS_HELP)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", type=_LAYER, required=True)
@click.option("--as", "account", required=True, help="The account that brings it in")
@click.option("--crs", help="EPSG:4527 or 4527, GCJ-02, BD-09: where the file does not say, or says wrong")
@click.option("--encoding", help="Of the texts, e.g. GB18030")
@click.option("--source-layer", help="Which layer of the file")
@click.option(
    "--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="What a column means: code=DKBH; repeatable"
)
@click.option("--title", default="", help="The survey or plan it comes from; the file name without it")
@click.option("--date", default="", help="What day its content is of: 2026-01-31, 2026-01 or 2026")
@click.option("--grade", type=click.Choice([grade.value for grade in Grade]), default=Grade.C.value, show_default=True)
@click.option("--confirm", is_flag=True, help="Store it with the repairs that were told")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout")
@with_appcontext
@tells_faults
@tells_programs
def import_file(
    file: Path,
    layer: str,
    account: str,
    crs: str | None,
    encoding: str | None,
    source_layer: str | None,
    columns: tuple[str, ...],
    title: str,
    date: str,
    grade: str,
    confirm: bool,
    as_json: bool,
) -> None:
    """Read and check a boundary file, and store it as a draft unless something forbids it.

    Exit code 0: stored, or nothing in it is new; 3: repairs wait for --confirm; 4: a question waits for an option;
    1: rejected.
    """
    database = _database()
    if not file.is_file():
        raise NotFound(f"没有这个文件：{file}", f"no such file: {file}", place=file.name)
    with database.read() as session:
        actor = actor_named(session, account)
    draft = drafting.bring_in(
        database,
        path=file,
        name=file.name,
        options=_options(Layer(layer), crs, encoding, source_layer, columns),
        actor=actor,
        confirmed=confirm,
        limits=limits_of(web.settings()),
        provenance=drafting.Provenance.stated(title, grade, date),
        tell=lambda stage, share: click.echo(f"{stage} {share:.0%}", err=True),
    )
    if as_json:
        click.echo(json.dumps(draft.as_json(), ensure_ascii=False, allow_nan=False))
    else:
        _tell(draft)
    sys.exit(0 if draft.stored or _is_done(draft) else EXIT_CODES[draft.verdict])


@boundaries.command("list")
@click.option("--status", type=_STATUS, help="Only those that are so")
@click.option("--layer", type=_LAYER, help="Only those of this layer")
@with_appcontext
@tells_faults
def show_list(status: str | None, layer: str | None) -> None:
    """The changesets, the newest first: number, layer, status, title, who made it, when."""
    statuses = [ChangesetStatus(status)] if status else list(ChangesetStatus)
    with _database().read() as session:
        listed = changesets.list_changesets(session, statuses=statuses, limit=changesets.LARGEST_ID)
        lines = [
            f"{one.id}  {one.layer.value}  {one.status.value}  {_plain(one.title)}  {one.made_by}  "
            f"{one.made_at.isoformat(timespec='seconds')}"
            for one in listed
            if layer is None or one.layer.value == layer
        ]
    for line in lines or ["没有更改集 / no changesets"]:
        click.echo(line)


@boundaries.command("check")
@click.argument("changeset", type=int)
@click.option("--as", "account", required=True, help="The account that checks it")
@with_appcontext
@tells_faults
def check(changeset: int, account: str) -> None:
    """Check a changeset against what stands now.

    Exit code 0: nothing is in its way; 3: repairs became necessary and have to be confirmed in the draft; 1: rejected,
    it stays a draft.
    """
    database = _database()
    with database.read() as session:
        actor = actor_named(session, account)
    findings = publishing.check(database, changeset, actor=actor, limits=limits_of(web.settings()))
    _tell_findings(findings)
    verdict = verdict_of(findings)
    told = {
        Verdict.ACCEPT: ("已核对", "checked"),
        Verdict.REPAIR: (
            "已核对，但须先在草稿中确认修复",
            "checked, but repairs have to be confirmed in the draft first",
        ),
    }.get(verdict, ("未通过检查，仍为草稿", "rejected: it stays a draft"))
    click.echo(" / ".join(told))
    sys.exit(EXIT_CODES[verdict])


@boundaries.command("withdraw")
@click.argument("changeset", type=int)
@click.option("--as", "account", required=True, help="The account that withdraws it")
@with_appcontext
@tells_faults
def withdraw(changeset: int, account: str) -> None:
    """Close a changeset that is not published, for good."""
    database = _database()
    with database.read() as session:
        actor = actor_named(session, account)
    changesets.withdraw(database, changeset, actor=actor)
    click.echo(f"已撤回更改集 {changeset} / changeset {changeset} is withdrawn")


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
    for code, versions in done.ended.items():
        named = ", ".join(f"v{version}" for version in versions)
        click.echo(f"{code} {named}：不再有适用的日子 / hold on no day any more")


@boundaries.command("rollback")
@click.argument("layer", type=_LAYER)
@click.argument("code")
@click.option("--to", "to_version", type=int, required=True, help="The version to go back to")
@click.option("--as", "account", required=True, help="The account that does so")
@click.option("--valid-from", help="Since when it holds, 2026-01-31; today without it")
@with_appcontext
@tells_faults
def rollback(layer: str, code: str, to_version: int, account: str, valid_from: str | None) -> None:
    """Publish an old version over again as a new one; nothing is lost.

    Exit code 3: two people are needed, so it waits as a draft for somebody else to publish it.
    """
    database, settings = _database(), web.settings()
    day = web.parsed_day(valid_from, "--valid-from") if valid_from else None
    with database.read() as session:
        actor = actor_named(session, account)
    done = history.rollback(
        database,
        Layer(layer),
        code,
        to_version=to_version,
        actor=actor,
        today=web.today(),
        limits=limits_of(settings),
        valid_from=day,
        four_eyes=settings.four_eyes,
    )
    if done.impact.affected:
        _tell_impact(done.impact)
    if done.version is None:
        number = done.changeset
        click.echo(f"须由另一人发布：已存为更改集 {number} / somebody else has to publish it: changeset {number}")
        sys.exit(WAITS)
    click.echo(f"{code} v{done.version} = v{to_version}")


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


def _options(
    layer: Layer, crs: str | None, encoding: str | None, source_layer: str | None, columns: tuple[str, ...]
) -> FileOptions:
    """What the options say of the file; a fault names the option."""
    mapping = _mapping(columns)
    try:
        return drafting.options(layer, crs, encoding, source_layer, mapping)
    except BadRequest as error:
        place = _OPTIONS.get(error.place or "", error.place)
        raise BadRequest(error.message_zh, error.message_en, place=place) from error


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for column in columns:
        name, sign, value = column.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise BadRequest(f"应写作 FIELD=COLUMN：{column}", f"is written FIELD=COLUMN: {column}", place="--map")
        pairs[name.strip()] = value.strip()
    return pairs


def _plain(text: str) -> str:
    """Text as it may go to a terminal: nothing that moves its cursor or turns its direction."""
    return "".join(one if one.isprintable() or unicodedata.category(one) == "Zs" else "\ufffd" for one in text)


def _tell_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        line = f"{finding.severity} {finding.code} [{finding.place}] {finding.message_zh} / {finding.message_en}"
        click.echo(line)
        if finding.question is not None:
            for proposal in finding.question.proposals:
                click.echo(f"  {proposal.value}: {proposal.label_zh} / {proposal.label_en}")


def _is_done(draft: Draft) -> bool:
    """Nothing in it is new, so nothing has to be confirmed."""
    return draft.is_nothing_new and draft.verdict in {Verdict.ACCEPT, Verdict.REPAIR}


def _tell(draft: Draft) -> None:
    _tell_findings(draft.findings)
    if draft.stored:
        click.echo(f"已存为更改集 {draft.changeset} / stored as changeset {draft.changeset}")
        return
    told = {
        Verdict.ACCEPT: ("没有新内容，未存入", "nothing new: not stored"),
        Verdict.REPAIR: ("需确认修复后才存入：加 --confirm", "waits for the repairs to be confirmed: add --confirm"),
        Verdict.ASK: ("需先回答上述问题，未存入", "a question has to be answered first: not stored"),
        Verdict.REJECT: ("未通过检查，未存入", "rejected: not stored"),
    }[Verdict.ACCEPT if _is_done(draft) else draft.verdict]
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
