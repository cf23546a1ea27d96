"""`entries`: sheets of facts as CSV or XLSX, out and back in, with a preview of what changes."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from blueprints import web
from blueprints.telling import tells_faults
from services.entry import exporting, importing
from services.entry.files import WrittenFile, content_of, format_of
from services.entry.planning import Action, Plan, PlannedRow
from services.entry.watermark import with_mark

entries = AppGroup("entries", help="Sheets of facts: templates, export, import.")
_ACTIONS = {
    Action.ADDED: "新增",
    Action.CHANGED: "更改",
    Action.RETIRED: "停用",
    Action.UNCHANGED: "不变",
}
_FILE = click.Path(path_type=Path)


@entries.command("template")
@click.argument("sheet")
@click.argument("out", type=_FILE)
@tells_faults
def write_template(sheet: str, out: Path) -> None:
    """Write an empty sheet; in XLSX its columns are explained on a second worksheet."""
    _write(out, exporting.template(sheet, format_of(out.name)))


@entries.command("export")
@click.argument("sheet")
@click.argument("out", type=_FILE)
@click.option("--chain", help="Only the rows of one chain, e.g. CU")
@with_appcontext
@tells_faults
def export_sheet(sheet: str, out: Path, chain: str | None) -> None:
    """Write what the database holds; of a demonstration database under a name that says so."""
    database = web.database()
    database.refuse_unready()
    with database.read() as session:
        file = exporting.export(session, sheet, chain=chain, kind=format_of(out.name))
    _write(out.with_stem(with_mark(out.stem)) if file.is_demo else out, file)


@entries.command("import")
@click.argument("sheet")
@click.argument("file", type=_FILE)
@click.option("--as", "actor", required=True, help="Who enters the rows")
@click.option("--preview", is_flag=True, help="Tell what would change and store nothing")
@click.option("--json", "as_json", is_flag=True, help="What changes as JSON")
@with_appcontext
@tells_faults
def import_sheet(sheet: str, file: Path, actor: str, preview: bool, as_json: bool) -> None:
    """Take a file in, whole or not at all. The scopes it names are brought to exactly its rows."""
    database, who = web.database(), actor.strip()
    database.refuse_unready()
    if not who:
        raise click.ClickException("--as 须写明录入人 / --as must say who enters the rows")
    content, today = content_of(file), web.today()
    if preview:
        with database.read() as session:
            plan = importing.plan(session, sheet=sheet, name=file.name, content=content, today=today)
    else:
        plan = importing.apply(database, sheet=sheet, name=file.name, content=content, today=today, actor=who)
    if as_json:
        told = {**plan.as_json(), "stored": plan.has_changes and not preview}
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
    else:
        _tell(plan, is_preview=preview)


def _tell(plan: Plan, *, is_preview: bool) -> None:
    for row in plan.rows:
        if row.action is not Action.UNCHANGED:
            click.echo(_line(row))
    zh = "，".join(f"{_ACTIONS[Action(action)]} {count}" for action, count in plan.counts.items())
    en = ", ".join(f"{action} {count}" for action, count in plan.counts.items())
    click.echo(f"{zh} / {en}")
    click.echo(
        f"按（{plan.scope_zh}）整体替换，文件未提到的不动 / "
        f"replaced as a whole by ({plan.scope_en}); what the file does not name is left alone"
    )
    if is_preview:
        click.echo("预览，未存入任何内容 / preview, nothing stored")


def _line(row: PlannedRow) -> str:
    changes = "; ".join(f"{change.column}: {_shown(change.old)} → {_shown(change.new)}" for change in row.changes)
    action = f"{_ACTIONS[row.action]} {row.action}"
    return f"第 {row.line} 行 / row {row.line}: {action} {row.label}" + (f" [{changes}]" if changes else "")


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


def _write(out: Path, file: WrittenFile) -> None:
    temporary = out.with_name(out.name + ".part")
    if out.is_dir():
        raise click.ClickException(f"这是文件夹：{out} / a directory: {out}")
    try:
        temporary.write_bytes(file.content)
        temporary.replace(out)
    except OSError as error:
        if temporary.exists():
            temporary.unlink()
        raise click.ClickException(
            f"无法写入 {out}：{error.strerror} / cannot write {out}: {error.strerror}"
        ) from error
    click.echo(f"{out} ({file.row_count} 行 / rows)")
