"""Pinyin for search, and for names nobody has translated."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65536)
def spelled(name: str) -> str:
    """A Chinese name in pinyin without tones, one word a syllable.

    >>> spelled("贵溪市")
    'Gui Xi Shi'
    """
    words: list[str] = []
    for syllable in _syllables(unicodedata.normalize("NFKC", name)):
        words.append(syllable.capitalize() if syllable.isascii() and syllable.isalpha() else syllable)
    return " ".join(" ".join(words).split())


@lru_cache(maxsize=65536)
def search_text(*texts: str) -> str:
    """What a search looks in: the texts, their pinyin and their initials, in lower case, without spaces.

    >>> search_text("高新区")
    '高新区 gaoxinqu gxq'
    """
    parts: dict[str, None] = {}
    for text in texts:
        plain = normalised(text)
        if not plain:
            continue
        parts[plain] = None
        if not plain.isascii():
            parts["".join(_syllables(plain))] = None
            parts["".join(_syllables(plain, initials=True))] = None
    return " ".join(parts)


def _syllables(text: str, *, initials: bool = False) -> list[str]:
    """Its dictionary takes half a second to read: only who spells something waits for it."""
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, style=Style.FIRST_LETTER if initials else Style.NORMAL)


def normalised(text: str) -> str:
    """Compatibility forms folded, lower case, no white space.

    >>> normalised("ＣＵ 铜 Chain")
    'cu铜chain'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
