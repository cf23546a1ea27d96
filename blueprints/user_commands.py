"""`users`: accounts from the command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from blueprints import web
from blueprints.account_words import ROLE_WORDS
from blueprints.telling import tells_faults
from domain.permissions import Role
from models.database import Database
from services.accounts import managing
from services.accounts.actors import COMMAND_LINE
from services.accounts.passwords import MOST

users = AppGroup("users", help="Accounts: add, change the password, disable, list.")
_ROLE = click.Choice([role.value for role in Role])
_STDIN = "Read it from the first line of standard input instead of asking"


@users.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, required=True)
@click.option("--park", "parks", multiple=True, metavar="CODE", help="Limit the account to this park; repeatable")
@click.option("--password-stdin", is_flag=True, help=_STDIN)
@with_appcontext
@tells_faults
def add(name: str, role: str, parks: tuple[str, ...], password_stdin: bool) -> None:
    """Add an account; without --password-stdin the password is asked for."""
    managing.add_account(
        _database(), name=name, role=Role(role), parks=parks, password=_password(password_stdin), actor=COMMAND_LINE
    )
    click.echo(f"已添加账号 {name}（{role}）/ account added: {name} ({role})")


@users.command("passwd")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help=_STDIN)
@with_appcontext
@tells_faults
def passwd(name: str, password_stdin: bool) -> None:
    """Give an account a new password and log it out everywhere."""
    managing.set_password(_database(), name=name, password=_password(password_stdin), actor=COMMAND_LINE)
    click.echo(f"已更改 {name} 的密码，并已在各处退出登录 / password changed, logged out everywhere: {name}")


@users.command("disable")
@click.argument("name")
@with_appcontext
@tells_faults
def disable(name: str) -> None:
    """Take an account's log-in away, at once and everywhere."""
    managing.set_disabled(_database(), name=name, is_disabled=True, actor=COMMAND_LINE)
    click.echo(f"已停用账号 {name} / account disabled: {name}")


@users.command("list")
@with_appcontext
@tells_faults
def list_all() -> None:
    """Every account: name, role, parks, whether it is disabled."""
    with _database().read() as session:
        rows = managing.list_accounts(session)
    for row in rows:
        state = "已停用 disabled" if row.is_disabled else "在用 in use"
        parks = ",".join(row.parks) or "全部 all"
        click.echo(f"{row.name}\t{row.role} {ROLE_WORDS[row.role][0]}\t{parks}\t{state}")
    if not rows:
        click.echo("还没有账号 / no accounts yet: users add NAME --role admin", err=True)


def _database() -> Database:
    database = web.database()
    database.refuse_unready()
    return database


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        typed: str = click.prompt("密码 / password", hide_input=True, confirmation_prompt="再输一次 / again")
        return typed
    line = sys.stdin.buffer.readline(4 * MOST + 2)
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("标准输入不是 UTF-8 / standard input is not UTF-8") from None
