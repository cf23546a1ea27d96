"""What an account may be called."""

from __future__ import annotations

import re
import unicodedata

from domain.errors import BadRequest

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_NAME = re.compile(rf"[A-Za-z0-9{_CJK}][A-Za-z0-9._\-{_CJK}]{{1,63}}")


def fold(name: str) -> str:
    """The name as names are compared: without case and width; empty for what no account can be called.

    >>> fold("Wang.Fang"), fold("ＷＡＮＧ"), fold("王芳"), fold("a b"), fold("x" * 65)
    ('wang.fang', 'wang', '王芳', '', '')
    """
    plain = unicodedata.normalize("NFKC", name) if len(name) <= 64 else ""
    return plain.casefold() if _NAME.fullmatch(plain) else ""


def checked_name(name: str) -> str:
    """The name, as it will be shown. Raises BadRequest."""
    if not fold(name) or unicodedata.normalize("NFKC", name) != name:
        raise BadRequest(
            "账号名须为 2–64 个字符：汉字、英文字母、数字、点、下划线或连字符，且不以标点开头",
            "an account's name is 2–64 characters: Chinese characters, letters, digits, dots, underscores or hyphens, "
            "and does not begin with a mark",
            place="name",
        )
    return name
