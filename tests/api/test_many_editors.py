"""Two server processes over one file, 64 people editing and publishing at once through HTTP: nothing is lost, who was
late is told so, and nobody meets a fault of ours."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from shapely.geometry import mapping
from sqlalchemy import select, text

from config import ROOT
from domain.boundaries import Layer
from domain.permissions import Role
from models import LoginSession
from models.database import Database
from services.accounts.actors import get_account
from services.accounts.sessions import Lifetime, open_session
from services.boundaries.standing import standing
from tests.accounts import add_account
from tests.services.boundaries.workbench import SIDE, Workbench, square

SERVERS, EDITORS, ACCOUNTS = 2, 64, 8
HOT, COLD, COLUMNS = 8, 200, 20
LATE = {409, 412}
A_DAY = timedelta(days=1)
JSON = "application/json"


@dataclass
class Tally:
    """What all were told. done: code → acknowledged publications; statuses: of every answer."""

    done: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    late: int = 0
    unnamed: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Editor:
    """One browser: a connection to one server, a log-in, its form token."""

    port: int
    cookie: str
    csrf: str
    tally: Tally

    def ask(self, method: str, path: str, body: str | None = None, kind: str = JSON) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": f"onemap={self.cookie}", "X-CSRF-Token": self.csrf, "Content-Type": kind}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        with self.tally.lock:
            self.tally.statuses[answer.status] += 1
        return answer.status, told

    def save(self, code: str, version: int | None, shape: Any) -> tuple[int, str]:
        edit = {"code": code, "action": "change", "base_version": version, "geometry": mapping(shape)}
        return self.ask("POST", "/boundaries/edit/changesets", json.dumps({"layer": "plots", "edits": [edit]}))

    def edit(self, dice: random.Random, *, is_first: bool) -> None:
        place = dice.randrange(HOT) if dice.random() < 0.6 else HOT + dice.randrange(COLD)
        code, shape = code_of(place), square(place % COLUMNS, place // COLUMNS, width=SIDE * dice.randint(1, 9) / 10)
        status, told = self.ask("GET", f"/boundaries/edit/features?layer=plots&code={code}")
        version = json.loads(told)["features"][0]["version"]
        if is_first:
            refused, _ = self.save(code, None, shape)
            with self.tally.lock:
                self.tally.unnamed[refused] += 1
        status, told = self.save(code, version, shape)
        if status == 201:
            address = json.loads(told)["url"]
            status, told = self.ask("GET", address)
            acknowledged = re.search(r'name="acknowledged" value="(\w+)"', told)
            if acknowledged is not None:
                form = urlencode({"csrf_token": self.csrf, "acknowledged": acknowledged[1], "seen": "1"})
                status, told = self.ask("POST", f"{address}/publish", form, "application/x-www-form-urlencoded")
            else:
                status = 412 if status == 200 else status  # the page shows both versions instead of the button
        with self.tally.lock:
            if status == 303:
                self.tally.done[code] += 1
            elif status in LATE:
                self.tally.late += 1
            else:
                self.tally.faults.append(f"{status}: {told[:300]}")


def code_of(place: int) -> str:
    return f"P-{place:03d}"


@contextmanager
def servers(database: Database) -> Iterator[list[int]]:
    """The ports of server processes over the database's file."""
    ports, running = [], []
    for _ in range(SERVERS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    try:
        for port in ports:
            url = database.url.render_as_string(hide_password=False)
            environment = os.environ | {"ONEMAP_DATABASE_URL": url, "ONEMAP_BUSY_TIMEOUT_S": "100", "PORT": str(port)}
            command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
            running.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for process in running:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no server at port {port}")


def log_ins(database: Database) -> list[tuple[str, str]]:
    """(cookie, form token) of each editor."""
    for number in range(ACCOUNTS):
        add_account(database, f"gis.{number}", Role.GIS_PUBLISHER)

    made = []
    for number in range(EDITORS):
        with database.write() as session:
            account = get_account(session, f"gis.{number % ACCOUNTS}")
            cookie = open_session(session, account, lifetime=Lifetime(A_DAY, A_DAY), address="127.0.0.1", agent="test")
            session.flush()
            csrf = session.scalars(select(LoginSession.csrf_token).order_by(LoginSession.id.desc())).first()
        made.append((cookie, str(csrf)))
    return made


def check(database: Database, edits: int) -> None:
    bench = Workbench(database)
    shapes = {code_of(place): square(place % COLUMNS, place // COLUMNS) for place in range(HOT + COLD)}
    bench.publish(bench.draft(*(bench.edit(code, shape) for code, shape in shapes.items())))
    tally, logged_in = Tally(), log_ins(database)
    database.dispose()

    def work(number: int, port: int) -> None:
        editor, dice = Editor(port, *logged_in[number], tally), random.Random(number)
        for one in range(edits):
            try:
                editor.edit(dice, is_first=one == 0)
            except Exception as error:  # whatever a browser would have met
                with tally.lock:
                    tally.faults.append(f"{type(error).__name__}: {error}")

    with servers(database) as ports:
        threads = [threading.Thread(target=work, args=(number, ports[number % SERVERS])) for number in range(EDITORS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert tally.faults == []
    assert not [status for status in tally.statuses if status >= 500]
    assert tally.unnamed == {428: EDITORS}
    assert tally.late > 0, "nobody was ever late: the places were not hot"
    assert sum(tally.done.values()) + tally.late == EDITORS * edits
    with database.read() as session:
        stands = standing(session, Layer.PLOTS)
        assert {code: one.version - 1 for code, one in stands.items()} == {code: tally.done[code] for code in shapes}
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_64_editors_at_two_servers_lose_nothing(database: Database) -> None:
    check(database, edits=2)


@pytest.mark.soak
def test_64_editors_at_two_servers_lose_nothing_in_thousands_of_edits(database: Database) -> None:
    check(database, edits=150)
