"""The commands: each calls one service; a fault is one clear line and a non-zero exit."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from pydantic import ValidationError

from blueprints import entry_commands, gap_commands, package_commands, user_commands, web
from blueprints.telling import tells_faults
from config import ROOT, Settings
from domain.errors import OneMapError
from models.database import Database
from services import check as check_service
from services import export as export_service
from services import policies as policy_service
from services.dataset.loading import Loaded
from services.dataset.loading import load as load_dataset
from services.dataset.places import LoadSettings
from services.demo.loading import load as load_demo_dataset
from services.demo.parameters import DemoParameters
from services.gaps.minutes import travel_rule

ACTOR = "command line"

data = AppGroup("data", help="Load datasets.")
policies = AppGroup("policies", help="Import policy texts.")
export = AppGroup("export", help="Write files to take along.")


def settings_or_exit() -> Settings:
    """The settings of the environment; one line a fault and the end of the program when they are wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "ONEMAP_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else "ONEMAP_*"
            click.echo(f"设置有误 / bad setting {name}: {fault['msg']}", err=True)
        raise SystemExit(2) from None


def database_or_exit(settings: Settings) -> Database:
    """The database of the settings; one line and the end of the program when it cannot be opened."""
    try:
        return Database(settings.resolved_database_url, busy_timeout_s=settings.busy_timeout_s)
    except OneMapError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(1) from None


@data.command("load-base")
@with_appcontext
@tells_faults
def load_base() -> None:
    """Migrate the database and load the sourced base dataset; repeating it changes nothing."""
    database, settings = web.database(), web.settings()
    database.migrate()
    loaded = load_dataset(
        database,
        ROOT / "data" / "base",
        origin="base",
        actor=ACTOR,
        settings=LoadSettings(belt_width_m=settings.belt_width_m, county_cache_path=settings.county_cache),
    )
    _tell(loaded)


@data.command("load-demo")
@click.option("--parks", type=int, default=DemoParameters.parks, show_default=True)
@click.option("--plots", type=int, default=DemoParameters.plots, show_default=True)
@click.option("--enterprises", type=int, default=DemoParameters.enterprises, show_default=True)
@click.option("--seed", type=int, default=DemoParameters.seed, show_default=True, help="Same seed, same data")
@with_appcontext
@tells_faults
def load_demo(parks: int, plots: int, enterprises: int, seed: int) -> None:
    """Migrate the database and load a generated demonstration dataset; never into one that holds another dataset."""
    parameters = DemoParameters(parks, plots, enterprises, seed)
    parameters.check()
    database, settings = web.database(), web.settings()
    database.migrate()
    loaded = load_demo_dataset(
        database,
        parameters,
        base=ROOT / "data" / "base",
        belt_width_m=settings.belt_width_m,
        actor=ACTOR,
        tell=_progress(),
    )
    if loaded.has_changes:
        click.echo(f"演示数据已装入（{parameters}）：{loaded.rows} 行 / demonstration data loaded: {loaded.rows} rows")
    else:
        click.echo(f"已装入同一演示数据（{parameters}），未作更改 / this very dataset is loaded: nothing changed")


def _progress() -> Callable[[float], None]:
    """Tells the share done on stderr, once a second."""
    told_at = time.monotonic()

    def tell(share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= 1:
            told_at = time.monotonic()
            click.echo(f"{share:.0%}", err=True)

    return tell


def _tell(loaded: Loaded) -> None:
    click.echo(
        f"新增 {loaded.added}，更改 {loaded.changed}，停用 {loaded.retired}，不变 {loaded.unchanged} / "
        f"added {loaded.added}, changed {loaded.changed}, retired {loaded.retired}, unchanged {loaded.unchanged}"
    )
    for finding in loaded.findings:
        click.echo(f"注意 / note: {finding}", err=True)


@policies.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", required=True, help="The document's key, e.g. 鹰府发〔2014〕19号")
@with_appcontext
@tells_faults
def import_policy(file: Path, key: str) -> None:
    """Import a policy text, split into its clauses."""
    database = web.database()
    database.refuse_unready()
    done = policy_service.import_text(database, file, key=key, actor=ACTOR)
    click.echo(
        f"{done.key}：{done.clauses} 条 / {done.clauses} clauses"
        + ("，另有网站摘要 / publisher's summary apart" if done.has_summary else "")
    )
    if done.unlisted:
        click.echo(f"文中有而目录没有 / in the text, not in the dataset: {'、'.join(done.unlisted)}", err=True)
    if done.missing:
        click.echo(f"目录有而文中没有 / in the dataset, not in the text: {'、'.join(done.missing)}", err=True)


@export.command("map")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--chain", help="The chain shown at first, e.g. CU")
@click.option("--as-of", "as_of", help="One day only, 2020-01-01; without it every day on offer")
@with_appcontext
@tells_faults
def export_map(out: Path, chain: str | None, as_of: str | None) -> None:
    """Write the map as one HTML file that opens without any network."""
    database, settings = web.database(), web.settings()
    database.refuse_unready()
    day = web.parsed_day(as_of, "--as-of") if as_of else None
    temporary = out.with_name(out.name + ".part")
    try:
        temporary.touch()  # first, so that nobody waits for what cannot be kept
        temporary.unlink()
    except OSError as error:
        raise _cannot_write(out, error) from error
    with database.read() as session:
        html = export_service.map_file(
            session,
            as_of=day,
            today=web.today(),
            chain=chain,
            approval_no=settings.map_approval_no,
            rule=travel_rule(settings),
        )
    try:
        temporary.write_text(html, encoding="utf-8")
        temporary.replace(out)
    except OSError as error:
        raise _cannot_write(out, error) from error
    click.echo(f"{out} ({len(html.encode()) / 1e6:.1f} MB)")


def _cannot_write(out: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"无法写入 {out}：{error.strerror} / cannot write {out}: {error.strerror}")


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON")
@with_appcontext
@tells_faults
def check(as_json: bool) -> None:
    """Health of data and geometry; exit 1 when anything is wrong. Warnings alone are no fault."""
    database = web.database()
    database.refuse_unready()
    with database.read() as session:
        findings = check_service.check(session, as_of=web.today())
    errors = sum(finding.severity is check_service.Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"错误 {errors}，警告 {warnings} / errors {errors}, warnings {warnings}")
    if errors:
        sys.exit(1)


@click.command("serve")
@with_appcontext
@tells_faults
def serve() -> None:
    """Serve the app; PORT changes the port."""
    import waitress

    settings = web.settings()
    web.database().refuse_unready()
    port = _port(settings)
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(
                f"端口 {port} 已被占用；请用 PORT=其他端口 / port {port} is in use: set PORT to another"
            ) from error
        raise click.ClickException(
            f"无法在 {settings.host}:{port} 上监听 / cannot listen there: {error.strerror}"
        ) from error
    click.echo(f"招商一张图 → http://{settings.host}:{port}")
    waitress.serve(current_app._get_current_object(), host=settings.host, port=port, threads=8, ident=None)  # type: ignore[attr-defined]


def _port(settings: Settings) -> int:
    text = os.environ.get("PORT", "")
    if not text:
        return settings.port
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise click.ClickException(
            f"PORT 应为 1–65535 的整数：{text} / PORT must be a whole number from 1 to 65535: {text}"
        )
    return int(text)


def init_app(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (
        data,
        policies,
        export,
        package_commands.boundaries,
        entry_commands.entries,
        gap_commands.gaps,
        user_commands.users,
        check,
        serve,
    ):
        app.cli.add_command(command)
