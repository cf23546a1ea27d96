"""The text of a Shapefile is right or asked about, never wrong: encodings × .cpg × language byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.intake.formats import text
from geo.intake.model import Reading
from tests.geo.intake.makers import dbf, read, shapefile, told, zip_of

SIMPLIFIED = ("南湖高新区", "秀洲智造园", "平湖临港片区")
RARE = ("南湖高新区", "㙍里智造园", "𫚕鱼洲片区")
TRADITIONAL = ("南湖高新區", "秀洲智慧園", "臨港產業片區")
ENCODINGS = {
    "GBK": ("gbk", SIMPLIFIED),
    "GB18030": ("gb18030", RARE),
    "UTF-8": ("utf-8", SIMPLIFIED),
    "Big5": ("cp950", TRADITIONAL),
}
RIGHT_CPG = {"GBK": b"GBK", "GB18030": b"GB18030", "UTF-8": b"UTF-8", "Big5": b"Big5"}
WRONG_CPG = {"GBK": b"UTF-8", "GB18030": b"UTF-8", "UTF-8": b"GBK", "Big5": b"UTF-8"}


def upload(
    folder: Path, written: str, names: tuple[str, ...], cpg: bytes | None, ldid: int, **options: object
) -> Reading:
    rows = [[f"P{number}".encode(), name.encode(written)] for number, name in enumerate(names, 1)]
    table = dbf([(b"CODE", 10), (b"NAME", 40)], rows, ldid)
    return read(folder, "a.zip", zip_of(shapefile(dbf=table, cpg=cpg)), **options)


@pytest.mark.parametrize("ldid", [0, 0x4D, 0x57], ids=hex)
@pytest.mark.parametrize("cpg", ["none", "right", "wrong", "ANSI 936"])
@pytest.mark.parametrize("name", list(ENCODINGS))
def test_text_is_right_or_asked_about(name: str, cpg: str, ldid: int, tmp_path: Path) -> None:
    encoding, names = ENCODINGS[name]
    stated = {"none": None, "right": RIGHT_CPG[name], "wrong": WRONG_CPG[name], "ANSI 936": b"ANSI 936"}[cpg]
    reading = upload(tmp_path, encoding, names, stated, ldid)
    asked = [finding for finding in reading.findings if finding.severity == "ask"]
    if asked:
        [question] = asked
        assert question.question is not None
        assert question.question.subject == "encoding"
        answers = {proposal.value for proposal in question.question.proposals}
        assert any(text.decode(names[0].encode(encoding), answer) == names[0] for answer in answers)
    else:
        assert reading.table is not None
        assert reading.table.columns["NAME"] == list(names)
    is_declared_right = cpg == "right" or (cpg == "ANSI 936" and name in {"GBK", "GB18030"})
    is_declared_right |= cpg == "none" and ldid == 0x4D and name in {"GBK", "GB18030"}
    if is_declared_right:
        assert reading.findings == ()
    else:
        assert reading.findings != (), "what was guessed has to be told"


def test_names_this_long_need_no_question(tmp_path: Path) -> None:
    """Three ordinary names settle it for every encoding."""
    for encoding, names in ENCODINGS.values():
        assert [severity for severity, _, _ in told(upload(tmp_path, encoding, names, None, 0))] == ["repair"], encoding


def test_a_detected_encoding_shows_three_names(tmp_path: Path) -> None:
    [finding] = upload(tmp_path, "gbk", SIMPLIFIED, None, 0).findings
    assert (finding.code, finding.place) == ("encoding_detected", "NAME")
    assert "南湖高新区、秀洲智造园、平湖临港片区" in finding.message_zh


def test_a_wrong_cpg_is_told_with_the_first_row_it_is_wrong_in(tmp_path: Path) -> None:
    [finding] = upload(tmp_path, "gbk", ("A1", "南湖高新区", "秀洲智造园"), b"UTF-8", 0).findings
    assert (finding.code, finding.place) == ("encoding_declared_wrong", "NAME row 2")


@pytest.mark.parametrize("name", ["建材", "规划", "一些", "雕刻", "临港"])
def test_a_wrong_declaration_of_two_characters_is_not_believed(name: str, tmp_path: Path) -> None:
    for written, declared in (("gbk", b"Big5"), ("utf-8", b"GBK"), ("gbk", b"UTF-8")):
        reading = upload(tmp_path, written, (name, "A", "B"), declared, 0)
        right = reading.table is not None and reading.table.columns["NAME"][0] == name
        assert right or told(reading)[0][0] == "ask", (written, declared)


@pytest.mark.parametrize(
    ("text", "written"),
    [("ヤマト運輸の倉庫", "shift_jis"), ("Промзона Север", "cp1251")],
)
def test_what_reads_as_no_text_is_asked_about(text: str, written: str, tmp_path: Path) -> None:
    assert told(upload(tmp_path, written, (text, "A", "B"), None, 0)) == [("ask", "encoding_unclear", "NAME")]


@pytest.mark.parametrize("name", ["一些", "联通", "水泵"])
def test_two_characters_do_not_settle_what_nothing_declares(name: str, tmp_path: Path) -> None:
    for encoding in ("gbk", "utf-8"):
        reading = upload(tmp_path, encoding, (name, "A", "B"), None, 0)
        right = reading.table is not None and reading.table.columns["NAME"][0] == name
        assert right or told(reading)[0][0] == "ask"


def test_the_persons_answer_is_taken(tmp_path: Path) -> None:
    reading = upload(tmp_path, "gbk", ("水泵", "A", "B"), None, 0, encoding="GBK")
    assert told(reading) == []
    assert reading.table is not None
    assert reading.table.columns["NAME"][0] == "水泵"


def test_an_answer_that_cannot_be_is_asked_again(tmp_path: Path) -> None:
    assert told(upload(tmp_path, "gbk", SIMPLIFIED, None, 0, encoding="UTF-8")) == [("ask", "encoding_unclear", "NAME")]
    assert told(upload(tmp_path, "gbk", SIMPLIFIED, None, 0, encoding="no such")) == [
        ("ask", "encoding_unclear", "NAME")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_field_names_and_values_cut_inside_a_character_are_read(encoding: str, tmp_path: Path) -> None:
    cut_name = "地块用途说明".encode(encoding)[:10]
    value = "临港产业片区二期".encode(encoding)[: 19 if encoding == "gbk" else 20]
    table = dbf([("编号".encode(encoding), 10), (cut_name, len(value))], [[b"P1", value], [b"P2", b"x"], [b"P3", b""]])
    reading = read(tmp_path, "a.zip", zip_of(shapefile(dbf=table, cpg=encoding.encode())))
    assert reading.findings == ()
    assert reading.table is not None
    shown = cut_name.decode(encoding, "ignore")
    assert list(reading.table.columns) == ["编号", shown]
    assert reading.table.columns[shown] == [value.decode(encoding, "ignore"), "x", None]


def test_plain_ascii_needs_no_encoding(tmp_path: Path) -> None:
    assert told(upload(tmp_path, "ascii", ("A", "B", "C"), None, 0)) == []


def test_what_no_encoding_fits_is_asked_about(tmp_path: Path) -> None:
    reading = upload(tmp_path, "latin-1", ("Caf\xe9 ", "\xff\xff \x80", "B"), None, 0)
    assert told(reading) == [("ask", "encoding_unclear", "NAME")]
