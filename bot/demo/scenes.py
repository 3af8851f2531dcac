"""Who lives in the demo: three customers who speak three languages, and the staff group of the shop."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.demo.people import Person
from bot.demo.state import User
from bot.demo.world import World

# No bot of this name can exist: Telegram wants a letter first. A link to it leads nowhere, and to nobody's bot.
BOT_USERNAME = "0_local_demo_bot"
BOT_NAME = "Harbor Goods"
STAFF_GROUP = "Harbor Goods staff"


class Part(StrEnum):
    """What somebody is to the shop."""

    CUSTOMER = "customer"
    OWNER = "owner"
    PACKER = "packer"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Figure:
    user: User
    part: Part
    phone: str

    @property
    def is_staff_side(self) -> bool:
        """In the staff group; the stranger sits there too, and may do nothing."""
        return self.part is not Part.CUSTOMER


CAST = (
    Figure(User(700_000_001, "Ann", "Taylor", "ann_taylor", "en"), Part.CUSTOMER, "+351912345678"),
    Figure(User(700_000_002, "李雷", None, "lilei", "zh-hans"), Part.CUSTOMER, "+8613812345678"),
    Figure(User(700_000_003, "Иван", "Петров", "ivan_petrov", "ru"), Part.CUSTOMER, "+79161234567"),
    Figure(User(700_000_011, "Max", "Moreira", "max_harbor", "en"), Part.OWNER, "+351911111111"),
    Figure(User(700_000_012, "Petra", "Costa", "petra_packs", "en"), Part.PACKER, "+351922222222"),
    Figure(User(700_000_013, "Theo", None, "theo_passing_by", "en"), Part.STRANGER, "+351933333333"),
)
OWNER = next(figure for figure in CAST if figure.part is Part.OWNER)


def furnish(world: World) -> int:
    """Everybody is there, and so is the staff group: its id. Changes nothing in a world that was furnished before."""
    for figure in CAST:
        world.users.setdefault(figure.user.id, replace(figure.user))
    group = next((chat for chat in world.chats.values() if chat.title == STAFF_GROUP), None)
    if group is None:
        members = [figure.user.id for figure in CAST if figure.is_staff_side]
        group = world.add_group(STAFF_GROUP, members)
    return group.id


def person(world: World, user_id: int, chat_id: int) -> Person:
    """One of the cast in a chat that is theirs. Raises: LookupError."""
    figure = next((figure for figure in CAST if figure.user.id == user_id), None)
    if figure is None:
        raise LookupError("nobody here has this id")
    if chat_id != user_id and user_id not in getattr(world.chats.get(chat_id), "members", {}):
        raise LookupError(f"{figure.user.first_name} is not in this chat")
    return Person(world, user_id, chat_id=chat_id, phone=figure.phone)
