"""Every handler, with a thing that belongs to somebody, set off by everybody else: nothing is shown, nothing is changed, nothing is undeclared.

The handlers come from the routers, and what a role may from `store/staff.py`: a new one is asked without a word here.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.dispatcher.event.handler import HandlerObject
from sqlalchemy import select

from bot.demo.people import Person
from bot.ui.errors import SENTENCES
from bot.ui.states import Awaiting
from handlers.routing import Audience
from store import staff
from store.models import ConversationState, Order, Shipment
from store.staff import MAY, Permission, Role
from tests.conversations import matrix
from tests.conversations.conftest import Shop
from tests.conversations.crawl import Crawl, commands
from tests.conversations.lived_in import in_private, lives
from tests.conversations.matrix import Known, buttons, changed, handlers, rows
from tests.conversations.watching import Watch, watches

pytestmark = pytest.mark.slow

REFUSED = SENTENCES["not_permitted"]


@pytest.fixture
def is_followed() -> bool:
    """Everybody presses everything here already."""
    return False


TEXTS = (
    "mug under 50",
    "where is my parcel",
    "4111 1111 1111 1111",
    "hello",
    "3",
    "/track 1",
    "/start o_x",
    "/search mug",
)
REPLIES = ("RR123456785PT", "refund 1.00", "hello")


@dataclass
class Trial:
    """One person, and what came of all that they did. *asked* are the permissions that the latest press was asked for."""

    shop: Shop
    watch: Watch
    person: Person
    secrets: tuple[str, ...]
    asked: list[Permission] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    count: int = 0
    _before: set[matrix.Row] = field(default_factory=set)

    async def sees_and_moves_nothing(self, what: str, act: Callable[[], Awaitable[None]]) -> None:
        before, mark = self._before or rows(self.shop), len(self.watch.looks)
        await act()
        self.count += 1
        self._before = rows(self.shop)
        seen = [str(look) for look in self.watch.since(mark) if look.chat_id == self.person.chat_id]
        leaked = [secret for secret in self.secrets if secret in " ".join([*seen, self.person.toast])]
        moved = changed(before, self._before, but_for=self.person.id)
        if leaked or moved:
            self.wrong.append(f"{self.person.name}, {what}: {leaked} {list(matrix.named(moved))}")

    async def presses(self, data: str) -> None:
        message_id = self.person.from_bot[-1]["message_id"] if self.person.from_bot else 1
        await self.person.taps_data(message_id, data)

    async def awaits(self, state: Awaiting) -> None:
        """The chat waits for this text."""
        key = f"{self.shop.world.bot_id}:{self.person.chat_id}:{self.person.id}"
        async with self.shop.app.db.begin() as session:
            await session.merge(ConversationState(key=key, state=state, data={}, updated_at=self.shop.clock()))
        self._before = rows(self.shop)


Begins = Callable[[Person], Trial]


@pytest.fixture
def shop_url(sqlite_file_url: str) -> str:
    """A file, all of which is read after each of thousands of presses."""
    return sqlite_file_url


@pytest.fixture
async def lived_in(shop: Shop) -> Shop:
    """Everything that Ann and Max can be shown has been shown to them."""
    await lives(shop)
    watch = watches(shop.world)
    await Crawl(shop, shop.max, watch, harmless=True).everything([])
    await Crawl(shop, shop.ann, watch, harmless=True).everything(commands())
    return shop


@pytest.fixture
async def trial_of(lived_in: Shop, monkeypatch: pytest.MonkeyPatch) -> Begins:
    secrets = await _anns(lived_in)
    watch = watches(lived_in.world)
    trials: list[Trial] = []

    def begun(person: Person) -> Trial:
        trials.append(Trial(lived_in, watch, person, secrets))
        return trials[-1]

    require, call = staff.require, HandlerObject.call

    async def noted(session: Any, telegram_id: int, permission: Permission) -> Role:
        trials[-1].asked.append(permission)
        return await require(session, telegram_id, permission)

    async def called(handler: HandlerObject, /, *args: Any, **kwargs: Any) -> Any:
        for trial in trials:
            trial.reached.add(matrix.name_of(handler))
        return await call(handler, *args, **kwargs)

    monkeypatch.setattr(staff, "require", noted)
    monkeypatch.setattr(HandlerObject, "call", called)
    return begun


async def _anns(shop: Shop) -> tuple[str, ...]:
    async with shop.app.db.read() as session:
        numbers = list(await session.scalars(select(Order.number)))
        parcels = [number for number in await session.scalars(select(Shipment.tracking_number)) if number]
    return (*numbers, *parcels, "Ann Lee", "912345678", "Rua Augusta")


def _pressed() -> Iterator[Known]:
    return (known for known in handlers() if known.button is not None)


async def _does_everything(trial: Trial) -> None:
    """Presses every button, sends every command and text, answers every question that the shop could be asking, shares everything."""
    for known in _pressed():
        for data in await buttons(trial.shop, known):
            await trial.sees_and_moves_nothing(f"{known} by {data}", lambda data=data: trial.presses(data))  # type: ignore[misc]  # a lambda's default has no type of its own
    for text in (*commands(), *TEXTS):
        await trial.sees_and_moves_nothing(text, lambda text=text: trial.person.sends(text))  # type: ignore[misc]  # a lambda's default has no type of its own
    for state in Awaiting:
        await trial.awaits(state)
        await trial.sees_and_moves_nothing(f"answers {state}", lambda: trial.person.sends("Lisboa 3"))
    for thing in ("contact", "photo", "voice", "sticker"):
        act = trial.person.shares_contact if thing == "contact" else getattr(trial.person, f"sends_{thing}")
        await trial.sees_and_moves_nothing(thing, act)


async def test_another_customer_sees_and_moves_nothing(lived_in: Shop, trial_of: Begins) -> None:
    """Ivan's changed client sends every data of Ann's and of the staff's, in his own chat."""
    await lived_in.ivan.starts()
    trial = trial_of(lived_in.ivan)
    await _does_everything(trial)
    assert not trial.wrong


async def test_somebody_who_has_blocked_the_bot_sees_and_moves_nothing(lived_in: Shop, trial_of: Begins) -> None:
    """Presses of a moment ago still come in: they are handled, and nothing can be shown."""
    await lived_in.ivan.starts()
    await lived_in.ivan.blocks_bot()
    trial = trial_of(lived_in.ivan)
    for known in _pressed():
        for data in await buttons(lived_in, known):
            await trial.sees_and_moves_nothing(str(known), lambda data=data: trial.presses(data))  # type: ignore[misc]  # a lambda's default has no type of its own
    assert not trial.wrong


async def test_a_stranger_in_the_group_sees_and_moves_nothing(lived_in: Shop, trial_of: Begins) -> None:
    """Whoever was added to the staff's group has no role by that: the group's messages stay as they are."""
    trial = trial_of(_joins(lived_in, "Mallory"))
    await _does_everything(trial)
    await _replies_to_every_card(trial)
    assert not trial.wrong
    assert {look.text for look in trial.watch.looks if look.chat_id == lived_in.staff_chat} <= {REFUSED}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_may_what_its_table_says_and_no_more(lived_in: Shop, trial_of: Begins, role: Role) -> None:
    """Every button of the staff's asks for a permission; whoever lacks it is told so, and nothing moves."""
    person = _joins(lived_in, role.title())
    async with lived_in.app.db.begin() as session:
        await staff.grant(session, person.id, role, now=lived_in.clock())
    alone = in_private(person)
    await alone.starts()
    trial = trial_of(person)
    for known in _pressed():
        if known.audience is Audience.STAFF:
            trial.person = alone if known.is_private else person
            for data in await buttons(lived_in, known):
                await _is_asked_for_the_right(trial, known, data, MAY[role])
    assert not trial.wrong


async def _is_asked_for_the_right(trial: Trial, known: Known, data: str, granted: frozenset[Permission]) -> None:
    before = rows(trial.shop)
    trial.asked.clear()
    await trial.presses(data)
    is_refused = trial.person.toast == REFUSED
    if not trial.asked:
        trial.wrong.append(f"{known} asks for no permission ({data})")
    if is_refused == (set(trial.asked) <= granted):
        trial.wrong.append(f"{known} asks for {trial.asked}: {trial.person.toast!r}")
    if is_refused and (moved := changed(before, rows(trial.shop), but_for=trial.person.id)):
        trial.wrong.append(f"{known}, refused: {list(matrix.named(moved))}")


async def test_every_button_is_somebodys(lived_in: Shop, trial_of: Begins) -> None:
    """None is left out of all this because its handler is never reached by it."""
    trial = trial_of(lived_in.max)
    alone = trial_of(in_private(lived_in.max))
    await alone.person.starts()
    for known in _pressed():
        for data in await buttons(lived_in, known):
            await trial.presses(data)
            await alone.presses(data)
    assert not {str(known) for known in _pressed()} - trial.reached - alone.reached


def _joins(shop: Shop, name: str) -> Person:
    """Somebody new, in the staff's group."""
    user = shop.world.add_user(name, language_code="en")
    shop.world.chats[shop.staff_chat].members[user.id] = "member"
    shop.world.private_chat(user.id)
    return Person(shop.world, user.id, chat_id=shop.staff_chat)


async def _replies_to_every_card(trial: Trial) -> None:
    for message in [each for each in trial.person.from_bot if "Order" in str(each.get("text"))]:
        for text in REPLIES:
            reply = lambda text=text, to=message["message_id"]: trial.person.sends(text, reply_to=to)  # noqa: E731 - a value that is called
            await trial.sees_and_moves_nothing(f"replies {text}", reply)
