"""What a demonstration dataset is generated from: same parameters, same rows."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass

import numpy as np

from domain.errors import BadRequest

LEAST_PARKS, MOST_PARKS = 6, 3000
MOST_PLOTS_A_PARK = 50
LEAST_ENTERPRISES, MOST_ENTERPRISES = 20, 2_000_000
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class DemoParameters:
    """How many parks, plots and enterprises, and the seed of the random numbers."""

    parks: int = 24
    plots: int = 120
    enterprises: int = 1200
    seed: int = 320

    def check(self) -> None:
        """Raises BadRequest naming the first option that cannot be used."""
        _within("--parks", "园区数", "the number of parks", self.parks, LEAST_PARKS, MOST_PARKS)
        most_plots = self.parks * MOST_PLOTS_A_PARK
        _within("--plots", "地块数", "the number of plots", self.plots, 0, most_plots)
        least, most = LEAST_ENTERPRISES, MOST_ENTERPRISES
        _within("--enterprises", "企业数", "the number of enterprises", self.enterprises, least, most)
        _within("--seed", "种子", "the seed", self.seed, 0, LARGEST_SEED)

    @property
    def digest(self) -> str:
        """SHA-256 over the parameters.

        >>> DemoParameters().digest == DemoParameters(seed=320).digest != DemoParameters(seed=321).digest
        True
        """
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def generator(self, subject: str) -> np.random.Generator:
        """Random numbers of one subject: what one subject draws changes nothing for the others."""
        return np.random.default_rng([self.seed, zlib.crc32(subject.encode())])

    def __str__(self) -> str:
        """As the options of the command."""
        return f"--parks {self.parks} --plots {self.plots} --enterprises {self.enterprises} --seed {self.seed}"


def _within(option: str, zh: str, en: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadRequest(
            f"{zh} {option} 应在 {least} 与 {most} 之间：{value}",
            f"{en} ({option}) must lie between {least} and {most}: {value}",
            place=option,
        )
