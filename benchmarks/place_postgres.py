"""`place` on PostgreSQL, 64 at once, against pgbench writing the same rows, one order a transaction, with as many clients as suit it best."""

import asyncio
import sys

from benchmarks import crowd, order_rows
from benchmarks.filling import Ready, baskets, fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, Turns, in_turns, keep
from benchmarks.postgres import NotHere, Postgres, postgres
from store import migrate
from store.db import Database

TURNS, A_TURN = 5, 640
VARIANTS, LINES = 9_999, 3
CLIENTS = (4, 8, 16, 32, 64)

# Each client counts on by itself from a number of its own, so that no cart comes twice; the variants rise, so that nobody deadlocks.
SCRIPT = "\n".join(
    [
        "\\set n :n + 1",
        "\\set cart :first_cart + :client_id * :each + :n",
        "\\set customer :cart",
        "\\set first random(1, 3333)",
        "\\set second random(3334, 6666)",
        "\\set third random(6667, 9999)",
        "BEGIN;",
        *(f"{statement};" for statement in order_rows.STATEMENTS),
        "COMMIT;",
    ]
)


class Bench:
    """pgbench's turns: each uses carts that nobody used before."""

    def __init__(self, server: Postgres, first_cart: int) -> None:
        self._server = server
        self._free = first_cart

    async def orders_per_second(self, clients: int) -> float:
        each = A_TURN // clients
        values = {"first_cart": self._free - 1, "each": each, "n": 0}
        self._free += A_TURN
        return await self._server.transactions_per_second(SCRIPT, clients=clients, each=each, values=values)

    async def best(self) -> int:
        """The number of clients with which it places most."""
        rates = {clients: await self.orders_per_second(clients) for clients in CLIENTS}
        return max(rates, key=rates.__getitem__)


async def run(server: Postgres) -> None:
    db = Database(server.url)
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [VARIANTS], stock=1_000_000)
    people = await fill_carts(db, baskets((2 * TURNS + len(CLIENTS)) * A_TURN, lines=LINES, variants=VARIANTS))
    ours, theirs = people[: TURNS * A_TURN], people[TURNS * A_TURN :]
    bench = Bench(server, theirs[0].cart_id)
    clients = await bench.best()
    turns, waits = await _measure(db, ours, bench, clients)
    await db.close()
    claims = [Claim("orders/s", turns.ratio, milestone=0.2, goal=0.6)]
    numbers = turns.numbers("place, orders/s", f"pgbench with {clients} clients, orders/s") | waits
    what = "`place` of 3 lines, 64 at once, PostgreSQL"
    against = "pgbench writing the same rows, one order a transaction, at its best number of clients"
    keep(Result("place-postgres", what, against, claims, numbers, {"PostgreSQL": server.version}))


async def _measure(db: Database, people: list[Ready], bench: Bench, clients: int) -> tuple[Turns, dict[str, float]]:
    portions, waits = crowd.portions(people, A_TURN), list[float]()

    async def crowd_places() -> float:
        pressed = await crowd.press(db, next(portions))
        assert pressed.outcomes == {"sold": A_TURN}, pressed.outcomes
        waits.extend(pressed.waits)
        return pressed.per_second

    turns = await in_turns(crowd_places, lambda: bench.orders_per_second(clients), turns=TURNS)
    return turns, crowd.told(waits)


def main() -> None:
    try:
        with postgres() as server:
            asyncio.run(run(server))
    except NotHere as missing:
        print(f"SKIPPED place-postgres: {missing}", file=sys.stderr)


if __name__ == "__main__":
    main()
