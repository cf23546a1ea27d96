"""The process that reads one file of a stranger's, started by `job` in a folder of its own."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path

from geo.intake import sandbox, wire
from geo.intake.formats import kinds
from geo.intake.model import Limits

EXIT_MEMORY = 70
PROBE = "probe"
_SPARE_BYTES = 100_000_000


def main(folder_name: str) -> None:
    """Read the request in the folder, write the answer into it. The exit code says how it went; stdout is progress."""
    folder = Path(folder_name)
    if (folder / PROBE).exists():
        (folder / PROBE).write_text(json.dumps(_wall_in(folder, Limits(), "")), encoding="ascii")
        return
    name, options, known, limits = wire.read_request(folder)
    [upload] = folder.glob(f"{wire.UPLOAD}.*")
    in_force = _wall_in(folder, limits, upload.suffix)
    from geo.intake import pipeline

    gc.disable()  # it lives for one file; what grows is bounded by the limit on memory
    try:
        intake = pipeline.understand(upload, name, options, known, limits, _tell)
        wire.write_answer(folder, intake, in_force, sandbox.refused)
    except MemoryError:
        os._exit(EXIT_MEMORY)


def _wall_in(folder: Path, limits: Limits, ending: str) -> list[str]:
    """Everything that reading needs is imported first: afterwards nothing is within reach. Returns what is in force."""
    in_force = sandbox.limit(limits.child_s, limits.child_bytes, 2 * limits.unpacked_bytes + _SPARE_BYTES)
    importlib.import_module("geo.intake.pipeline")
    if ending in kinds.NEEDS:
        importlib.import_module(kinds.NEEDS[ending])
    return [*in_force, *sandbox.close(folder)]


def _tell(stage: str, share: float) -> None:
    """One line of progress. share: 0 to 1."""
    sys.stdout.write(json.dumps([stage, share]) + "\n")
    sys.stdout.flush()
