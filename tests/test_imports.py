"""The arrows of the house point down: app → blueprints → services → models → domain; geo knows only domain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from config import ROOT

OURS = {"app", "config", "blueprints", "services", "models", "geo", "domain"}
MAY_IMPORT = {
    "app": {"blueprints", "config", "models"},
    "config": set(),
    "blueprints": {"services", "models", "geo", "domain", "config"},
    "services": {"models", "geo", "domain", "config"},
    "models": {"domain"},
    "geo": {"domain"},
    "domain": set(),
}
DOMAIN_MAY_USE = {"numpy", "networkx"}


def _sources(package: str) -> list[Path]:
    path = ROOT / package
    return sorted(path.rglob("*.py")) if path.is_dir() else [ROOT / f"{package}.py"]


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("package", sorted(OURS))
def test_no_arrow_runs_back_up(package: str) -> None:
    sources = _sources(package)
    assert sources
    for path in sources:
        used = {name.split(".")[0] for name in _imported(path)} & OURS - {package}
        assert used <= MAY_IMPORT[package], f"{path.relative_to(ROOT)} imports {used - MAY_IMPORT[package]}"


def test_blueprints_use_of_geo_only_the_map_and_units() -> None:
    for path in _sources("blueprints"):
        used = {name for name in _imported(path) if name.split(".")[0] == "geo"}
        assert used <= {"geo.maps", "geo.units"}, path.name


def test_domain_needs_only_the_standard_library_numpy_and_networkx() -> None:
    import sys

    for path in _sources("domain"):
        foreign = {name.split(".")[0] for name in _imported(path)} - set(sys.stdlib_module_names) - {"domain"}
        assert foreign <= DOMAIN_MAY_USE, path.name


def test_services_know_nothing_of_flask() -> None:
    for path in _sources("services"):
        assert "flask" not in {name.split(".")[0] for name in _imported(path)}, path.name
