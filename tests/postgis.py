"""A private PostGIS server for the tests: its own data folder, a free loopback port, no root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def server() -> Iterator[str]:
    """A fresh server in a folder of its own; gives the SQLAlchemy address of a database with superuser rights."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-postgis-"))  # not pytest's: only root may enter that
    data = folder / "data"
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if os.getuid() == 0:
        shutil.chown(folder, user, user)
    _run(user, BIN / "initdb", "-D", data, "-U", "onemap", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    _run(user, BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://onemap@127.0.0.1:{port}/postgres"
    finally:
        _run(user, BIN / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _run(user: str, *command: object) -> None:
    words = [str(word) for word in command]
    if os.getuid() == 0:
        words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]
    done = subprocess.run(words, cwd="/tmp", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} failed: {done.stdout}\n{done.stderr}")
