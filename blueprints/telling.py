"""How a command tells a fault: one clear line and a non-zero exit; programs get it as one object as well."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from blueprints import web
from domain.boundaries import Severity, Verdict
from domain.errors import Forbidden, OneMapError
from domain.permissions import Permission
from services.accounts.actors import actor_of, find_account
from services.accounts.audit import note_refusal

Command = TypeVar("Command", bound=Callable[..., Any])
_PUBLISHING = frozenset({"publish", "rollback", "withdraw"})
"""What needs the right to publish (a draft of one's own is withdrawn without it); the others need that to edit."""


def tells_faults(command: Command) -> Command:
    """Every fault we know becomes one line; an account that was refused is written down."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except OneMapError as error:
            if isinstance(error, Forbidden) and kwargs.get("account"):
                _note_refused(kwargs["account"])
            raise click.ClickException(str(error)) from error

    return run  # type: ignore[return-value]


def tells_programs(command: Command) -> Command:
    """With --json a fault is also one object on stdout, like a file that is rejected. Goes below `tells_faults`."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except OneMapError as error:
            if kwargs["as_json"]:
                click.echo(json.dumps(_rejection(error), ensure_ascii=False))
            raise

    return run  # type: ignore[return-value]


def _rejection(error: OneMapError) -> dict[str, Any]:
    finding = {
        "code": error.code,
        "severity": Severity.REJECT.value,
        "place": error.place or _what(with_arguments=False),
        "message_zh": error.message_zh,
        "message_en": error.message_en,
    }
    return {"verdict": Verdict.REJECT.value, "stored": False, "changeset": None, "findings": [finding]}


def _note_refused(account: str) -> None:
    """A line of the audit log, as for a page that was refused."""
    database = web.database()
    with database.read() as session:
        found = find_account(session, account)
        actor = actor_of(found) if found else None
    if actor is not None:
        name = click.get_current_context().info_name
        permission = Permission.PUBLISH_BOUNDARIES if name in _PUBLISHING else Permission.EDIT_BOUNDARIES
        note_refusal(database, actor, permission, _what())


def _what(*, with_arguments: bool = True) -> str:
    """The command as it was called: group, name and what it was to work on; of a file its name only."""
    context = click.get_current_context()
    words = [context.parent.info_name if context.parent else None, context.info_name]
    if with_arguments:
        names = [one.name for one in context.command.params if isinstance(one, click.Argument)]
        given = [context.params[name] for name in names if name]
        words += [one.name if isinstance(one, Path) else str(one) for one in given]
    return " ".join(word for word in words if word)
