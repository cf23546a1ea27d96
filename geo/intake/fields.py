"""Which column of a file says what: code, name and the park a plot or zone belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from domain import boundary_fields
from domain.boundaries import Layer, Proposal, Question, Severity
from domain.boundary_fields import text_of
from geo.intake.model import Known, Options, Table, Value
from geo.intake.words import Findings, shown

CODE, NAME, PARK = boundary_fields.CODE, boundary_fields.NAME, boundary_fields.PARK
_MOST_PROPOSED, _MOST_NAMED = 100, 10
_LAYER_ZH = {
    Layer.PARKS: "园区",
    Layer.ZONES: "片区",
    Layer.PLOTS: "地块",
    Layer.BELT_SECTIONS: "区段",
}
_CODE_WORDS = ("code", "编号", "编码", "代码", "bh", "bm", "dm", "{}编号", "{}编码", "{}代码", "{}号")
_NAME_WORDS = ("name", "名称", "mc", "{}名称", "{}名")
_LAYER_CODE_WORDS = {
    Layer.PARKS: ("park_code", "yqbh", "yqdm", "yqbm", "开发区代码", "开发区编号"),
    Layer.ZONES: ("zone_code", "pqbh", "pqdm", "pqbm"),
    Layer.PLOTS: ("plot_code", "dkbh", "dkdm", "dkbm", "zddm", "宗地代码", "宗地编号", "宗地号"),
    Layer.BELT_SECTIONS: ("section_code", "belt_section_code", "qdbh", "qddm"),
}
_LAYER_NAME_WORDS = {
    Layer.PARKS: ("park_name", "yqmc", "开发区名称"),
    Layer.ZONES: ("zone_name", "pqmc"),
    Layer.PLOTS: ("plot_name", "dkmc", "宗地名称", "项目名称", "xmmc"),
    Layer.BELT_SECTIONS: ("section_name", "belt_section_name", "qdmc"),
}
_PARK_WORDS = (
    "park", "park_code", "所属园区代码", "所属园区编号", "所属园区", "园区代码", "园区编号", "yqdm", "yqbh",
    "所属园区名称", "园区名称", "park_name", "yqmc",
)  # fmt: skip
_LAND_USE_WORDS = ("land_use_code", "用地分类代码", "地类编码", "地类代码", "用途代码", "dlbm", "dldm", "land_class")
_VACANT_WORDS = ("is_vacant", "是否空置", "是否闲置", "空置", "闲置", "sfkz", "sfxz")
_SAID_OF_PLOTS = (boundary_fields.LAND_USE_CODE, boundary_fields.IS_VACANT)
_CUT_LETTERS = 3  # what the ten bytes of a field name in DBF leave of Chinese in UTF-8
_PADDING = re.compile(r"[\s_\-（）()]+")


def words_of(field_name: str, layer: Layer) -> tuple[str, ...]:
    """The header words of a field, the surest first."""
    noun = _LAYER_ZH[layer]
    if field_name == CODE:
        return tuple(word.format(noun) for word in (*_CODE_WORDS[:4], *_LAYER_CODE_WORDS[layer], *_CODE_WORDS[4:]))
    if field_name == NAME:
        return tuple(word.format(noun) for word in (*_NAME_WORDS[:2], *_LAYER_NAME_WORDS[layer], *_NAME_WORDS[2:]))
    if field_name == PARK:
        return _PARK_WORDS if layer in (Layer.ZONES, Layer.PLOTS) else ()
    if layer is not Layer.PLOTS:
        return ()
    return {boundary_fields.LAND_USE_CODE: _LAND_USE_WORDS, boundary_fields.IS_VACANT: _VACANT_WORDS}.get(
        field_name, ()
    )


def choose(table: Table, options: Options, findings: Findings) -> dict[str, str]:
    """Field → column: as the person said, else by header words. Asks for a code column that is not found.

    What a person said of a field that is none (`boundary_fields`) counts for nothing.
    """
    used: dict[str, str] = {}
    columns = list(table.columns)
    said = [field_name for field_name in options.columns if field_name in boundary_fields.FIELDS]
    for field_name in dict.fromkeys((CODE, NAME, PARK, *_SAID_OF_PLOTS, *said)):
        stated = options.columns.get(field_name)
        if stated is not None and stated in table.columns:
            used[field_name] = stated
        elif stated is not None:
            zh = f"文件没有名为“{shown(stated)}”的列，请选择{_label_zh(field_name)}所在的列"
            en = f"the file has no column {shown(stated)!r}; choose the column of the {field_name}"
            findings.add("column_missing", Severity.ASK, shown(stated), zh, en, question=_question(field_name, columns))
        elif found := _by_words(columns, words_of(field_name, options.layer)):
            used[field_name] = found
    if CODE not in used and CODE not in options.columns:
        _without_code_column(table, used, findings)
    _tell_unknown_vacancies(table, used, findings)
    return used


def _tell_unknown_vacancies(table: Table, used: dict[str, str], findings: Findings) -> None:
    column = used.get(boundary_fields.IS_VACANT)
    values = dict.fromkeys(table.columns[column]) if column is not None else {}
    unknown = [value for value in values if text_of(value) and boundary_fields.vacancy_of(value) is None]
    if column is None or not unknown:
        return
    named = "、".join(shown(text_of(value)) for value in unknown[:_MOST_NAMED])
    zh = f"“{shown(column)}”列里有看不懂的取值：{named}；这些地块是否空置不作改动"
    en = f"the column {shown(column)} has values that do not say whether a plot is vacant: {named}; they change nothing"
    findings.add("vacancy_unknown", Severity.WARNING, shown(column), zh, en)


def _without_code_column(table: Table, used: dict[str, str], findings: Findings) -> None:
    """Names stand for codes where nothing else could (KML has nothing else); otherwise the column is asked for."""
    possible = [column for column, values in table.columns.items() if _could_be_codes(values)]
    name = used.get(NAME)
    if name is not None and possible == [name]:
        used[CODE] = name
        zh = f"文件没有编号，以“{shown(name)}”一列的名称代替：与已知的同名的，就是它，其余作为新编号，请确认"
        en = f"no codes: the names ({shown(name)}) stand for them, known ones for what is called so; confirm"
        findings.add("names_as_codes", Severity.REPAIR, shown(name), zh, en)
    elif table.columns:
        zh, en = "没有认出编号所在的列，请选择", "the column of the codes was not recognised; choose it"
        findings.add("code_column", Severity.ASK, "file", zh, en, question=_question(CODE, list(table.columns)))
    else:
        zh, en = "文件没有属性，无法得知编号", "the file has no attributes, so no codes"
        findings.add("code_column", Severity.REJECT, "file", zh, en)


def _could_be_codes(values: Sequence[Value]) -> bool:
    """Is there a value in every row, and none twice?"""
    texts_there = [text_of(value) for value in values]
    return "" not in texts_there and len(set(texts_there)) == len(texts_there)


def codes_of(table: Table, used: Mapping[str, str], known: Known) -> list[str]:
    """The code of each feature, "" for none. Names that stand for codes become the codes of what is called so."""
    codes = texts(table, used.get(CODE))
    if CODE not in used or used[CODE] != used.get(NAME):
        return codes
    called: dict[str, set[str]] = {}
    for code, (name, _) in known.published.items():
        called.setdefault(name, set()).add(code)
    for name, code in known.names.items():
        called.setdefault(name, set()).add(code)
    return [next(iter(called[name])) if len(called.get(name, ())) == 1 else name for name in codes]


def parks_of(table: Table, used: Mapping[str, str], known: Known, findings: Findings) -> list[str | None]:
    """The park or zone each feature is said to belong to; what nobody knows is told."""
    stated = texts(table, used.get(PARK))
    unknown = dict.fromkeys(word for word in stated if word and word not in known.park_words)
    if unknown:
        column, named = shown(used[PARK]), "、".join(shown(word) for word in list(unknown)[:_MOST_NAMED])
        zh = f"“{column}”列里有不认识的园区或片区：{named}；这些要素按位置归属"
        en = f"the column {column} names parks or zones nobody knows: {named}; those features belong where they lie"
        findings.add("park_unknown", Severity.WARNING, column, zh, en)
    return [known.park_words.get(word) for word in stated]


def _by_words(columns: Sequence[str], words: Sequence[str]) -> str | None:
    plain: dict[str, str] = {}
    for column in columns:
        plain.setdefault(_PADDING.sub("", column).casefold(), column)
    tried = [_PADDING.sub("", word) for word in words]
    cut = [word[:_CUT_LETTERS] for word in tried if not word.isascii() and len(word) > _CUT_LETTERS]
    return next((plain[word] for word in (*tried, *cut) if word in plain), None)


def _question(field_name: str, columns: Sequence[str]) -> Question:
    return Question(field_name, tuple(Proposal(column, column, column) for column in columns[:_MOST_PROPOSED]))


def _label_zh(field_name: str) -> str:
    return {CODE: "编号", NAME: "名称", PARK: "所属园区"}.get(field_name, f"“{field_name}”")


def texts(table: Table, column: str | None) -> list[str]:
    """The values of a column as trimmed text, "" for none; whole numbers without a decimal point."""
    if column is None:
        return [""] * len(table.rows)
    return [value.strip() if type(value) is str else text_of(value) for value in table.columns[column]]


@dataclass(frozen=True)
class Rows(Sequence[Mapping[str, Value]]):
    """The rows of a table, each made when it is asked for."""

    table: Table

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Value]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Value] | Sequence[Mapping[str, Value]]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return Row(self.table.columns, index)

    def __len__(self) -> int:
        return len(self.table.rows)


@dataclass(frozen=True, slots=True)
class Row(Mapping[str, Value]):
    """One row of the columns, without a copy of it."""

    columns: Mapping[str, list[Value]]
    index: int

    def __getitem__(self, column: str) -> Value:
        return self.columns[column][self.index]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)
