"""Adding, changing and disabling accounts: each one transaction and one audit line with old and new."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import BadRequest, Conflict
from domain.permissions import Actor, Permission, Role, require
from domain.words import PlaceLayer
from models.account import Account, AccountPark
from models.database import Database, now, record_audit
from models.place import Place
from services.accounts.actors import find_account, get_account
from services.accounts.names import checked_name, fold
from services.accounts.passwords import checked_password, hashed
from services.accounts.sessions import end_sessions_of


@dataclass(frozen=True)
class AccountRow:
    """An account as lists show it. parks: codes; empty = all."""

    name: str
    role: Role
    parks: tuple[str, ...]
    is_disabled: bool
    created_at: datetime


@dataclass(frozen=True)
class ParkChoice:
    """A park an account can be limited to."""

    code: str
    name_zh: str
    name_en: str


def list_park_choices(session: Session) -> list[ParkChoice]:
    """Every park there is, in the order of lists."""
    statement = (
        select(Place.code, Place.short_name_zh, Place.name_en)
        .where(Place.layer == PlaceLayer.PARK, Place.superseded_at.is_(None))
        .order_by(Place.sort, Place.code)
    )
    return [ParkChoice(*row) for row in session.execute(statement)]


def list_accounts(session: Session) -> list[AccountRow]:
    """Every account, those in use first, by name."""
    found = session.scalars(select(Account).order_by(Account.is_disabled, Account.folded_name))
    return [_row(account) for account in found]


def get_account_row(session: Session, name: str) -> AccountRow:
    """Raises NotFound."""
    return _row(get_account(session, name))


def add_account(
    database: Database, *, name: str, role: Role, parks: Collection[str], password: str, actor: Actor
) -> None:
    """Raises: Forbidden, BadRequest (name, password, a park nobody has), Conflict (the name is taken), Busy."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    checked_password(password, name=checked_name(name))
    password_hash, at = hashed(password), now()
    taken = Conflict(f"账号名已被使用：{name}", f"the name is taken: {name}", place="name")
    try:
        with database.write() as session:
            if find_account(session, name) is not None:
                raise taken
            account = Account(
                name=name,
                folded_name=fold(name),
                password_hash=password_hash,
                role=role,
                is_disabled=False,
                created_at=at,
                changed_at=at,
                parks=_parks(session, parks),
            )
            session.add(account)
            _audit(session, actor, "account add", account, old=None, new=_told(account))
    except IntegrityError as error:  # PostgreSQL: somebody else took it at the same moment
        raise taken from error


def change_account(database: Database, *, name: str, role: Role, parks: Collection[str], actor: Actor) -> None:
    """Give an account another role or other parks; it is logged out everywhere when anything changes.

    Raises: Forbidden, NotFound, BadRequest, Conflict (one's own account), Busy.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    with database.write() as session:
        account = get_account(session, name)
        _refuse_own(actor, account)
        old, wanted = _told(account), _parks(session, parks)
        account.role = role
        if {park.place_code for park in wanted} != set(account.park_codes):
            account.parks.clear()
            session.flush()
            account.parks.extend(wanted)
        _close(session, actor, "account change", account, old)


def set_disabled(database: Database, *, name: str, is_disabled: bool, actor: Actor) -> None:
    """Take the log-in away, at once and everywhere, or give it back.

    Raises: Forbidden, NotFound, Conflict (one's own account), Busy.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    with database.write() as session:
        account = get_account(session, name)
        _refuse_own(actor, account)
        old = _told(account)
        account.is_disabled = is_disabled
        _close(session, actor, "account disable" if is_disabled else "account enable", account, old)


def set_password(database: Database, *, name: str, password: str, actor: Actor) -> None:
    """Give an account a new password; it is logged out everywhere.

    Raises: Forbidden, NotFound, BadRequest (the password breaks a rule), Busy.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    with database.read() as session:
        shown = get_account(session, name).name
    password_hash = hashed(checked_password(password, name=shown))
    with database.write() as session:
        account = get_account(session, name)
        account.password_hash, account.changed_at = password_hash, now()
        end_sessions_of(session, account)
        record_audit(
            session, actor=actor.name, action="account password", subject=account.name, details={"by": actor.name}
        )


def _close(session: Session, actor: Actor, action: str, account: Account, old: dict[str, object]) -> None:
    new = _told(account)
    if new == old:
        return
    account.changed_at = now()
    end_sessions_of(session, account)
    _audit(session, actor, action, account, old=old, new=new)


def _audit(
    session: Session, actor: Actor, action: str, account: Account, *, old: dict[str, object] | None, new: object
) -> None:
    record_audit(session, actor=actor.name, action=action, subject=account.name, details={"old": old, "new": new})


def _told(account: Account) -> dict[str, object]:
    return {"role": account.role.value, "parks": account.park_codes, "is_disabled": account.is_disabled}


def _refuse_own(actor: Actor, account: Account) -> None:
    """So an administrator is always left: nobody takes the right from themselves."""
    if fold(actor.name) == account.folded_name:
        raise Conflict(
            "不能停用或更改自己的账号，请由另一位管理员操作",
            "one's own account is changed by another administrator",
            place=account.name,
        )


def _parks(session: Session, codes: Collection[str]) -> list[AccountPark]:
    wanted = sorted(set(codes))
    known = set(session.scalars(select(Place.code).where(Place.layer == PlaceLayer.PARK, Place.code.in_(wanted))))
    for code in wanted:
        if code not in known:
            raise BadRequest(f"没有这个园区：{code[:64]}", f"no such park: {code[:64]}", place="park")
    return [AccountPark(place_code=code) for code in wanted]


def _row(account: Account) -> AccountRow:
    return AccountRow(account.name, account.role, tuple(account.park_codes), account.is_disabled, account.created_at)
