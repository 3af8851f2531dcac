"""The machine: any number of things happen in any order, the program dies in between, and the books are right after each step."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from store.audit import Actor
from store.db import Database
from store.parcels.carrier import Stage
from store.payments.sandbox_books import Fault, RefundMode
from store.placing import Placed
from tests.machine import goods, invariants
from tests.machine.books import Reader
from tests.machine.points import Points
from tests.machine.world import STAFF, World

T = TypeVar("T")
# How many points the program still passes before it dies; 0: it lives. Mostly it lives.
CRASH = st.sampled_from([0] * 8 + [1, 2, 3, 4, 5, 6, 8])
WHO = st.integers(0, 2)
# Which things and how many of each, how they come, how they are paid.
Order = tuple[dict[int, int], str, str]
ORDER = st.tuples(
    st.dictionaries(st.integers(0, 2), st.integers(1, 2), min_size=1, max_size=2),
    st.sampled_from(["courier", "courier", "pickup"]),
    st.sampled_from(["sandbox", "sandbox", "sandbox", "cash"]),
)
WORK = ("accept", "pack", "ship", "ship", "ready", "hand_over", "receive_cash")
PASSES = st.sampled_from([timedelta(seconds=20), timedelta(minutes=3), timedelta(minutes=31), timedelta(hours=5)])
STAGES = st.lists(st.sampled_from(list(Stage)), min_size=1, max_size=3)
# As long as the slowest question to a bank may wait, and once more; most lives are at rest long before.
QUIET_HOURS = (0, 1, 25, 25, 25)


class Errors(logging.Handler):
    """Jobs go on after an error, and log it. Here it is an error all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


class Setting:
    """One database, one loop and one shop for all lives of a run, and the count of what they did."""

    def __init__(self, url: str, prepare: Callable[[Database], Awaitable[None]] | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self.points, self.errors, self.reader = Points(), Errors(), Reader(url)
        self.world = World(url, self.points)
        if prepare is not None:
            self.run(prepare(self.world.db))
        self.goods = self.run(goods.open_shop(self.world.db))
        self.lives, self.steps = 0, 0
        store = logging.getLogger("store")
        store.addHandler(self.errors)
        store.setLevel(logging.ERROR)

    def run(self, act: Awaitable[T]) -> T:
        async def wait() -> T:
            return await act

        return self.loop.run_until_complete(wait())

    def told(self) -> str:
        return f"{self.lives} lives, {self.steps} steps, {self.points.crashes} crashes on {self.world.db.dialect}"

    def close(self) -> None:
        store = logging.getLogger("store")
        store.removeHandler(self.errors)
        store.setLevel(logging.NOTSET)
        self.reader.close()
        self.run(self.world.db.close())
        self.loop.close()


class Lives(RuleBasedStateMachine):
    """A life: a shop from its first day on. Made by `machine_of`, which gives it its setting."""

    setting: Setting
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.world = self.setting.world
        self.baskets, self.buyers = dict[int, goods.Basket](), dict[int, int]()
        self.counted, self.is_broken = 0, False
        self.setting.lives += 1

    @initialize(
        target=orders, pieces=st.tuples(*[st.sampled_from([1, 2, 2, 4])] * 3), who=WHO, order=ORDER, paid=st.booleans()
    )
    def opens(self, pieces: tuple[int, int, int], who: int, order: Order, paid: bool) -> Any:
        """The shop's first day, and its first order, which may be paid at once."""
        self.world.begin_anew()
        self.setting.run(goods.first_day(self.world.db, self.setting.goods, pieces))
        order_id = self.places(who, order, crash=0)
        if paid and isinstance(order_id, int):
            self._lives(self.world.pay(order_id, "pay"), crash=0)
        return order_id

    # --- customers

    @rule(target=orders, who=WHO, order=ORDER, crash=CRASH)
    def places(self, who: int, order: Order, crash: int) -> Any:
        """Everything is answered; now the button is pressed."""
        wanted, delivery, method = order
        method = "sandbox" if 2 in wanted else method
        filling = goods.fill_basket(
            self.world.db, self.setting.goods, who, wanted, delivery=delivery, payment_method=method
        )
        self.baskets[who] = self.setting.run(filling)
        return self._press(who, crash)

    @rule(target=orders, who=WHO, crash=CRASH)
    def presses_again(self, who: int, crash: int) -> Any:
        """The same button of the same screen."""
        return self._press(who, crash) if who in self.baskets else multiple()

    def _press(self, who: int, crash: int) -> Any:
        placed = self._lives(self.world.place(self.baskets[who]), crash)
        if not (isinstance(placed, Placed) and placed.is_new):
            return multiple()
        self.buyers[placed.order_id] = self.baskets[who].customer_id
        return placed.order_id

    @rule(order=orders, how=st.sampled_from(["", "pay", "pay", "pay", "pay_short", "pay_twice", "fail"]), crash=CRASH)
    def pays(self, order: int, how: str, crash: int) -> None:
        """The customer opens the bank's page and does something there, or nothing."""
        self._lives(self.world.pay(order, how), crash)

    @rule(target=orders, order=orders, who=WHO, theirs=ORDER, crash=CRASH)
    def comes_too_late(self, order: int, who: int, theirs: Order, crash: int) -> Any:
        """The page is open, the time runs out, somebody else comes by, and only then the money: the story that singles find seldom."""
        ref = self._lives(self.world.open_page(order), crash)
        self.time_passes(timedelta(minutes=31), crash=0)
        placed = self.places(who, theirs, crash=0)
        if isinstance(ref, str):
            self._lives(self.world.at_the_bank("pay_late", ref), crash)
        return placed

    @precondition(lambda self: self.world.books.pages)
    @rule(page=st.integers(0, 5), how=st.sampled_from(["pay_late", "pay_late", "pay_short", "repeat"]), crash=CRASH)
    def goes_back_to_a_page(self, page: int, how: str, crash: int) -> None:
        """An old tab, another phone: the bank takes the money, whatever the shop thinks of it; or it repeats itself."""
        refs = list(self.world.books.pages)
        self._lives(self.world.at_the_bank(how, refs[page % len(refs)]), crash)

    @rule(order=orders, how=st.sampled_from(["cash", "sandbox", "cancel"]), crash=CRASH)
    def changes_his_mind(self, order: int, how: str, crash: int) -> None:
        """The buyer wants to pay another way, or nothing any more."""
        buyer = self.buyers[order]
        if how == "cancel":
            self._lives(self.world.cancel(order, Actor.customer(buyer)), crash)
        else:
            self._lives(self.world.pays_another_way(buyer, order, how), crash)

    # --- staff and carrier

    @rule(order=orders, what=st.sampled_from(WORK), crash=CRASH)
    def staff_works(self, order: int, what: str, crash: int) -> None:
        self._lives(getattr(self.world, what)(order), crash)

    @rule(order=orders, per_cent=st.sampled_from([0, 0, 100, 100, 50, 1]), crash=CRASH)
    def staff_gives_up(self, order: int, per_cent: int, crash: int) -> None:
        """The order is cancelled, or so much of what is left of its money is given back."""
        act = self.world.refund(order, per_cent) if per_cent else self.world.cancel(order, STAFF)
        self._lives(act, crash)

    @rule(order=orders, stages=STAGES, crash=CRASH)
    def is_scanned(self, order: int, stages: list[Stage], crash: int) -> None:
        self._lives(self.world.scans(order, stages), crash)

    @rule(thing=st.integers(0, 2), difference=st.sampled_from([1, 2, -1]), again=st.booleans(), crash=CRASH)
    def counts(self, thing: int, difference: int, again: bool, crash: int) -> None:
        """Goods come in, or fewer are there than was thought; sometimes the press is repeated."""
        self.counted += 1
        for _ in range(1 + again):
            variant_id = self.setting.goods.variants[thing]
            self._lives(self.world.count_stock(variant_id, difference, source_id=1_000 + self.counted), crash)

    # --- the bank, the clock and the jobs

    @precondition(lambda self: self.world.letters)
    @rule(number=st.integers(0, 30), crash=CRASH)
    def gets_an_old_letter(self, number: int, crash: int) -> None:
        self._lives(self.world.old_letter(number), crash)

    @rule(fault=st.sampled_from([Fault.NONE, *Fault]), mode=st.sampled_from(RefundMode))
    def bank_has_a_day(self, fault: Fault, mode: RefundMode) -> None:
        self.world.bank.fault, self.world.bank.refund_mode = fault, mode

    @rule(time=PASSES, crash=CRASH)
    def time_passes(self, time: timedelta, crash: int) -> None:
        """The jobs run, the bank repeats what it has not got confirmed."""
        self.world.now += time
        self._lives(self.world.bank.deliver_due(now=self.world.now), crash)
        self._lives(self.world.sweeps(), crash)

    # --- what must hold

    @invariant()
    def books_are_right(self) -> None:
        self.setting.steps += 1
        self._all_right(invariants.always(self._look(), self.world.books))

    def teardown(self) -> None:
        if self.is_broken:
            return
        for hours in QUIET_HOURS:
            self.setting.run(self.world.a_quiet_day(hours=hours))
            if not invariants.unfinished(now := self._look(), self.world.books):
                break
        self._all_right(
            [*invariants.always(now, self.world.books), *invariants.at_rest(now, self.world.books, self.world.gifts)]
        )

    def _look(self) -> Any:
        return self.setting.run(self.setting.reader.look(self.world.db))

    def _all_right(self, wrong: list[str]) -> None:
        wrong += self.setting.errors.seen
        self.is_broken = bool(wrong)
        self.setting.errors.seen = []
        assert not wrong, "\n".join(wrong)

    def _lives(self, act: Coroutine[Any, Any, object], crash: int) -> object:
        try:
            return self.setting.run(self.world.lives(act, crash=crash))
        except BaseException:
            self.is_broken = True
            raise


def machine_of(setting: Setting) -> type[Lives]:
    """The machine, in this setting."""
    return type("Lives", (Lives,), {"setting": setting})
