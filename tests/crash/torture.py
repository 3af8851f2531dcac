"""A thousand deaths: random points of random stories, on every database that is here. `make torture KILLS=1000 BOT=25`

BOT: how many of a hundred are deaths of a whole shop, with its bot. SEED: to have the same ones again.

Prints, as a table for docs/reliability.md, how often the program was killed, and after how many deaths anything stood otherwise than without.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import databases, servers
from tests.crash import evening, morgue
from tests.crash.evening import EVENINGS
from tests.crash.stories import STORIES

_DRAWS = 10
USUAL = {"KILLS": 1000, "BOT": 25, "SEED": 0}


@dataclass
class Tally:
    """Of one kind of story on one database. *places* are different points at which somebody died."""

    kills: int = 0
    repeated: int = 0
    places: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def died(self, story: str, point: str, told: dict[str, Any]) -> None:
        self.kills += 1
        self.places.add(f"{story}: {point}")
        if told:
            self.wrong.append(f"{story}, {point}: {told}")


def sales(url: str, folder: Path, kills: int, chance: random.Random) -> Tally:
    """The shop alone dies, in processes without aiogram."""
    tally, shares = Tally(), _shares(list(STORIES), kills, chance)
    with morgue.a_morgue(url, folder) as opened:
        for story, share in shares.items():
            as_it_was = opened.end_of(story)
            points = opened.points()
            for point in chance.choices(points, k=share):
                told = morgue.difference(as_it_was, opened.end_of(story, killed_at=point))
                tally.died(story, point, told)
    return tally


async def evenings(url: str, folder: Path, kills: int, chance: random.Random) -> Tally:
    """The whole shop dies while people talk to it."""
    tally, shares = Tally(), _shares(list(EVENINGS), kills, chance)
    async with evening.an_evening(url, folder) as prepared:
        for story, share in shares.items():
            as_it_was = await prepared.told(story)
            points = prepared.points()
            for _ in range(share):
                try:
                    point, end = await _one_death(prepared, story, points, chance)
                except Stuck as stuck:
                    # The other deaths are still to be died.
                    tally.died(story, stuck.point, {"stuck": str(stuck)})
                    continue
                tally.died(story, point, evening.difference(as_it_was, end))
                tally.repeated += max(end.holds.total() - as_it_was.holds.total(), 0)
    return tally


class Stuck(Exception):
    """Somebody waited in vain for a button."""

    def __init__(self, point: str, why: object) -> None:
        super().__init__(str(why))
        self.point = point


async def _one_death(
    prepared: evening.Evening, story: str, points: list[str], chance: random.Random
) -> tuple[str, evening.End]:
    """A point, and the end of the evening in which the shop died there. Polls come at moments of their own: where a telling does not come by, nobody died, and another point is drawn."""
    for _ in range(_DRAWS):
        point = chance.choice(points)
        try:
            end = await prepared.told(story, killed_at=point)
        except AssertionError as stuck:
            raise Stuck(point, stuck) from stuck
        if end.deaths:
            break
    return point, end


def _shares(stories: list[str], kills: int, chance: random.Random) -> Counter[str]:
    return Counter(chance.choices(stories, k=kills))


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, Path]]:
    with databases.FRESH[kind]() as url, tempfile.TemporaryDirectory() as folder:
        yield url, Path(folder)


def main(kills: int, bot: int, seed: int) -> int:
    """The exit code: 1 when after any death anything stood otherwise."""
    chance, begun = random.Random(seed), time.monotonic()
    kinds = [kind for kind in databases.FRESH if not servers.WHY_MISSING.get(kind, lambda: None)()]
    with_bot = kills * bot // 100
    tallies: dict[tuple[str, str], Tally] = {}
    for number, kind in enumerate(kinds):
        share = kills // len(kinds) + (number < kills % len(kinds))
        talked = with_bot // len(kinds)
        if share > talked:
            with _database(kind) as (url, folder):
                tallies[kind, "a sale, without a bot"] = sales(url, folder, share - talked, chance)
        if talked:
            with _database(kind) as (url, folder):
                tallies[kind, "an evening, bot and all"] = asyncio.run(evenings(url, folder, talked, chance))
    _print(tallies, seed, time.monotonic() - begun)
    return int(any(tally.wrong for tally in tallies.values()))


def _print(tallies: dict[tuple[str, str], Tally], seed: int, took_s: float) -> None:
    lines = [
        "| database | what dies | killed | at different points | messages repeated | other end |",
        "| - | - | -: | -: | -: | -: |",
    ]
    for (kind, what), tally in tallies.items():
        numbers = (tally.kills, len(tally.places), tally.repeated, len(tally.wrong))
        lines.append(f"| {kind} | {what} | {' | '.join(map(str, numbers))} |")
    total = sum(tally.kills for tally in tallies.values())
    lines.append(f"\n{total} deaths in {took_s:.0f} s, seed {seed}.")
    lines += [wrong for tally in tallies.values() for wrong in tally.wrong]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    servers.begin_run()
    try:
        given = {name: int(os.environ.get(name, usual)) for name, usual in USUAL.items()}
        code = main(given["KILLS"], given["BOT"], given["SEED"] or random.randrange(1, 10**6))
    finally:
        databases.drop_leftovers()
        servers.end_run()
    sys.exit(code)
