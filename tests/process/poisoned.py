"""`dukkan run` with one conversation more: whoever writes "die" ends the process, as a fault in a library of the machine's would."""

import os
import sys

from aiogram.filters import Filter
from aiogram.types import Message

from bot import incoming, running
from bot.settings import load
from handlers.routing import AudienceRouter, everyone_router

EXIT_CODE = 9


class SaysDie(Filter):
    async def __call__(self, message: Message) -> bool:
        return message.text == "die"


router = everyone_router(__name__)


@router.message(SaysDie())
async def die(message: Message) -> None:
    os._exit(EXIT_CODE)


_known = incoming.routers


def _with_poison() -> list[AudienceRouter]:
    return [router, *_known()]


if __name__ == "__main__":
    incoming.routers = _with_poison
    sys.exit(running.run(load()))
