"""Which layer of a file is meant."""

from __future__ import annotations

from collections.abc import Sequence

from domain.boundaries import Proposal, Question
from geo.intake.formats import base
from geo.intake.model import Options


def choose(names: Sequence[str], options: Options, place: str, holder_zh: str) -> str:
    """The only layer, or the one that was named. Raises Stop with the question where there are several."""
    if len(names) == 1:
        return names[0]
    if options.source_layer in names:
        return str(options.source_layer)
    shown = [base.plain_text(name) for name in names]
    proposals = tuple(Proposal(name, label, label) for name, label in zip(names, shown, strict=True))
    zh, en = (
        f"{holder_zh}包含多个图层，请选择：{'、'.join(shown)}",
        f"more than one layer; choose one: {', '.join(shown)}",
    )
    raise base.Stop(base.ask("several_layers", place, zh, en, Question("source_layer", proposals)), layers=names)
