"""Policy texts: imported beside the facts, searchable, nothing stored when a file cannot be read. Texts are made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import BadRequest, NotFound
from models.database import Database
from services import policies

KEY = "鹰府发〔2014〕19号"
NUMBERED = "某市关于测试的意见\n\n" + "\n".join(f"{n}.测试标题{n}。第{n}条写着测试词语{n}号。" for n in range(1, 16))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(NUMBERED, encoding="utf-8")
    return path


def test_an_imported_text_stands_beside_the_facts_that_cite_it(base: Database, text: Path) -> None:
    done = policies.import_text(base, text, key=KEY, actor="test")
    assert (done.clauses, done.missing, done.unlisted) == (15, [], [])
    with base.read() as session:
        document = policies.get_document(session, KEY)
    second = next(clause for clause in document.clause_list if clause.number == "2")
    assert "测试词语2号" in (second.text or "")
    assert second.designations
    assert document.is_imported


def test_importing_twice_is_the_same_as_once(base: Database, text: Path) -> None:
    policies.import_text(base, text, key=KEY, actor="test")
    with base.read() as session:
        once = policies.get_document(session, KEY)
    policies.import_text(base, text, key=KEY, actor="test")
    with base.read() as session:
        assert policies.get_document(session, KEY) == once


def test_a_search_finds_the_clause_and_marks_the_words(base: Database, text: Path) -> None:
    policies.import_text(base, text, key=KEY, actor="test")
    with base.read() as session:
        hits = policies.search(session, "词语7号")
    assert [(hit.document, hit.clause) for hit in hits] == [(KEY, "7")]
    assert hits[0].snippets[0].hit == "词语7号"


@pytest.mark.parametrize("query", ["", "   ", "nowhere to be found"])
def test_a_search_for_nothing_finds_nothing(base: Database, text: Path, query: str) -> None:
    policies.import_text(base, text, key=KEY, actor="test")
    with base.read() as session:
        assert policies.search(session, query) == []


def test_a_search_that_is_too_long_is_refused(base: Database) -> None:
    with base.read() as session, pytest.raises(BadRequest):
        policies.search(session, "x" * 101)


def test_a_text_of_the_old_chinese_encoding_is_read(base: Database, tmp_path: Path) -> None:
    path = tmp_path / "gbk.txt"
    path.write_bytes(NUMBERED.encode("gb18030"))
    assert policies.import_text(base, path, key=KEY, actor="test").clauses == 15


def test_clauses_the_dataset_does_not_know_are_kept_and_named(base: Database, tmp_path: Path) -> None:
    path = tmp_path / "longer.txt"
    path.write_text(NUMBERED + "\n16.多出的一条。测试。\n", encoding="utf-8")
    done = policies.import_text(base, path, key=KEY, actor="test")
    assert done.unlisted == ["16"]
    with base.read() as session:
        assert policies.get_document(session, KEY).clause_list[-1].number == "16"


@pytest.mark.parametrize(
    "content",
    [b"", b"no clause at all", b"\xff\xfe\x00\x81\x30", b"\x00" * 100],
    ids=["empty", "none", "binary", "zeros"],
)
def test_a_file_that_is_no_policy_text_is_refused_and_nothing_is_stored(
    base: Database, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(BadRequest) as refused:
        policies.import_text(base, path, key=KEY, actor="test")
    assert "bad.txt" in (refused.value.place or "")
    with base.read() as session:
        assert not policies.get_document(session, KEY).is_imported


def test_a_missing_file_is_named(base: Database, tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as refused:
        policies.import_text(base, tmp_path / "none.txt", key=KEY, actor="test")
    assert "none.txt" in (refused.value.place or "")


def test_a_document_nobody_has_is_refused_with_those_there_are(base: Database, text: Path) -> None:
    with pytest.raises(NotFound) as refused:
        policies.import_text(base, text, key="某文件", actor="test")
    assert KEY in refused.value.message_zh


def test_every_document_lists_its_clauses_with_facts_even_before_import(base: Database) -> None:
    with base.read() as session:
        documents = policies.list_documents(session)
        assert len(documents) == 5
        for listed in documents:
            document = policies.get_document(session, listed.key)
            assert document.clause_list
            assert listed.facts > 0
            assert not listed.is_imported
