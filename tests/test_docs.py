"""The documentation keeps up with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT, Settings
from domain import words

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_setting_is_documented_and_no_other() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(ONEMAP_[A-Z_]+)`", text, re.MULTILINE))
    assert documented == {f"ONEMAP_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_word_has_a_label_in_both_languages() -> None:
    for vocabulary in words.vocabularies():
        for word in vocabulary:
            zh, en = words.label(word)
            assert isinstance(zh, str)
            assert isinstance(en, str)
            assert (zh and en) or word is words.Comparison.EQ


def test_the_house_names_every_folder_of_the_top_level() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    folders |= {"templates", "static", "data"}
    assert {folder for folder in folders if f"{folder}/" not in text} == set()


def test_no_file_names_a_path_of_a_developers_machine() -> None:
    marker = "/".join(["", "work", ""])
    for pattern in ("*.py", "*.md", "*.toml", "Makefile", "scripts/*", "*.lock"):
        for path in ROOT.glob(pattern):
            if path.is_file():
                assert marker not in path.read_text(encoding="utf-8"), path
