"""How a command tells a fault: one clear line and a non-zero exit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from domain.errors import OneMapError

Command = TypeVar("Command", bound=Callable[..., Any])


def tells_faults(command: Command) -> Command:
    """Every fault we know becomes one line."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except OneMapError as error:
            raise click.ClickException(str(error)) from error

    return run  # type: ignore[return-value]
