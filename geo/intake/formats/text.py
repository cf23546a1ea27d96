"""Which encoding text is in: UTF-8, GB18030 (GBK and GB2312 within), Big5, told by what it would say.

That bytes can be decoded proves nothing: UTF-8 read as GBK is often wrong text without an error. So every candidate is
decoded and judged by how common its characters are: the first levels of GB 2312 and of Big5 hold the hanzi of daily
use.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

UTF8, GB, BIG5 = "UTF-8", "GB18030", "Big5"
CANDIDATES = (UTF8, GB, BIG5)
_PYTHON_NAME = {UTF8: "utf-8", GB: "gb18030", BIG5: "cp950"}
_ALIASES = {
    **dict.fromkeys(("utf8", "65001", "cp65001", "utf8sig"), UTF8),
    **dict.fromkeys(
        (
            "gbk",
            "gb2312",
            "gb18030",
            "936",
            "cp936",
            "ansi936",
            "windows936",
            "ms936",
            "oem936",
            "euccn",
            "gb231280",
            "54936",
        ),
        GB,
    ),
    **dict.fromkeys(("big5", "950", "cp950", "ansi950", "windows950", "ms950", "oem950", "big5hkscs"), BIG5),
}
_SURE_MARGIN = 0.25
_LEAST_CHARACTERS = 4
_MOST_SCORED = 5_000
_BEYOND_DOUBT = 0.95


@dataclass(frozen=True)
class Judgement:
    """encoding: the likeliest; None: no candidate can be decoded. sure: no other comes near. plain: only ASCII."""

    encoding: str | None
    sure: bool
    plausible: tuple[str, ...]
    plain: bool = False


def canonical(name: str) -> str | None:
    """What a .cpg, a header or a person calls an encoding, as one of ours or as Python knows it; None: nobody knows.

    >>> canonical("ANSI 936"), canonical("utf-8"), canonical("GBK"), canonical("88591"), canonical("?")
    ('GB18030', 'UTF-8', 'GB18030', 'iso8859-1', None)
    """
    key = "".join(letter for letter in name.casefold() if letter.isalnum())
    if key in _ALIASES:
        return _ALIASES[key]
    if key.startswith("8859"):
        key = f"iso8859-{key[4:]}"
    elif key.startswith("ansi") or key.isdigit():
        key = f"cp{key.removeprefix('ansi')}"
    try:
        found = codecs.lookup(key)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return (
        found.name
        if is_text and found.name not in {"idna", "punycode", "utf-7", "unicode_escape", "undefined"}
        else None
    )


def decode(content: bytes, encoding: str, *, is_cut: bool = False) -> str:
    """Strictly. is_cut: the last character may be half a one, which is left out. Raises UnicodeDecodeError."""
    name = _PYTHON_NAME.get(encoding, encoding)
    if is_cut and not content.isascii():
        return codecs.getincrementaldecoder(name)("strict").decode(content)
    return content.decode(name)


def can_decode(texts: Iterable[bytes], encoding: str, *, is_cut: bool = False) -> bool:
    try:
        if is_cut:
            for text in texts:
                decode(text, encoding, is_cut=True)
        else:
            decode(b"\n".join(texts), encoding)  # a line break is a byte of no longer character in any of them
    except UnicodeDecodeError:
        return False
    return True


def decode_all(texts: Sequence[bytes], encoding: str) -> list[str]:
    """Many at once. Raises UnicodeDecodeError where one of them cannot be decoded."""
    joined = b"\n".join(texts)
    if joined.count(b"\n") != len(texts) - 1:
        return [decode(text, encoding) for text in texts]
    return decode(joined, encoding).split("\n")


def judge(texts: Iterable[bytes], declared: str | None = None, *, cut: Iterable[bytes] = ()) -> Judgement:
    """What encoding texts are in. declared: what the file says of itself, canonical. cut: more texts, the last
    character of which may be half a one."""
    whole = {text for text in texts if not text.isascii()}
    halves = {text for text in cut if not text.isascii()} - whole
    odd = sorted(whole | halves)
    if not odd:
        return Judgement(declared or UTF8, True, (), plain=True)
    candidates = list(dict.fromkeys((*CANDIDATES, declared) if declared else CANDIDATES))
    odd = odd[:: 1 + len(odd) // _MOST_SCORED]
    scores = {
        encoding: _score(odd, encoding)
        for encoding in candidates
        if can_decode(whole, encoding) and can_decode(halves, encoding, is_cut=True)
    }
    if not scores:
        return Judgement(None, False, ())
    ranked = sorted(scores, key=lambda encoding: (-scores[encoding], encoding != declared, candidates.index(encoding)))
    best = ranked[0]
    near = tuple(encoding for encoding in ranked if scores[encoding] > scores[best] - _SURE_MARGIN)
    enough = sum(len(_odd_characters(decode(text, best, is_cut=True))) for text in odd) >= _LEAST_CHARACTERS
    good = scores[best] >= 0.5
    if best == declared:
        believed = best == UTF8 or (best == GB and scores[best] >= _BEYOND_DOUBT)
        sure = (good and (believed or len(near) == 1)) or len(ranked) == 1
    else:
        sure = good and len(near) == 1 and (enough or len(ranked) == 1)
    return Judgement(best, sure, near if len(near) > 1 else tuple(ranked))


def _score(texts: Iterable[bytes], encoding: str) -> float:
    characters = [character for text in texts for character in _odd_characters(decode(text, encoding, is_cut=True))]
    return sum(map(_commonness, characters)) / len(characters) if characters else 0.0


def _odd_characters(text: str) -> str:
    return "".join(character for character in text if not character.isascii())


@lru_cache(maxsize=20_000)
def _commonness(character: str) -> float:
    """1 for hanzi of daily use and Chinese punctuation, less for rarer ones, below 0 for what no name holds."""
    if character in "，。、；：？！（）【】《》“”‘’—…·　％＋－／＆㎡℃№①②③④⑤⑥⑦⑧⑨⑩" or "\uff10" <= character <= "\uff5a":
        return 0.8
    if "\u4e00" <= character <= "\u9fff":
        return _commonness_of_hanzi(_encoded(character, "gb2312"), _encoded(character, "big5"))
    if "\u3400" <= character <= "\u4dbf" or character >= "\U00020000":
        return 0.0
    if character.isalpha() and character < "\u0250":
        return 0.3
    return -0.5 if not character.isprintable() or "\ue000" <= character <= "\uf8ff" else 0.0


def _commonness_of_hanzi(gb: bytes, big5: bytes) -> float:
    """Even in long characters most hanzi of a text are those short ones share: GB 2312 level 1 counts most."""
    if gb and 0xB0 <= gb[0] <= 0xD7:
        return 1.0
    if big5 and 0xA4 <= big5[0] <= 0xC6:
        return 0.6
    return 0.3 if gb else -0.2


def _encoded(character: str, encoding: str) -> bytes:
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return b""
