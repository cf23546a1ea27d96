"""The process that reads one file of a stranger's, started by `job` in a folder of its own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from geo.intake import sandbox, wire
from geo.intake.model import Limits

EXIT_MEMORY = 70
PROBE = "probe"
_SPARE_BYTES = 100_000_000


def main(folder_name: str) -> None:
    """Read the request in the folder, write the answer into it. The exit code says how it went; stdout is progress."""
    folder = Path(folder_name)
    if (folder / PROBE).exists():
        limits = Limits()
    else:
        name, options, known, limits = wire.read_request(folder)
    in_force = sandbox.limit(limits.child_s, limits.child_bytes, 2 * limits.unpacked_bytes + _SPARE_BYTES)
    from geo.intake import pipeline

    in_force += sandbox.close(folder)
    if (folder / PROBE).exists():
        (folder / PROBE).write_text(json.dumps(in_force), encoding="ascii")
        return
    [upload] = folder.glob(f"{wire.UPLOAD}.*")
    try:
        intake = pipeline.understand(upload, name, options, known, limits, _tell)
        wire.write_answer(folder, intake, in_force, sandbox.refused)
    except MemoryError:
        os._exit(EXIT_MEMORY)


def _tell(stage: str, share: float) -> None:
    """One line of progress. share: 0 to 1."""
    sys.stdout.write(json.dumps([stage, share]) + "\n")
    sys.stdout.flush()
