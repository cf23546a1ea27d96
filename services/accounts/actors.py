"""From an account to the actor who acts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Forbidden, NotFound
from domain.permissions import Actor, Role
from models.account import Account
from services.accounts.names import fold

COMMAND_LINE = Actor("command line", Role.ADMIN)
"""Whoever can run the commands on the server. No account can be called so: names hold no blanks."""


def actor_named(session: Session, name: str) -> Actor:
    """The actor of an account. Raises NotFound for an unknown account, Forbidden for a disabled one."""
    account = get_account(session, name)
    if account.is_disabled:
        raise Forbidden(f"账号已停用：{account.name}", f"the account is disabled: {account.name}", place=account.name)
    return actor_of(account)


def actor_of(account: Account) -> Actor:
    return Actor(account.name, account.role, frozenset(account.park_codes) or None)


def find_account(session: Session, name: str) -> Account | None:
    """The account of that name, whatever its case and width; None for an unknown one."""
    return session.scalar(select(Account).where(Account.folded_name == fold(name)))


def get_account(session: Session, name: str) -> Account:
    """Raises NotFound."""
    account = find_account(session, name)
    if account is None:
        raise NotFound(f"没有这个账号：{name[:64]}", f"no such account: {name[:64]}", place=name[:64])
    return account
