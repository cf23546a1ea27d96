"""Others that add up capacities by node and place: pandas in three idioms, DuckDB with one thread and with its default.

Each is given the same integer codes, loaded beforehand into what it likes best; grouping, fetching and filling the
dense matrix are its work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]

from benchmarks.gap_province import NODES, PLACES, Enterprises

Matrix = npt.NDArray[np.float64]

_BY_CELL = "SELECT node, place, sum(capacity) AS capacity FROM enterprise GROUP BY ALL"
_Config = dict[str, str | bool | int | float | list[str]]
_OFFLINE: _Config = {  # nothing from the network, and no file besides
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def integer_frame(enterprises: Enterprises) -> pd.DataFrame:
    """Codes and capacities as they are."""
    return pd.DataFrame(
        {"node": enterprises.node, "place": enterprises.place, "capacity": enterprises.capacity}, copy=True
    )


def categorical_frame(enterprises: Enterprises) -> pd.DataFrame:
    """The codes told to pandas as codes of categories, so that it need not find out which there are."""
    return pd.DataFrame(
        {
            "node": pd.Categorical.from_codes(enterprises.node, categories=range(NODES)),
            "place": pd.Categorical.from_codes(enterprises.place, categories=range(PLACES)),
            "capacity": enterprises.capacity.copy(),
        }
    )


def pandas_unstacked(frame: pd.DataFrame) -> Matrix:
    """Integer columns, as pandas' documentation shows."""
    summed = frame.groupby(["node", "place"])["capacity"].sum().unstack(fill_value=0.0)
    return np.asarray(summed.reindex(index=range(NODES), columns=range(PLACES), fill_value=0.0))


def pandas_unsorted(frame: pd.DataFrame) -> Matrix:
    """Integer columns, the quickest idiom found: groups in no order, put into the matrix by their codes."""
    return _dense(frame.groupby(["node", "place"], sort=False, as_index=False)["capacity"].sum())


def pandas_categorical(frame: pd.DataFrame) -> Matrix:
    """Categorical columns: every combination comes out, in order."""
    summed = frame.groupby(["node", "place"], observed=False)["capacity"].sum()
    return np.asarray(summed).reshape(NODES, PLACES)


class DuckDB:
    """A table in the memory of a DuckDB of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, enterprises: Enterprises) -> None:
        self._connection = connection
        columns = {"node": enterprises.node, "place": enterprises.place, "capacity": enterprises.capacity}
        connection.register("given", columns)
        connection.execute("CREATE TABLE enterprise AS SELECT * FROM given")
        connection.unregister("given")

    @classmethod
    @contextmanager
    def holding(cls, enterprises: Enterprises, *, threads: int | None) -> Iterator[DuckDB]:
        """threads: None = as many as DuckDB takes by itself."""
        config: _Config = _OFFLINE if threads is None else {**_OFFLINE, "threads": threads}
        with duckdb.connect(":memory:", config=config) as connection:
            yield cls(connection, enterprises)

    @property
    def threads(self) -> int:
        row = self._connection.execute("SELECT current_setting('threads')").fetchone()
        assert row is not None
        return int(row[0])

    def matrix(self) -> Matrix:
        return _dense(self._connection.execute(_BY_CELL).fetchnumpy())


def _dense(cells: pd.DataFrame | Mapping[str, npt.NDArray[np.generic]]) -> Matrix:
    matrix = np.zeros((NODES, PLACES))
    matrix[np.asarray(cells["node"]), np.asarray(cells["place"])] = np.asarray(cells["capacity"])
    return matrix
