"""Where a page may lead on to: addresses of this site only."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MOST = 2000
_PATH = re.compile(r"/(?![/\\])[^\\\s]*")


def local_path(text: str) -> str | None:
    """The address, when it is a path of this site that a browser cannot read as another site's; else None.

    >>> local_path("/gaps?chain=CU#top"), local_path("//evil.example"), local_path("/\\t/evil.example")
    ('/gaps?chain=CU#top', None, None)
    """
    if len(text) > MOST or not _PATH.fullmatch(text) or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
