"""Accounts below the web: names, passwords, rights, tries, sessions, and the audit lines they leave."""

from __future__ import annotations

import json
import statistics
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from domain.errors import BadRequest, Conflict, Forbidden, NotFound, NotLoggedIn, OneMapError, TooManyTries
from domain.permissions import Actor, Permission, Role
from models import AuditEntry, LoginAttempt, LoginSession
from models.database import Database, data_revision, now, record_audit
from services.accounts import logging_in, managing, passwords, sessions
from services.accounts.actors import COMMAND_LINE, actor_named, get_account
from services.accounts.attempts import KEPT_FOR_KNOWN, WINDOW, TryLimits
from services.accounts.audit import list_audit, note_refusal
from services.accounts.logging_in import Where
from services.accounts.names import checked_name
from services.accounts.sessions import Lifetime, find_login
from tests.accounts import PASSWORD, add_account

LIFETIME = Lifetime(timedelta(hours=12), timedelta(minutes=120))
LIMITS = TryLimits()
FOR_STRANGERS = LIMITS.per_account - KEPT_FOR_KNOWN
ADMIN = Actor("admin.one", Role.ADMIN)


def where(address: str = "203.0.113.1", limits: TryLimits = LIMITS) -> Where:
    return Where(address=address, agent="test", lifetime=LIFETIME, limits=limits)


def log_in(database: Database, name: str = "wang.fang", password: str = PASSWORD, address: str = "203.0.113.1") -> str:
    return logging_in.log_in(database, name=name, password=password, where=where(address))


def log(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


@pytest.fixture
def office(database: Database) -> Database:
    """With one officer, wang.fang."""
    add_account(database, "wang.fang", Role.OFFICER)
    return database


class Clock:
    """The services' clock, to be set."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (logging_in, sessions):
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really compared; each is wrong, at no cost."""
    seen: list[str] = []
    monkeypatch.setattr(logging_in, "is_right", lambda password, _: bool(seen.append(password)))
    return seen


# ---- names and passwords ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wang.fang", "王芳", "gis-02", "li_4", "ab", "x" * 64, "招商局01"])
def test_a_name_may_be_chinese_or_latin(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 65, "a b", " ab", "ab\n", "..", ".ab", "-ab", "_ab", "a/b", "a\\b", "a<b", "{{a}}", "a\u202eb",
     "a\u200bb", "Ａdmin", "admin@x", "а́б", "a\x00b", "command line", "😀😀"],
)  # fmt: skip
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="2–64"):
        checked_name(name)


@pytest.mark.parametrize(
    "password", ["", "x" * 11, "x" * 257, "Wang.Fang-Yingtan"], ids=["none", "short", "long", "the name"]
)
def test_a_password_that_breaks_a_rule_is_refused(database: Database, password: str) -> None:
    with pytest.raises(BadRequest) as refused:
        managing.add_account(
            database, name="wang.fang-yingtan", role=Role.VIEWER, parks=(), password=password, actor=ADMIN
        )
    assert refused.value.place == "password"
    assert log(database) == []


def test_a_password_of_256_characters_is_whole(database: Database) -> None:
    """No character is cut off behind the scenes."""
    password = "铜" * 256
    managing.add_account(database, name="wang", role=Role.VIEWER, parks=(), password=password, actor=ADMIN)
    assert log_in(database, "wang", password)
    with pytest.raises(NotLoggedIn):
        log_in(database, "wang", password[:-1] + "镍")
    with pytest.raises(NotLoggedIn):
        log_in(database, "wang", password + "铜")


@pytest.mark.parametrize("taken", ["Wang.Fang", "wang.fang", "WANG.FANG"])
def test_two_names_do_not_differ_by_case_alone(office: Database, taken: str) -> None:
    with pytest.raises(Conflict):
        managing.add_account(office, name=taken, role=Role.ADMIN, parks=(), password=PASSWORD, actor=ADMIN)


# ---- rights and the log -------------------------------------------------------------------------------------------


def test_an_accounts_actor_has_its_role_and_its_parks(base: Database) -> None:
    add_account(base, "wang.fang", Role.GIS_EDITOR, parks=["yingtan-gaoxin", "guixi-jingkai"])
    with base.read() as session:
        assert actor_named(session, "WANG.fang") == Actor(
            "wang.fang", Role.GIS_EDITOR, frozenset({"guixi-jingkai", "yingtan-gaoxin"})
        )
        with pytest.raises(NotFound):
            actor_named(session, "nobody")
    managing.set_disabled(base, name="wang.fang", is_disabled=True, actor=ADMIN)
    with base.read() as session, pytest.raises(Forbidden):
        actor_named(session, "wang.fang")


@pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.ADMIN)])
def test_only_an_administrator_manages_accounts(office: Database, role: Role | None) -> None:
    actor = Actor("other", role)
    acts: list[Callable[[], None]] = [
        lambda: managing.add_account(office, name="li", role=Role.ADMIN, parks=(), password=PASSWORD, actor=actor),
        lambda: managing.change_account(office, name="wang.fang", role=Role.ADMIN, parks=(), actor=actor),
        lambda: managing.set_password(office, name="wang.fang", password=PASSWORD, actor=actor),
        lambda: managing.set_disabled(office, name="wang.fang", is_disabled=True, actor=actor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert log(office) == []


def test_every_change_of_an_account_is_one_line_with_old_and_new_and_no_change_of_the_data(base: Database) -> None:
    with base.read() as session:
        before, lines = data_revision(session), len(log(base))
    managing.add_account(
        base, name="李四", role=Role.OFFICER, parks=["yingtan-gaoxin"], password=PASSWORD, actor=COMMAND_LINE
    )
    managing.change_account(base, name="李四", role=Role.GIS_EDITOR, parks=[], actor=ADMIN)
    managing.change_account(base, name="李四", role=Role.GIS_EDITOR, parks=[], actor=ADMIN)  # nothing new
    managing.set_password(base, name="李四", password=PASSWORD, actor=ADMIN)
    managing.set_disabled(base, name="李四", is_disabled=True, actor=ADMIN)
    told = [(entry.actor, entry.action, entry.subject) for entry in log(base)[lines:]]
    assert told == [
        ("command line", "account add", "李四"),
        ("admin.one", "account change", "李四"),
        ("admin.one", "account password", "李四"),
        ("admin.one", "account disable", "李四"),
    ]
    change = json.loads(str(log(base)[lines + 1].details))
    assert change == {
        "old": {"role": "officer", "parks": ["yingtan-gaoxin"], "is_disabled": False},
        "new": {"role": "gis_editor", "parks": [], "is_disabled": False},
    }
    with base.read() as session:
        assert data_revision(session) == before
        shown = list_audit(session, actor="admin.one", action="account change").lines
    assert [(c.name, c.old, c.new) for c in shown[0].changes] == [
        ("parks", '["yingtan-gaoxin"]', "[]"),
        ("role", "officer", "gis_editor"),
    ]


def test_a_password_never_stands_in_the_log(office: Database) -> None:
    secret = "a secret that is long enough"
    managing.set_password(office, name="wang.fang", password=secret, actor=ADMIN)
    for name, password in (("wang.fang", secret), ("wang.fang", "wrong"), (secret, "x")):
        try:
            log_in(office, name, password)
        except NotLoggedIn:
            continue
    assert len(log(office)) == 4
    assert not any(secret in f"{entry.actor}{entry.subject}{entry.details}" for entry in log(office))


def test_nobody_takes_rights_from_themselves_so_an_administrator_is_left(database: Database) -> None:
    add_account(database, "Admin.One", Role.ADMIN)
    with pytest.raises(Conflict):
        managing.set_disabled(database, name="Admin.One", is_disabled=True, actor=ADMIN)
    with pytest.raises(Conflict):
        managing.change_account(database, name="admin.one", role=Role.VIEWER, parks=(), actor=ADMIN)


def test_a_limit_names_parks_that_there_are(base: Database) -> None:
    for code in ("nowhere", "yingtan", "a" * 500):  # a prefecture is no park
        with pytest.raises(BadRequest) as refused:
            managing.add_account(base, name="li", role=Role.OFFICER, parks=[code], password=PASSWORD, actor=ADMIN)
        assert refused.value.place == "park"


BREAKING = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]


def test_one_event_is_one_line_whatever_is_typed(database: Database) -> None:
    """Every control, direction and line character there is, in the actor, the subject and the details."""
    assert len(BREAKING) > 200
    with database.write() as session:
        for start in range(0, len(BREAKING), 5):
            typed = "甲".join(BREAKING[start : start + 5])
            record_audit(session, actor=typed, action="test", subject=typed, details={typed: typed})
    for number, entry in enumerate(log(database)):
        line = f"{entry.actor}{entry.subject}{entry.details}"
        assert len(line.splitlines()) == 1
        assert not set(line) & set(BREAKING)
        typed = "甲".join(BREAKING[number * 5 : number * 5 + 5])
        assert json.loads(str(entry.details)) == {typed: typed}


def test_refusals_are_logged_but_cannot_fill_the_log(office: Database) -> None:
    for _ in range(5):
        note_refusal(office, Actor("wang.fang", Role.OFFICER), Permission.MANAGE_ACCOUNTS, "GET /admin")
    assert [(entry.action, entry.subject) for entry in log(office)] == [("refused", "GET /admin")]


def test_the_log_is_read_page_by_page_newest_first(database: Database) -> None:
    with database.write() as session:
        for number in range(120):
            record_audit(session, actor=f"a{number % 2}", action="test", subject=str(number), details={})
    seen: list[str | None] = []
    below: int | None = None
    with database.read() as session:
        while True:
            page = list_audit(session, actor="a1", below=below)
            seen += [line.subject for line in page.lines]
            below = page.older
            if below is None:
                break
    assert seen == [str(number) for number in range(119, 0, -2)]


# ---- logging in ---------------------------------------------------------------------------------------------------


def test_a_log_in_is_kept_by_the_hash_of_its_token(office: Database) -> None:
    token = log_in(office)
    login = find_login(office, token, lifetime=LIFETIME)
    assert login is not None
    assert login.actor == Actor("wang.fang", Role.OFFICER)
    with office.read() as session:
        row = session.scalars(select(LoginSession)).one()
        assert token not in {str(getattr(row, column.key)) for column in LoginSession.__table__.columns}
        assert len(row.token_hash) == 64
    assert [(entry.actor, entry.action) for entry in log(office)] == [("wang.fang", "login")]


def test_unknown_wrong_and_disabled_are_one_fault_and_one_comparison(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(office, "gone", Role.OFFICER)
    managing.set_disabled(office, name="gone", is_disabled=True, actor=ADMIN)
    compared: list[tuple[str, str]] = []

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            compared.append((password_hash[: password_hash.index("p=") + 3], password))
            return real.verify(password_hash, password)

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    real = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())
    told = []
    for name, password in (("nobody", PASSWORD), ("wang.fang", PASSWORD[:-1]), ("gone", PASSWORD), ("a b", PASSWORD)):
        lines = len(log(office))
        with pytest.raises(NotLoggedIn) as refused:
            log_in(office, name, password)
        told.append((str(refused.value), log(office)[lines].action, len(log(office)) - lines))
    assert len(set(told)) == 1
    assert len(compared) == 4
    assert len({cost for cost, _ in compared}) == 1


@pytest.mark.soak
def test_an_unknown_name_takes_as_long_as_a_wrong_password(office: Database) -> None:
    """Medians within 10 ms."""
    spent: dict[str, list[float]] = {"nobody": [], "wang.fang": []}
    limits = TryLimits(per_account=1000, per_address=10_000)
    for _ in range(60):
        for name, times in spent.items():
            start = time.perf_counter()
            with pytest.raises(NotLoggedIn):
                logging_in.log_in(office, name=name, password="wrong", where=where(limits=limits))
            times.append(time.perf_counter() - start)
    unknown, wrong = (statistics.median(times) for times in spent.values())
    assert abs(unknown - wrong) < 0.010


def test_a_hash_of_older_parameters_is_renewed_at_the_next_log_in(office: Database) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    with office.write() as session:
        get_account(session, "wang.fang").password_hash = old
    log_in(office)
    with office.read() as session:
        assert not passwords.is_outdated(get_account(session, "wang.fang").password_hash)
    assert log_in(office)


# ---- how many tries -----------------------------------------------------------------------------------------------


def tries(database: Database, count: int, *, name: str = "wang.fang", address: str = "198.51.100.{}") -> int:
    """So many wrong passwords, each from another address; how many were turned away without being compared."""
    refused = 0
    for number in range(count):
        try:
            log_in(database, name, f"wrong {number}", address.format(number % 200))
        except TooManyTries:
            refused += 1
        except NotLoggedIn:
            continue
    return refused


def test_an_account_has_ten_tries_in_fifteen_minutes_from_however_many_addresses(
    office: Database, compared: list[str]
) -> None:
    refused = tries(office, 200)
    assert len(compared) <= LIMITS.per_account
    assert (len(compared), refused) == (FOR_STRANGERS, 200 - FOR_STRANGERS)


def test_an_address_has_fifty_tries_over_all_accounts(database: Database, compared: list[str]) -> None:
    for number in range(60):
        tries(database, 1, name=f"account{number}", address="198.51.100.7")
    assert len(compared) == LIMITS.per_address
    tries(database, 1, name="account99", address="198.51.100.8")
    assert len(compared) == LIMITS.per_address + 1


def test_a_household_of_ipv6_is_one_address(database: Database, compared: list[str]) -> None:
    for number in range(60):
        tries(database, 1, name=f"account{number}", address=f"2001:db8:1:2::{number:x}")
    assert len(compared) == LIMITS.per_address


def test_the_right_password_waits_too_but_never_longer_than_the_window(office: Database, clock: Clock) -> None:
    tries(office, 10)
    with pytest.raises(TooManyTries) as refused:
        log_in(office)
    assert 0 < refused.value.retry_after_s <= WINDOW.total_seconds()
    for _ in range(50):  # being turned away does not make it longer
        with pytest.raises(TooManyTries):
            log_in(office)
    clock.at += timedelta(seconds=refused.value.retry_after_s)
    assert log_in(office)


def test_strangers_cannot_use_up_the_tries_of_an_address_the_account_has_logged_in_from(office: Database) -> None:
    log_in(office, address="203.0.113.1")
    tries(office, 50)
    with pytest.raises(NotLoggedIn):
        log_in(office, password="mistyped", address="203.0.113.1")
    assert log_in(office, address="203.0.113.1")
    with pytest.raises(TooManyTries):
        log_in(office, address="203.0.113.2")


def test_log_ins_that_succeed_are_not_counted(office: Database) -> None:
    for _ in range(12):
        log_in(office)


def test_old_tries_are_forgotten(office: Database, clock: Clock, compared: list[str]) -> None:
    tries(office, 7)
    clock.at += WINDOW
    tries(office, 1)
    with office.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 1


def _at_once(database: Database, count: int) -> None:
    ready = threading.Barrier(count)

    def one() -> None:
        ready.wait()
        tries(database, 1)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_tries_at_the_same_moment_do_not_exceed_the_limit(office: Database, compared: list[str]) -> None:
    _at_once(office, 24)
    assert len(compared) == FOR_STRANGERS


def test_nor_on_postgresql(postgis_database: Database, compared: list[str]) -> None:
    postgis_database.migrate()
    add_account(postgis_database, "wang.fang", Role.OFFICER)
    _at_once(postgis_database, 12)
    assert len(compared) == FOR_STRANGERS


# ---- sessions -----------------------------------------------------------------------------------------------------


def is_open(database: Database, token: str) -> bool:
    return find_login(database, token, lifetime=LIFETIME) is not None


def test_a_session_ends_after_its_idle_time_and_lasts_while_it_is_used(office: Database, clock: Clock) -> None:
    token = log_in(office)
    for _ in range(5):
        clock.at += timedelta(minutes=110)
        assert is_open(office, token)
    clock.at += LIFETIME.idle
    assert not is_open(office, token)


def test_a_session_ends_after_its_total_time_however_much_it_is_used(office: Database, clock: Clock) -> None:
    token = log_in(office)
    for _ in range(11):
        clock.at += timedelta(hours=1)
        assert is_open(office, token)
    clock.at += timedelta(hours=1)
    assert not is_open(office, token)


def test_a_session_does_not_outlive_a_clock_that_goes_back(office: Database, clock: Clock) -> None:
    token = log_in(office)
    clock.at -= timedelta(minutes=5)  # two servers may differ by so much
    assert is_open(office, token)
    clock.at -= timedelta(days=1)
    assert not is_open(office, token)


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "\ud800", "' OR 1=1 --", "x" * 10_000])
def test_a_token_never_given_opens_nothing(office: Database, token: str) -> None:
    log_in(office)
    assert not is_open(office, token)


ENDINGS: dict[str, Callable[[Database], None]] = {
    "disabled": lambda database: managing.set_disabled(database, name="wang.fang", is_disabled=True, actor=ADMIN),
    "role": lambda database: managing.change_account(
        database, name="wang.fang", role=Role.ADMIN, parks=(), actor=ADMIN
    ),
    "parks": lambda database: managing.change_account(
        database, name="wang.fang", role=Role.OFFICER, parks=["yingtan-gaoxin"], actor=ADMIN
    ),
    "password": lambda database: managing.set_password(database, name="wang.fang", password=PASSWORD, actor=ADMIN),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_changes_an_account_ends_its_sessions_everywhere_and_for_good(base: Database, ending: str) -> None:
    add_account(base, "wang.fang", Role.OFFICER)
    add_account(base, "other", Role.OFFICER)
    here, there, others = log_in(base), log_in(base, address="203.0.113.9"), log_in(base, "other")
    ENDINGS[ending](base)
    assert [is_open(base, token) for token in (here, there, others)] == [False, False, True]
    if ending == "disabled":
        managing.set_disabled(base, name="wang.fang", is_disabled=False, actor=ADMIN)
        assert not is_open(base, here)


def test_logging_in_again_ends_the_session_of_this_browser_only(office: Database) -> None:
    here, there = log_in(office), log_in(office)
    again = logging_in.log_in(
        office, name="wang.fang", password=PASSWORD, where=where(), old=find_login(office, here, lifetime=LIFETIME)
    )
    assert [is_open(office, token) for token in (here, there, again)] == [False, True, True]


def test_changing_ones_own_password_takes_the_old_one_and_leaves_one_session(office: Database) -> None:
    here, there = log_in(office), log_in(office)
    login = find_login(office, here, lifetime=LIFETIME)
    assert login is not None
    new = "五块石头 and a bridge"

    def change(old: str, to: str) -> str:
        return logging_in.change_own_password(office, login=login, old=old, new=to, where=where())

    for old, to, place in (("wrong", new, "old"), (PASSWORD, "short", "password")):
        with pytest.raises(BadRequest) as refused:
            change(old, to)
        assert refused.value.place == place
    fresh = change(PASSWORD, new)
    assert [is_open(office, token) for token in (here, there, fresh)] == [False, False, True]
    with pytest.raises(NotLoggedIn):
        log_in(office)
    assert log_in(office, password=new)


def test_guessing_the_present_password_is_limited_like_logging_in(office: Database, compared: list[str]) -> None:
    """Whoever finds an open browser cannot try for ever."""
    login = sessions.Login(Actor("wang.fang", Role.OFFICER), "", 1)
    faults: list[type[OneMapError]] = []
    for number in range(30):
        try:
            logging_in.change_own_password(office, login=login, old=f"{number}", new=PASSWORD, where=where())
        except (BadRequest, TooManyTries) as fault:
            faults.append(type(fault))
    assert len(compared) == FOR_STRANGERS
    assert faults[-1] is TooManyTries


def test_a_session_is_found_while_others_write(office: Database, clock: Clock) -> None:
    """An import must not keep anybody from reading: that the session was used is noted later."""
    token = log_in(office)
    clock.at += timedelta(minutes=60)
    with office.write():
        start = time.monotonic()
        assert is_open(office, token)
        assert time.monotonic() - start < office.busy_timeout_s / 2
