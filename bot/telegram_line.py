"""Calls of the Bot API that belong to no conversation: what the gateways inside Telegram ask. Nothing of aiogram is imported before the first one."""

from typing import TYPE_CHECKING, Any

from bot.settings import Settings, require_token
from bot.telegram_payments import Refused
from store.payments.gateway import GatewayError

if TYPE_CHECKING:  # a process that does not speak with Telegram never imports aiogram
    from aiogram import Bot
    from aiogram.client.session.base import BaseSession

CALL_TIMEOUT_S = 30


class TelegramLine:
    """*bot* is the one that the process speaks through; without it, as on a machine that only runs the jobs, the first call makes one."""

    def __init__(self, settings: Settings, session: "BaseSession | None") -> None:
        self.bot: Bot | None = None
        self._settings, self._session = settings, session
        self._own: Bot | None = None

    async def __call__(self, method: str, **values: Any) -> Any:
        """The result of the call, asked once. Raises: Refused, GatewayError."""
        from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest, TelegramForbiddenError

        from bot.calls import call
        from bot.refusals import reason

        bot = self.bot or self._made()
        try:
            return await bot(call(method, **values))
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            raise Refused(reason(error)) from None  # the call itself holds the provider's token
        except (TelegramAPIError, ClientDecodeError) as error:
            raise GatewayError(type(error).__name__) from None

    def _made(self) -> "Bot":
        if self._own is None:
            self._own = new_bot(self._settings, self._session)
        return self._own

    async def close(self) -> None:
        if self._own is not None:
            await self._own.session.close()


def new_bot(settings: Settings, session: "BaseSession | None") -> "Bot":
    """Raises: SettingsError without a token."""
    from aiogram import Bot
    from aiogram.client.telegram import TelegramAPIServer

    from bot.session import Line

    token = require_token(settings).get_secret_value()
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    return Bot(token, session=session or Line(api=server, timeout=CALL_TIMEOUT_S))
