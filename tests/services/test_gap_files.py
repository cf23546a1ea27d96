"""`gaps evaluate`: a folder of plain files in, the contract's objects out; each fault named by file, row and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.errors import BadDataset, BadRequest
from services.gap_files import BadGapFiles, evaluate_folder

FILES = {
    "nodes.csv": """node,stage
阴极铜,upstream
铜杆,midstream
铜合金,midstream
漆包线,midstream
精密件,midstream
微特电机,downstream
水表阀门,downstream
""",
    "edges.csv": """supplier,buyer,coefficient
阴极铜,铜杆,.90
阴极铜,铜合金,.75
铜杆,漆包线,.80
铜合金,精密件,.60
漆包线,微特电机,.30
精密件,微特电机,.10
精密件,水表阀门,.35
""",
    "capacities.csv": """place,node,capacity_yi_yuan,status,upper_yi_yuan
贵溪,阴极铜,600,reported,
贵溪,铜杆,200,estimated,
高新,铜合金,40,reported,
高新,微特电机,60,reported,
高新,水表阀门,30,reported,
余江,漆包线,10,reported,
余江,精密件,5,reported,
""",
    "minutes.csv": """place_a,place_b,minutes
贵溪,高新,30
高新,余江,25
贵溪,余江,50
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = FILES[name]
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def add(folder: Path, name: str, *rows: str) -> None:
    (folder / name).write_text(FILES[name] + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(BadGapFiles) as caught:
        evaluate_folder(folder, 45)
    return str(caught.value).splitlines()


def test_the_worked_example_comes_out_as_the_contract_says(folder: Path) -> None:
    told = evaluate_folder(folder, 45)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told[0] == {
        "place": "高新",
        "node": "精密件",
        "demand_yi_yuan": 16.5,
        "supplied_yi_yuan": 5.0,
        "gap_yi_yuan": 11.5,
        "coverage": pytest.approx(5 / 16.5),
        "coverage_low": pytest.approx(5 / 16.5),
        "coverage_high": pytest.approx(5 / 16.5),
        "kind": "secure",
        "single_point": True,
        "suppliers": [{"place": "余江", "amount_yi_yuan": 5.0}],
    }
    assert [(row["node"], row["place"], row["kind"], row["gap_yi_yuan"]) for row in told] == [
        ("精密件", "高新", "secure", 11.5),
        ("铜杆", "余江", "fill", 8.0),
        ("漆包线", "高新", "secure", 8.0),
        ("铜合金", "余江", "sound", 0.0),
        ("阴极铜", "贵溪", "sound", 0.0),
        ("阴极铜", "高新", "sound", 0.0),
    ]


def test_a_radius_of_60_fills_the_gap_of_yujiang(folder: Path) -> None:
    told = {(row["node"], row["place"]): row for row in evaluate_folder(folder, 60)}
    assert told["铜杆", "余江"]["suppliers"] == [{"place": "贵溪", "amount_yi_yuan": 8.0}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_may_be_in_any_usual_encoding(folder: Path, encoding: str, newline: str) -> None:
    expected = evaluate_folder(folder, 45)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.replace("\n", newline).encode(encoding))
    assert evaluate_folder(folder, 45) == expected


def test_columns_may_stand_in_any_order_and_blank_rows_are_skipped(folder: Path) -> None:
    expected = evaluate_folder(folder, 45)
    lines = [",".join(reversed(line.split(","))) for line in FILES["edges.csv"].splitlines()]
    (folder / "edges.csv").write_text("\n\n".join(lines) + "\n , ,\n", encoding="utf-8")
    assert evaluate_folder(folder, 45) == expected


def test_unknown_capacities_are_listed_with_their_interval(folder: Path) -> None:
    change(folder, "capacities.csv", "余江,漆包线,10,reported,", "余江,漆包线,,unknown,9")
    told = {(row["node"], row["place"]): row for row in evaluate_folder(folder, 45)}
    wire = told["漆包线", "高新"]
    assert (wire["coverage"], wire["coverage_low"], wire["coverage_high"], wire["kind"]) == (0, 0, 0.5, "unverified")
    rod = told["铜杆", "余江"]
    assert (rod["demand_yi_yuan"], rod["coverage"], rod["coverage_low"], rod["kind"]) == (0, None, 0, "unverified")


def test_groups_and_edge_types_are_read(folder: Path) -> None:
    (folder / "edges.csv").write_text(
        "supplier,buyer,coefficient,edge_type,alternative_group,share\n"
        "阴极铜,铜合金,.8,,X,.25\n铜杆,铜合金,.4,input,X,.75\n精密件,铜合金,.9,by_product,,\n"
        "漆包线,微特电机,.5,input,Y,\n精密件,微特电机,.5,input,Y,\n",
        encoding="utf-8",
    )
    told = {(row["node"], row["place"]): row["demand_yi_yuan"] for row in evaluate_folder(folder, 45)}
    assert told == {("阴极铜", "高新"): pytest.approx(8), ("铜杆", "高新"): pytest.approx(12)}


def test_a_pair_of_minutes_may_be_given_in_both_directions(folder: Path) -> None:
    expected = evaluate_folder(folder, 45)
    add(folder, "minutes.csv", "高新,贵溪,30.0", "高新,高新,0")
    assert evaluate_folder(folder, 45) == expected


def test_a_stage_of_any_name_is_taken(folder: Path) -> None:
    expected = evaluate_folder(folder, 45)
    change(folder, "nodes.csv", "阴极铜,upstream", "阴极铜,原料")
    assert evaluate_folder(folder, 45) == expected


def test_empty_tables_have_no_gaps(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text.splitlines()[0], encoding="utf-8")
    assert evaluate_folder(folder, 45) == []


@pytest.mark.parametrize("radius", [-1.0, float("nan"), float("inf")])
def test_a_radius_must_be_a_number_of_minutes(folder: Path, radius: float) -> None:
    with pytest.raises(BadRequest):
        evaluate_folder(folder, radius)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆,-.90", ["edges.csv", "row 2", "coefficient", "negative"]),
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆,90", ["edges.csv", "row 2", "coefficient", "absurd"]),
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆,nan", ["edges.csv", "row 2", "coefficient", "finite"]),
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆,九成", ["edges.csv", "row 2", "coefficient", "not a number"]),
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆,=1-.1", ["edges.csv", "row 2", "coefficient", "formula"]),
        ("edges.csv", "阴极铜,铜杆,.90", "电解铜,铜杆,.90", ["edges.csv", "row 2", "supplier", "no node 电解铜"]),
        ("edges.csv", "阴极铜,铜杆,.90", "铜杆,铜杆,.90", ["edges.csv", "row 2", "buyer", "itself"]),
        ("edges.csv", "阴极铜,铜杆,.90", "阴极铜,铜杆", ["edges.csv", "row 2", "2 fields"]),
        ("edges.csv", "阴极铜,铜杆,.90", ",铜杆,.90", ["edges.csv", "row 2", "supplier", "empty"]),
        ("edges.csv", "coefficient", "coef", ["edges.csv", "row 1", "missing coefficient", "unexpected coef"]),
        ("edges.csv", "supplier,buyer", "supplier,supplier", ["edges.csv", "missing buyer", "repeated supplier"]),
        ("edges.csv", "阴极铜,铜杆,.90", '"阴极铜,铜杆,.90', ["edges.csv", "CSV"]),
        ("nodes.csv", "漆包线,", "铜杆,x\n漆包线,", ["nodes.csv", "row 5", "node", "repeats row 3"]),
        ("nodes.csv", "stage", "阶段", ["nodes.csv", "missing stage", "unexpected 阶段"]),
        ("capacities.csv", "600,reported,", "-600,reported,", ["capacities.csv", "row 2", "capacity_yi_yuan", "neg"]),
        ("capacities.csv", "600,reported,", ",reported,", ["capacities.csv", "row 2", "capacity_yi_yuan", "missing"]),
        (
            "capacities.csv",
            "600,reported,",
            "1e12,reported,",
            ["capacities.csv", "row 2", "capacity_yi_yuan", "absurd"],
        ),
        ("capacities.csv", "600,reported,", "600,guessed,", ["capacities.csv", "row 2", "status", "guessed"]),
        (
            "capacities.csv",
            "600,reported,",
            "600,reported,-1",
            ["capacities.csv", "row 2", "upper_yi_yuan", "negative"],
        ),
        ("capacities.csv", "贵溪,铜杆,", "贵溪,阴极铜,", ["capacities.csv", "row 3", "node", "repeats row 2"]),
        ("capacities.csv", "贵溪,铜杆,", "贵溪,铜块,", ["capacities.csv", "row 3", "node", "no node 铜块"]),
        ("capacities.csv", "贵溪,铜杆,", "@贵溪,铜杆,", ["capacities.csv", "row 3", "place", "formula"]),
        (
            "minutes.csv",
            "贵溪,余江,50",
            "高新,贵溪,31",
            ["minutes.csv", "row 4", "minutes", "other direction in row 2"],
        ),
        ("minutes.csv", "贵溪,余江,50", "贵溪,高新,30", ["minutes.csv", "row 4", "place_b", "repeats row 2"]),
        ("minutes.csv", "贵溪,余江,50", "余江,余江,50", ["minutes.csv", "row 4", "minutes", "0 minutes from itself"]),
        ("minutes.csv", "贵溪,余江,50", "贵溪,余江,-50", ["minutes.csv", "row 4", "minutes", "negative"]),
    ],
)
def test_a_fault_names_file_row_and_column(folder: Path, name: str, old: str, new: str, told: list[str]) -> None:
    change(folder, name, old, new)
    (line,) = faults(folder)
    assert all(part in line for part in told), line
    chinese, _, english = line.partition(" / ")
    assert chinese
    assert english


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["阴极铜,铜合金,.5,,X,.6", "铜杆,铜合金,.5,,X,.6"], "the shares of the group exceed 1"),
        (["阴极铜,铜合金,.5,,X,.6", "铜杆,铜合金,.5,,X,"], "this one has none"),
        (["阴极铜,铜合金,.5,,X,1.2"], "absurdly large"),
        (["阴极铜,铜合金,.5,,,.5"], "without an alternative group"),
        (["阴极铜,铜合金,.5,sometimes,,"], "unknown word sometimes"),
        (["阴极铜,铜合金,.5,,,", "阴极铜,铜合金,.5,input,,"], "repeats row 2"),
    ],
)
def test_shares_and_types_that_cannot_be_are_named(folder: Path, rows: list[str], told: str) -> None:
    header = "supplier,buyer,coefficient,edge_type,alternative_group,share"
    (folder / "edges.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    (line,) = faults(folder)
    assert f"row {len(rows) + 1}, column" in line
    assert told in line


def test_all_faults_are_told_at_once_one_a_line(folder: Path) -> None:
    add(folder, "edges.csv", "阴极铜,阴极铜,1", "阴极铜,漆包线,-1", "没有,漆包线,1")
    add(folder, "capacities.csv", "贵溪,没有,1,reported,")
    (folder / "minutes.csv").unlink()
    told = faults(folder)
    assert len(told) == 5
    assert "minutes.csv" in told[0]
    assert "the file is missing" in told[0]


def test_very_many_faults_are_counted(folder: Path) -> None:
    add(folder, "edges.csv", *["没有,漆包线,1"] * 90)
    told = faults(folder)
    assert len(told) == 51
    assert "more" in told[-1]


@pytest.mark.parametrize(
    "content", [b"\xff\xfen\x00o\x00d\x00e\x00", b"node,stage\n\x81\x20,x\n", b"node,stage\n\0,x\n"]
)
def test_text_in_no_encoding_we_know_is_told(folder: Path, content: bytes) -> None:
    (folder / "nodes.csv").write_bytes(content)
    (line,) = faults(folder)
    assert "nodes.csv" in line
    assert "GBK" in line


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadDataset):
        evaluate_folder(tmp_path / "nowhere", 45)
