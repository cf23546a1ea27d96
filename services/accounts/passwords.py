"""Passwords: what they must be, how they are kept (argon2id), how one is compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import BadRequest
from services.accounts.names import fold

LEAST, MOST = 12, 256
_hasher = PasswordHasher()


def checked_password(password: str, *, name: str) -> str:
    """The password, if an account of that name may have it. Raises BadRequest."""
    if not LEAST <= len(_plain(password)) <= MOST:
        raise BadRequest(
            f"密码须为 {LEAST}–{MOST} 个字符", f"a password is {LEAST}–{MOST} characters", place="password"
        )
    if fold(password) == fold(name):
        raise BadRequest("密码不能与账号名相同", "the password must not be the account's name", place="password")
    return password


def hashed(password: str) -> str:
    """The argon2id hash, salted; takes some 50 ms and 64 MiB on purpose."""
    return _hasher.hash(_plain(password))


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one hashed; None (no such account) takes as long and is never right."""
    plain = _plain(password[: MOST + 1])
    is_possible = password_hash is not None and len(password) <= MOST
    try:
        _hasher.verify(password_hash if password_hash is not None else _nobodys_hash(), plain)
    except (VerificationError, InvalidHashError):
        return False
    return is_possible


def is_outdated(password_hash: str) -> bool:
    """Whether today's parameters of the hash are others."""
    return _hasher.check_needs_rehash(password_hash)


def _plain(password: str) -> str:
    """One spelling of what was typed, whichever keyboard it came from."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
