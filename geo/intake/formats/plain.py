"""Text files: their bytes made text once, for all formats that are plain text."""

from __future__ import annotations

from collections.abc import Collection

from domain.boundaries import Finding, Proposal, Question
from geo.intake.formats import base, text

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decoded(content: bytes, said: str | None, expected: Collection[str] = ()) -> tuple[str, str, list[Finding]]:
    """The text, its encoding, and the question where that is not certain. said: what the person said.

    expected: words the format is written with; an encoding in which one of them stands is the right one.

    Raises Stop with the question where nothing can be read at all.
    """
    for bom, name in _BOMS.items():
        if content.startswith(bom):
            try:
                return content[len(bom) :].decode(name), name.upper(), []
            except UnicodeDecodeError:
                base.stop(
                    "encoding_invalid", "file", "文字编码与文件头不符", "the text does not match its byte order mark"
                )
    lines = content.splitlines()
    wanted = text.canonical(said) if said else None
    if wanted and text.can_decode(lines, wanted):
        return text.decode(content, wanted), wanted, []
    judged = text.judge(lines)
    telling = [encoding for encoding in judged.plausible if _holds(text.decode(content, encoding), expected)]
    if len(telling) == 1 and not said:
        return text.decode(content, telling[0]), telling[0], []
    odd = [line for line in lines if not line.isascii()][:3]
    question = Question(
        "encoding",
        tuple(
            Proposal(encoding, label, label)
            for encoding in judged.plausible
            for label in [f"{encoding}：{' '.join(base.plain_text(text.decode(line, encoding))[:40] for line in odd)}"]
        ),
    )
    unclear = base.ask(
        "encoding_unclear", "file", "无法确定文字编码，请选择", "the text encoding is not certain; choose one", question
    )
    if judged.encoding is None:
        raise base.Stop(unclear)
    return text.decode(content, judged.encoding), judged.encoding, [] if judged.sure and not said else [unclear]


def _holds(said: str, expected: Collection[str]) -> bool:
    return any(word in said for word in expected if not word.isascii())
