"""A zip is looked through before a byte of it is used; what could harm is rejected by the member's name."""

from __future__ import annotations

import stat
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from geo.intake.formats.archive import Archive
from geo.intake.formats.base import Stop
from geo.intake.model import Limits
from tests.geo.intake.makers import Entry, read, shapefile, told, zip_of

HOSTILE = Path(__file__).parents[2] / "fixtures" / "hostile"
SEPARATORS = ("/", "\\", "//", "/./")


def refusal(content: bytes, limits: Limits | None = None) -> tuple[str, str]:
    """Code and place of why an archive is rejected."""
    with pytest.raises(Stop) as stopped:
        Archive(content, limits or Limits())
    [finding] = stopped.value.findings
    assert finding.severity == "reject"
    return finding.code, finding.place


def climbing(separator: str) -> list[str]:
    up = f"..{separator}"
    return [
        f"{up}evil.shp",
        f"{up * 4}tmp{separator}evil.shp",
        f"a{separator}{up}{up}evil.shp",
        f"{separator}etc{separator}evil.shp",
        f"C:{separator}evil.shp",
        f"c:evil{separator}a.shp",
        f"a{separator}..",
        f"evil{separator}b\0.shp",
        f"evil{separator}{'长' * 100}.shp",
        f"evil{separator}a\r\nb.shp",
    ]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_no_member_may_lead_out_of_the_archive(separator: str) -> None:
    for name in climbing(separator):
        code, place = refusal(zip_of([Entry(b"ok.txt", b"x"), Entry(name.encode(), b"x", 0x800)]))
        assert code == "archive_unsafe_path", name
        assert place.startswith(name.replace("\0", "\ufffd").replace("\r\n", "\ufffd\ufffd")[:100]), name


@pytest.mark.parametrize("name", ["园区/地块.shp", "a..b.shp", "...", "临港 片区(1).dbf", "C/x.shp", "x:y.shp"[2:]])
def test_ordinary_names_are_fine(name: str) -> None:
    archive = Archive(zip_of([Entry(name.encode(), b"x", 0x800)]), Limits())
    assert [member.name for member in archive.members] == [name]


def test_names_in_gbk_without_a_flag_are_read_right() -> None:
    archive = Archive(zip_of([Entry("园区图/临港片区.shp".encode("gbk"), b"x")]), Limits())
    assert archive.members[0].name == "园区图/临港片区.shp"


def test_names_in_utf8_without_a_flag_are_read_right() -> None:
    assert Archive(zip_of([Entry("园区图.shp".encode(), b"x")]), Limits()).members[0].name == "园区图.shp"


def test_the_unicode_path_field_wins_where_it_belongs_to_the_name() -> None:
    raw = b"zones.shp"
    body = struct.pack("<BL", 1, zlib.crc32(raw)) + "园区.shp".encode()
    extra = struct.pack("<2H", 0x7075, len(body)) + body
    assert Archive(zip_of([Entry(raw, b"x", extra=extra)]), Limits()).members[0].name == "园区.shp"


def test_the_unicode_path_field_cannot_smuggle_a_name_out() -> None:
    raw = b"zones.shp"
    body = struct.pack("<BL", 1, zlib.crc32(raw)) + b"../zones.shp"
    extra = struct.pack("<2H", 0x7075, len(body)) + body
    assert refusal(zip_of([Entry(raw, b"x", extra=extra)])) == ("archive_unsafe_path", "../zones.shp")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (stat.S_IFLNK, "archive_link"),
        (stat.S_IFCHR, "archive_device"),
        (stat.S_IFBLK, "archive_device"),
        (stat.S_IFIFO, "archive_device"),
        (stat.S_IFSOCK, "archive_device"),
    ],
)
@pytest.mark.parametrize("system", [0, 3, 19])
def test_only_files_and_folders_are_members(kind: int, code: str, system: int) -> None:
    content = zip_of([Entry(b"zones.cpg", b"/etc/passwd", mode=kind | 0o777, system=system)])
    assert refusal(content) == (code, "zones.cpg")


@pytest.mark.parametrize("flags", [0x1, 0x41])
def test_encrypted_members_are_rejected(flags: int) -> None:
    assert refusal(zip_of([Entry(b"a.shp", b"x", flags)])) == ("archive_encrypted", "a.shp")


@pytest.mark.parametrize("name", [b"next.zip", b"NEXT.ZIP", b"a.7z", b"a.rar", b"a.tar", b"a.tgz", b"a.gz", b"a.xlsx"])
def test_an_archive_in_the_archive_is_rejected_by_its_name(name: bytes) -> None:
    assert refusal(zip_of([Entry(name, b"whatever")]))[0] == "archive_nested"


@pytest.mark.parametrize(
    "magic",
    [
        zip_of({"a": b"b"}),
        b"7z\xbc\xaf\x27\x1c\0",
        b"Rar!\x1a\x07\x01",
        b"\x1f\x8b\x08\0",
        b"a" * 257 + b"ustar" + b"\0" * 250,
    ],
    ids=["zip", "7z", "rar", "gz", "tar"],
)
def test_an_archive_in_the_archive_is_rejected_by_its_content(magic: bytes) -> None:
    assert refusal(zip_of({"zones.geojson": magic}))[0] == "archive_nested"


@pytest.mark.parametrize("stated", [0, 900, 5_000_001])
def test_a_size_that_is_not_true_is_rejected(stated: int) -> None:
    content = zip_of([Entry(b"zones.geojson", b" " * 1000, size=stated)])
    assert refusal(content) == ("archive_size_lie", "zones.geojson")


def test_overlapping_members_are_rejected() -> None:
    content = zip_of(
        [Entry(b"a.txt", b"x" * 50, method=0), Entry(b"a.txt2", b"x" * 50, method=0, offset=0, local_name=b"a.txt2")]
    )
    assert refusal(content)[0] in {"archive_overlap", "archive_damaged"}
    same = Entry(b"a.txt", b"x" * 50, method=0)
    twice = zip_of([same, Entry(b"A.txt", b"x" * 50, method=0, offset=0)])
    assert refusal(twice)[0] in {"archive_unsafe_path", "archive_damaged"}


def test_two_members_on_the_same_bytes_are_rejected() -> None:
    """The quoted-overlap bomb: one long member of which another is a part."""
    inner = b"PK\3\4" + struct.pack("<H4H3L2H", 20, 0, 0, 0, 0, zlib.crc32(b"y" * 9), 9, 9, 5, 0) + b"b.txt" + b"y" * 9
    outer = Entry(b"a.txt", inner, method=0)
    content = zip_of([outer, Entry(b"b.txt", b"y" * 9, method=0, offset=30 + len(b"a.txt"))])
    assert refusal(content) == ("archive_overlap", "b.txt")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_rejected(keep: float) -> None:
    whole = zip_of(shapefile())
    assert refusal(whole[: int(len(whole) * keep)]) == ("archive_damaged", "archive")


def test_a_member_that_does_not_match_its_checksum_is_rejected() -> None:
    assert refusal(zip_of([Entry(b"a.shp", b"x" * 99, crc=1)])) == ("archive_damaged", "a.shp")


def test_a_member_whose_own_header_has_another_name_is_rejected() -> None:
    assert refusal(zip_of([Entry(b"a.shp", b"x", local_name=b"b.shp")])) == ("archive_damaged", "a.shp")


@pytest.mark.parametrize("count", [0, 1])
def test_members_beyond_the_stated_number_are_rejected(count: int) -> None:
    assert refusal(zip_of({"a.txt": b"1", "b.txt": b"2"}, count=count)) == ("archive_damaged", "archive")


def test_the_litter_of_desktops_is_left_out() -> None:
    held = {"__MACOSX/._a.shp": b"x", ".DS_Store": b"x", "b/Thumbs.db": b"x", "b/._c.shp": b"x", "b/a.txt": b"x"}
    assert [member.name for member in Archive(zip_of(held), Limits()).members] == ["b/a.txt"]


@pytest.mark.parametrize(
    ("megabytes", "ratio_is_high", "is_fine"), [(9, True, True), (11, True, False), (30, False, True)]
)
def test_the_ratio_counts_above_ten_megabytes_only(megabytes: int, ratio_is_high: bool, is_fine: bool) -> None:
    block = b" " * 1000 if ratio_is_high else bytes(range(256)) * 3 + b" " * 232
    method = 8 if ratio_is_high else 0
    content = zip_of([Entry(b"zones.geojson", block * (megabytes * 1000), method=method)])
    if is_fine:
        assert Archive(content, Limits()).members
    else:
        assert refusal(content) == ("archive_too_large", "archive")


def test_many_members_that_are_small_alone_are_too_large_together() -> None:
    content = zip_of([Entry(f"{number}.txt".encode(), bytes(100_000), method=0) for number in range(30)])
    assert refusal(content, Limits(unpacked_bytes=2_000_000)) == ("archive_too_large", "archive")


def test_a_bomb_costs_neither_time_nor_memory() -> None:
    content = (HOSTILE / "zip_bomb.zip").read_bytes()
    tracemalloc.start()
    began = time.monotonic()
    assert refusal(content) == ("archive_too_large", "archive")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - began < 2
    assert peak < 8_000_000


def test_a_folder_of_gbk_names_is_one_shapefile(tmp_path: Path) -> None:
    entries = [Entry(f"图/{name}".encode("gbk"), held) for name, held in shapefile().items()]
    reading = read(tmp_path, "园区.zip", zip_of(entries))
    assert told(reading) == []
    assert reading.layers == ("地块",)
