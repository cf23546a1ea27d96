"""The attribute table of a Shapefile, read byte by byte: GDAL neither tells a wrong encoding nor a lost row."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from domain.boundaries import Finding, Proposal, Question
from geo.intake.formats import base, text
from geo.intake.model import Value

_LDID = {0x4D: text.GB, 0x7A: text.GB, 0x4F: text.BIG5, 0x78: text.BIG5, 0x03: "cp1252", 0x59: "cp1252"}
"""Language driver → encoding. 0 and 0x57 (that of the machine that wrote it) say nothing."""
_TEXT, _NUMBER, _INTEGER = b"C", (b"N", b"F"), (b"I", b"+")
_NAME_BYTES = 10


@dataclass(frozen=True)
class _Field:
    raw_name: bytes
    kind: bytes
    width: int


@dataclass(frozen=True)
class Attributes:
    """count: rows, deleted ones too. deleted: their numbers, from 1. encoding: None: to be asked for."""

    columns: dict[str, list[Value]]
    count: int
    deleted: frozenset[int]
    encoding: str | None
    findings: tuple[Finding, ...]


def read(content: bytes, cpg: str | None, encoding: str | None) -> Attributes:
    """cpg: what the .cpg says. encoding: what the person said. Raises Stop where rows are lost."""
    fields, rows, language = _structure(content)
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(len(fields) + 1)]
    deleted = frozenset(number for number, flag in enumerate(columns[0], 1) if flag == b"*")
    texts = [
        _Texts(field, [_trimmed(value) for value in values])
        for field, values in zip(fields, columns[1:], strict=True)
        if field.kind == _TEXT
    ]
    chosen, findings = _encoding(fields, texts, cpg, _LDID.get(language), encoding)
    names = _names(fields, chosen)
    made: dict[str, list[Value]] = {}
    told = list(findings)
    texts_by_field = {id(column.field): column for column in texts}
    for field, name, values in zip(fields, names, columns[1:], strict=True):
        if field.kind == _TEXT:
            made[name] = [value or None for value in texts_by_field[id(field)].decoded(chosen)]
        elif field.kind in (b"M", b"G", b"P", b"B") and field.width == 10:
            told.append(
                base.warning("memo_ignored", name, f"未读取备注字段 {name}", f"the memo field {name} is not read")
            )
        else:
            made[name] = _converted(field, name, values, told)
    return Attributes(made, len(rows), deleted, chosen if not _is_asked(findings) else None, tuple(told))


def _is_asked(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "ask" for finding in findings)


# Structure


def _structure(content: bytes) -> tuple[list[_Field], list[tuple[bytes, ...]], int]:
    if len(content) < 33:
        _damaged("过短", "too short")
    count, header, width = struct.unpack_from("<LHH", content, 4)
    fields = []
    position = 32
    while position + 32 <= min(header, len(content)) and content[position] != 0x0D:
        name, kind, length = struct.unpack_from("<11sc4xB", content, position)
        decimals = content[position + 17]
        # A text field longer than 255 bytes keeps the high byte where numbers keep their decimals.
        fields.append(_Field(name.split(b"\0")[0], kind.upper(), length + 256 * decimals if kind in b"Cc" else length))
        position += 32
    if not fields or sum(field.width for field in fields) + 1 != width or header > len(content):
        _damaged("字段定义不一致", "its fields do not add up")
    whole = (len(content) - header) // width
    if whole < count:
        zh, en = (
            f"属性表(.dbf)第{whole + 1}行缺失或损坏（应有 {count} 行）",
            f"row {whole + 1} of the .dbf is cut off ({count} rows stated)",
        )
        base.stop("dbf_damaged", f"row {whole + 1}", zh, en, [whole + 1])
    layout = np.dtype([("flag", "S1"), *((f"f{number}", f"S{field.width}") for number, field in enumerate(fields))])
    return fields, np.frombuffer(content, layout, count, header).tolist(), content[29]


def _damaged(zh: str, en: str) -> NoReturn:
    base.stop("dbf_damaged", ".dbf", f"属性表(.dbf)已损坏：{zh}", f"the .dbf is damaged: {en}")


# Values


@dataclass(frozen=True)
class _Texts:
    field: _Field
    values: list[bytes]

    def is_cut(self, value: bytes) -> bool:
        return len(value) == self.field.width

    def decoded(self, encoding: str) -> list[str]:
        try:
            return text.decode_all(self.values, encoding)
        except UnicodeDecodeError:
            return [_decoded(value, encoding, is_cut=self.is_cut(value)) for value in self.values]

    def first_unfit(self, encoding: str, meant: str) -> int | None:
        """The first row that cannot be read so, or says something else than is meant."""
        for number, value in enumerate(self.values, 1):
            if not value.isascii() and _decoded(value, encoding) != _decoded(value, meant):
                return number
        return None


def _trimmed(value: bytes) -> bytes:
    return value.split(b"\0")[0].rstrip(b" ")


def _decoded(value: bytes, encoding: str, *, is_cut: bool = True) -> str:
    """The text; what cannot be decoded shows as U+FFFD, which only happens where a finding says so."""
    try:
        return text.decode(value, encoding, is_cut=is_cut)
    except UnicodeDecodeError:
        return value.decode("ascii", "replace")


def _converted(field: _Field, name: str, values: Sequence[bytes], told: list[Finding]) -> list[Value]:
    made: list[Value] = []
    wrong = []
    for number, raw in enumerate(values, 1):
        try:
            made.append(_value(field, raw))
        except ValueError:
            made.append(None)
            wrong.append(number)
    if wrong:
        rows = ",".join(map(str, wrong[: base.MOST_NAMED]))
        zh, en = f"字段 {name} 第 {rows} 行不是有效的值", f"{name} holds no valid value in rows {rows}"
        told.append(base.reject("value_invalid", f"{name} row {wrong[0]}", zh, en, wrong))
    return made


def _value(field: _Field, raw: bytes) -> Value:
    if field.kind in _INTEGER and field.width == 4:
        return int(struct.unpack("<i", raw.ljust(4, b"\0"))[0])
    if field.kind in (b"O", b"B") and field.width == 8:
        return _finite(struct.unpack("<d", raw.ljust(8, b"\0"))[0])
    shown = raw.strip(b" \0").decode("ascii")
    if not shown or set(shown) <= {"*", "?", "-"}:
        return None
    if field.kind in _NUMBER:
        try:
            return base.to_value(int(shown))
        except ValueError:
            return _finite(float(shown))
    if field.kind == b"L":
        return (
            {"T": "true", "Y": "true", "F": "false", "N": "false"}[shown.upper()] if shown.upper() in "TYFN" else None
        )
    if field.kind == b"D":
        return None if set(shown) == {"0"} else f"{int(shown[:4]):04}-{int(shown[4:6]):02}-{int(shown[6:8]):02}"
    return shown


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


# Encoding


def _names(fields: Sequence[_Field], encoding: str) -> list[str]:
    """Names of columns, each once."""
    names: list[str] = []
    for number, field in enumerate(fields, 1):
        name = _decoded(field.raw_name, encoding).strip() or f"column {number}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def _encoding(
    fields: Sequence[_Field], texts: Sequence[_Texts], cpg: str | None, language: str | None, said: str | None
) -> tuple[str, list[Finding]]:
    """What the text is read as, and what is told or asked about that."""
    declared = (text.canonical(cpg) if cpg else None) or language
    cut = [field.raw_name for field in fields if len(field.raw_name) >= _NAME_BYTES]
    whole = [field.raw_name for field in fields if len(field.raw_name) < _NAME_BYTES]
    for column in texts:
        for value in {value for value in column.values if not value.isascii()}:
            (cut if column.is_cut(value) else whole).append(value)
    judged = text.judge(whole, declared, cut=cut)
    if said is not None:
        wanted = text.canonical(said)
        if wanted and text.can_decode(whole, wanted) and text.can_decode(cut, wanted, is_cut=True):
            return wanted, []
        return judged.encoding or text.GB, [
            _question(fields, texts, judged, f"不能按 {said} 读取文字", f"the text cannot be read as {said}")
        ]
    if judged.encoding is None or not judged.sure:
        return judged.encoding or text.GB, [
            _question(fields, texts, judged, "无法确定属性编码", "the text encoding is not certain")
        ]
    if judged.plain or judged.encoding == declared:
        return judged.encoding, []
    field, row = _first_odd(fields, texts, declared, judged.encoding)
    name = _decoded(field.raw_name, judged.encoding)
    shown = _label(judged.encoding)
    samples = "、".join(_samples(texts, judged.encoding))
    if declared is None:
        zh, en = f"属性编码识别为 {shown}，请确认：{samples}", f"text encoding detected as {shown}; confirm: {samples}"
        return judged.encoding, [base.repair("encoding_detected", name, zh, en)]
    source_zh, source_en = (
        (".cpg", ".cpg") if cpg and text.canonical(cpg) else ("DBF 语言标识", "the language byte of the DBF")
    )
    zh = f"{source_zh} 声明的编码（{_label(declared)}）与内容不符，识别为 {shown}：{samples}"
    en = f"declared encoding ({source_en}: {_label(declared)}) does not match the text, detected as {shown}: {samples}"
    return judged.encoding, [base.repair("encoding_declared_wrong", f"{name} row {row}", zh, en)]


def _label(encoding: str) -> str:
    return "GBK/GB18030" if encoding == text.GB else encoding


def _first_odd(
    fields: Sequence[_Field], texts: Sequence[_Texts], declared: str | None, meant: str
) -> tuple[_Field, int]:
    """The first field and row of which the declared encoding (or plain ASCII) would make something else."""
    for column in texts:
        row = column.first_unfit(declared or "ascii", meant)
        if row is not None:
            return column.field, row
    return next((field for field in fields if not field.raw_name.isascii()), fields[0]), 1


def _samples(texts: Sequence[_Texts], encoding: str, most: int = 3) -> list[str]:
    odd = dict.fromkeys(value for column in texts for value in column.values if not value.isascii())
    return [base.plain_text(_decoded(value, encoding)) for value in list(odd)[:most]]


def _question(fields: Sequence[_Field], texts: Sequence[_Texts], judged: text.Judgement, zh: str, en: str) -> Finding:
    encodings = judged.plausible or (text.GB, text.UTF8, text.BIG5)
    proposals = tuple(
        Proposal(encoding, label, label)
        for encoding in encodings
        for label in [f"{_label(encoding)}：{'、'.join(_samples(texts, encoding))}"]
    )
    field, _ = _first_odd(fields, texts, None, encodings[0])
    place = _decoded(field.raw_name, encodings[0])
    return base.ask(
        "encoding_unclear", place, f"{zh}，请选择编码", f"{en}; choose one", Question("encoding", proposals)
    )
