"""A process of its own that holds Ann's lock until it is killed. `python -m tests.bot.hold_lock URL LEASE_S`"""

import asyncio
import sys

from aiogram.fsm.storage.base import StorageKey
from pydantic import SecretStr

from bot.fsm import PersonLocks
from bot.redis import Redis
from bot.redis_fsm import SharedLocks


async def hold(url: str, lease_s: float) -> None:
    locks = SharedLocks(Redis(SecretStr(url), prefix="test"), PersonLocks(), lease_s=lease_s)
    async with locks.lock(StorageKey(bot_id=1, chat_id=7, user_id=7)):
        sys.stdout.write("holding\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], float(sys.argv[2])))
