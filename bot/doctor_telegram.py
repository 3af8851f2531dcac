"""The doctor asks Telegram: is the token right, where do updates go, may the bot write to the staff, and what time is it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.finding import Finding, Patient, fine, look, wrong
from bot.settings import Settings

ANSWER_WITHIN_S = 10
CLOCK_MAX_S = 30
PENDING_MANY = 100
_WRITES = ("creator", "administrator", "member")


@dataclass(frozen=True, slots=True)
class Answer:
    """*result* is empty for a refusal, whose *description* says why. *date*: when it was given, by Telegram's clock."""

    code: int
    result: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    date: datetime | None = None


class Unreachable(Exception):
    """Why nobody answered, without the address: it holds the token."""


async def findings(patient: Patient) -> list[Finding]:
    settings = patient.settings
    if settings.bot_token is None:
        return [wrong("token", "BOT_TOKEN is missing", "@BotFather gives you one; put it into .env")]
    async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S) as client:
        try:
            return await _asked(client, patient)
        except Unreachable as error:
            told = f"Telegram cannot be reached at {settings.telegram_api_url}: {error}"
            return [wrong("telegram", told, "check this machine's network, its proxy, and TELEGRAM_API_URL")]


async def _asked(client: httpx.AsyncClient, patient: Patient) -> list[Finding]:
    settings = patient.settings
    me = await ask(client, settings, "getMe")
    found = [token_is_known(me)]
    if me.date is not None:
        found.append(clock_is_right(patient.clock(), me.date))
    if me.code != httpx.codes.OK:
        return found
    found.append(webhook_is_ours(await ask(client, settings, "getWebhookInfo"), settings, now=patient.clock()))
    return [*found, await staff_can_be_told(client, settings, bot_id=int(me.result.get("id", 0)))]


async def ask(client: httpx.AsyncClient, settings: Settings, method: str, **parameters: object) -> Answer:
    """Raises: Unreachable."""
    assert settings.bot_token is not None
    url = f"{settings.telegram_api_url}/bot{settings.bot_token.get_secret_value()}/{method}"
    try:
        response = await client.post(url, json=parameters)
        told = response.json()
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__) from None
    except ValueError:
        raise Unreachable("what answers there is no Bot API") from None
    if not isinstance(told, dict):
        raise Unreachable("what answers there is no Bot API")
    result = told.get("result")
    return Answer(
        response.status_code,
        result if isinstance(result, dict) else {},
        str(told.get("description", "")),
        _date(response.headers.get("date", "")),
    )


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None


def token_is_known(me: Answer) -> Finding:
    if me.code == httpx.codes.OK:
        return fine("token", f"it is @{me.result.get('username', '?')}'s")
    if me.code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
        return wrong("token", "Telegram does not accept BOT_TOKEN", "copy it once more from @BotFather")
    return wrong("token", f"Telegram answers {me.code}: {me.description}", "wait a little and ask again")


def clock_is_right(now: datetime, telegrams: datetime) -> Finding:
    """Holds run out and signatures expire by this clock. Telegram's tells whole seconds."""
    ahead_s = round((now - telegrams).total_seconds())
    if abs(ahead_s) <= CLOCK_MAX_S:
        return fine("clock", "this machine's clock is right")
    side = "ahead of" if ahead_s > 0 else "behind"
    todo = "let the system keep it: timedatectl set-ntp true"
    return wrong("clock", f"this machine's clock is {abs(ahead_s)} s {side} Telegram's", todo)


def webhook_is_ours(answer: Answer, settings: Settings, *, now: datetime) -> Finding:
    """Updates go where the settings say, and arrive."""
    told, wanted = answer.result, settings.webhook_url or ""
    url, pending = str(told.get("url", "")), int(told.get("pending_update_count", 0))
    if url != wanted:
        return _astray(url, wanted)
    if error := _last_error(told, now=now):
        todo = "see that the proxy leads there and its certificate is valid; Telegram goes on trying"
        return wrong("webhook", f"Telegram could not bring updates: {error}; {pending} wait", todo)
    where = f"updates are brought to {url}" if url else "updates are fetched"
    if pending > PENDING_MANY:
        return look("webhook", f"{where}, and {pending} wait", "see that a process with the role bot runs")
    return fine("webhook", f"{where}; {pending} wait")


def _astray(url: str, wanted: str) -> Finding:
    if not url:
        return look("webhook", f"no webhook is set yet; {wanted} is to be", "`dukkan run` sets it when it starts")
    if wanted:
        told = f"updates are brought to {url} instead of {wanted}"
        return look("webhook", told, "`dukkan run` sets it when it starts; see that no other program uses this token")
    told = f"updates are brought to {url}, and the settings say that they are fetched"
    return wrong("webhook", told, "`dukkan run` may fetch none while it stands: stop the program that has set it")


def _last_error(told: Mapping[str, Any], *, now: datetime) -> str | None:
    """Of the last hour: Telegram remembers the last one for ever."""
    at, message = int(told.get("last_error_date", 0)), str(told.get("last_error_message", ""))
    return message if message and now.timestamp() - at < 3600 else None


async def staff_can_be_told(client: httpx.AsyncClient, settings: Settings, *, bot_id: int) -> Finding:
    """The bot may write where orders are told."""
    chat_id = settings.staff_chat
    if chat_id is None:
        todo = "set STAFF_CHAT_ID or OWNER_ID"
        return look("staff chat", "nobody is told of orders: neither STAFF_CHAT_ID nor OWNER_ID is set", todo)
    chat = await ask(client, settings, "getChat", chat_id=chat_id)
    if chat.code != httpx.codes.OK:
        todo = (
            "add the bot to the group and look at its number again"
            if chat_id < 0
            else "the owner must press Start in the bot's chat"
        )
        return wrong("staff chat", f"the bot cannot write to {chat_id}: {chat.description}", todo)
    if chat.result.get("type") == "private":
        return fine("staff chat", "the owner's chat is open")
    member = await ask(client, settings, "getChatMember", chat_id=chat_id, user_id=bot_id)
    if not may_write(member.result, chat.result):
        return wrong(
            "staff chat", "the bot is in the group and may not write", "let it send messages, or make it an admin"
        )
    return fine("staff chat", f"the bot may write to {chat.result.get('title', chat_id)}")


def may_write(member: Mapping[str, Any], chat: Mapping[str, Any]) -> bool:
    """A group can take the right to write from all its members, or from one."""
    status = member.get("status")
    if status == "restricted":
        return bool(member.get("can_send_messages"))
    for_all = chat.get("permissions") or {}
    return status in _WRITES and (status != "member" or bool(for_all.get("can_send_messages", True)))
