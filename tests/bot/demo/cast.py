"""The demo's people at work, in whatever language they read."""

from bot.demo.opening import Demo
from bot.demo.people import Person
from bot.demo.scenes import CAST, Part, person
from bot.demo.state import User


def buyer(language: str) -> User:
    return next(f.user for f in CAST if (f.user.language_code or "").startswith(language) and f.part is Part.CUSTOMER)


def buyer_of(demo: Demo, language: str) -> Person:
    user = buyer(language)
    return person(demo.world, user.id, user.id)


async def presses(who: Person, *prefixes: str) -> None:
    """The newest button of each kind, whatever is written on it."""
    for prefix in prefixes:
        found = (
            (message["message_id"], button["callback_data"])
            for message in reversed(who.from_bot)
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if str(button.get("callback_data")).partition(":")[0] == prefix
        )
        await who.taps_data(*next(found))
