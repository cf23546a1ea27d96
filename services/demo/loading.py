"""The demonstration dataset into a database of its own: one transaction, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Conflict
from models import AuditEntry, DatasetState, Source, TravelMinutes
from models.database import Database, now, record_change
from services.demo import chains, firm_rows, firms, geography, land, places, policy, roads, specialities, trio
from services.demo.chains import Chains
from services.demo.firms import Firms, Floats
from services.demo.geography import Region
from services.demo.parameters import DemoParameters
from services.demo.writing import ORIGIN, Tell, Values, Writer

ACTION = "data load-demo"
ROWS_A_FIRM = 3.15  # a firm, its nodes, its capacities
ROWS_A_PARK = 20.0  # with its roads, surveys, designations, targets
ROWS_A_PLOT = 2.0
_APART_NOTE = "演示：三个示例园区的算例须独立 / the worked example at three parks has to stand alone"


@dataclass(frozen=True)
class LoadedDemo:
    """rows: how many were written; 0 where the same dataset was there already."""

    rows: int

    @property
    def has_changes(self) -> bool:
        return self.rows > 0


def load(
    database: Database,
    parameters: DemoParameters,
    *,
    base: Path,
    belt_width_m: float,
    actor: str,
    tell: Tell = lambda _: None,
) -> LoadedDemo:
    """Generate and load. base: the folder of the base dataset, whose chains are taken. tell: is told the progress.

    Raises: BadRequest (an option out of range), Conflict (another dataset, or one of other parameters, is in this
    database), BadDataset (the chains cannot be read), Busy.
    """
    parameters.check()
    with database.write() as session:
        if _is_there(session, parameters):
            return LoadedDemo(0)
        rows = _generate(session, parameters, base, belt_width_m, tell)
        record_change(session, actor=actor, action=ACTION, subject=ORIGIN, details={**asdict(parameters), "rows": rows})
        session.flush()
        state = session.get_one(DatasetState, 1)
        state.dataset, state.loaded_at, state.dataset_hash = ORIGIN, now(), parameters.digest
    return LoadedDemo(rows)


def _is_there(session: Session, parameters: DemoParameters) -> bool:
    """Whether this very dataset is loaded. Raises Conflict when another one is."""
    state = session.get(DatasetState, 1)
    if state is None or state.dataset is None:
        return False
    if state.dataset != ORIGIN:
        raise Conflict(
            f"该数据库已装入 {state.dataset} 数据集，不能再混入 {ORIGIN}",
            f"this database holds the {state.dataset} dataset; {ORIGIN} is never mixed into it",
        )
    if state.dataset_hash == parameters.digest:
        return True
    loaded = _loaded_parameters(session)
    raise Conflict(
        f"该数据库已装入另一组演示数据（{loaded}），不能再装入（{parameters}）；请换一个空数据库",
        f"this database holds demonstration data of other parameters ({loaded}), not ({parameters}): "
        "take an empty database",
    )


def _loaded_parameters(session: Session) -> DemoParameters | str:
    """What is loaded, as the log tells it."""
    entry = select(AuditEntry.details).where(AuditEntry.action == ACTION).order_by(AuditEntry.id.desc()).limit(1)
    details = session.scalar(entry)
    if details is None:
        return "?"
    told = json.loads(details)
    return DemoParameters(**{name: told[name] for name in asdict(DemoParameters())})


def _generate(session: Session, parameters: DemoParameters, base: Path, belt_width_m: float, tell: Tell) -> int:
    region = geography.make_region(parameters)
    all_chains = chains.read_chains(base, parameters)
    chosen = specialities.choose(region, all_chains, parameters)
    drawn = firms.draw(region, all_chains, chosen, parameters)
    at = now()
    source = Source(
        publication=f"演示数据（生成，种子 {parameters.seed}）/ demonstration data (generated, seed {parameters.seed})"
    )
    session.add(source)
    session.flush()
    expected = parameters.enterprises * ROWS_A_FIRM + parameters.parks * ROWS_A_PARK + parameters.plots * ROWS_A_PLOT
    writer = Writer(session, at=at, source=source, expected_rows=round(expected), tell=tell)
    clauses = policy.write_document(session, at)
    places.write(writer, region, parameters)
    roads.write(writer, region, parameters, belt_width_m)
    land.write(writer, region, parameters)
    chains.write(writer, all_chains, (policy.KEY, policy.CHAINS_CLAUSE))
    output = _output(region, all_chains, drawn)
    policy.write(writer, region, all_chains, chosen, output, clauses, parameters)
    writer.insert(TravelMinutes, _stated_minutes(region, all_chains, drawn))
    firm_rows.write(writer, region, all_chains, drawn)
    return writer.rows


def _output(region: Region, all_chains: Chains, drawn: Firms) -> Floats:
    """What can be made now, 亿元 a year, (parks, chains), the worked example included."""
    numbers = {code: number for number, code in enumerate(all_chains.codes)}
    node_chain = np.array([numbers[node["chain_code"]] for node in all_chains.nodes])
    result = drawn.output(node_chain, len(region.parks), len(numbers))
    parks = {park.code: number for number, park in enumerate(region.parks)}
    for firm in trio.FIRMS:
        result[parks[firm.park], numbers[trio.CHAIN]] += firm.capacity_yi_yuan
    return result


def _stated_minutes(region: Region, all_chains: Chains, drawn: Firms) -> Iterator[Values]:
    """Those between the three parks of the worked example, and from each of them to all that trade in copper."""
    for (a, b), minutes in trio.MINUTES.items():
        yield _minutes(a, b, minutes)
    trading = all_chains.trade_with_trio()
    at = drawn.parks_at(np.array([node["code"] in trading for node in all_chains.nodes], dtype=bool))
    for park in region.parks[: len(trio.PARKS)]:
        for other in (region.parks[number] for number in at):
            km = float(np.hypot(*np.subtract(park.centre_km, other.centre_km)))
            yield _minutes(park.code, other.code, round(trio.APART_MIN + km * trio.APART_MIN_PER_KM, 1))


def _minutes(a: str, b: str, minutes: float) -> Values:
    first, second = sorted((a, b))
    return {
        "key": f"{first}|{second}",
        "place_a_code": first,
        "place_b_code": second,
        "minutes": minutes,
        "note": _APART_NOTE,
    }
