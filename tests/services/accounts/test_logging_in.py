"""Logging in: one answer and one comparison whatever is wrong, and how many tries there are."""

from __future__ import annotations

import statistics
import threading
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from domain.errors import NotLoggedIn, TooManyTries
from domain.permissions import Actor, Role
from models import LoginAttempt, LoginSession
from models.database import Database
from services.accounts import logging_in, managing, passwords
from services.accounts.actors import get_account
from services.accounts.attempts import WINDOW, TryLimits
from services.accounts.sessions import find_login
from tests.accounts import PASSWORD, add_account
from tests.services.accounts.office import ADMIN, FOR_STRANGERS, LIFETIME, LIMITS, Clock, log, log_in, where

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
