"""Files that were looked at and may be taken in: kept for a day in the instance folder, known by their content."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

from domain.errors import NotFound

MOST_KEPT = 20
_KEPT_S = 24 * 3600


class PendingFiles:
    """The folder of files that wait for a yes. A file is known by the SHA-256 of its content."""

    def __init__(self, instance_path: Path) -> None:
        self.folder = instance_path / "pending"

    def keep(self, content: bytes) -> str:
        """Keep a file; returns its token. The oldest beyond 20, and all older than a day, go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        token = hashlib.sha256(content).hexdigest()
        path = self.folder / token
        path.write_bytes(content)
        self._shed(path)
        return token

    def content(self, token: str) -> bytes:
        """The file of a token. Raises NotFound."""
        path = self.folder / token
        if not re.fullmatch(r"[0-9a-f]{64}", token) or not path.is_file():
            raise NotFound(
                "预览的文件已不在（只保留一天），请重新上传",
                "the previewed file is gone (kept for a day): upload it again",
            )
        return path.read_bytes()

    def drop(self, token: str) -> None:
        """Forget a file that was taken in."""
        self.content(token)
        (self.folder / token).unlink()

    def _shed(self, newest: Path) -> None:
        others = sorted(
            (path for path in self.folder.iterdir() if path != newest), key=lambda path: path.stat().st_mtime
        )
        too_many = others[: max(0, len(others) - MOST_KEPT + 1)]
        for path in others:
            if path in too_many or time.time() - path.stat().st_mtime > _KEPT_S:
                path.unlink(missing_ok=True)
