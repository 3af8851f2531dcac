"""The ways to pay that need nobody outside: inside Telegram, and to the shop's own bank account."""

from collections.abc import Iterator
from datetime import timedelta

from bot.settings import Settings, require_token
from bot.settings_accounts import provider_name
from bot.telegram_payments import Ask, TelegramPayments, TelegramStars, Terms
from store.payments.gateway import PaymentGateway
from store.payments.telegram_facts import CARDS
from store.payments.transfer import NAME as TRANSFER
from store.payments.transfer import BankAccount, BankTransfer


def gateways(settings: Settings, telegram: Ask) -> Iterator[PaymentGateway]:
    """Raises: BadKeys; SettingsError for Stars without a bot."""
    yield from (_cards(settings, label, telegram) for label in settings.telegram)
    if settings.telegram_stars:
        bot_id = int(require_token(settings).get_secret_value().partition(":")[0])
        yield TelegramStars(telegram, bot_id=bot_id)
    yield from (_transfer(settings, label) for label in settings.transfer)


def _cards(settings: Settings, label: str, telegram: Ask) -> PaymentGateway:
    account = settings.telegram[label]
    terms = Terms(**account.model_dump(exclude={"provider_token"}))
    token, setting = account.provider_token.get_secret_value(), f"TELEGRAM__{label.upper()}"
    return TelegramPayments(telegram, token=token, terms=terms, name=provider_name(CARDS, label), setting=setting)


def _transfer(settings: Settings, label: str) -> PaymentGateway:
    account = settings.transfer[label]
    known = account.model_dump(exclude={"account", "hold_days"})
    to = BankAccount(number=account.account, hold=timedelta(days=account.hold_days), **known)
    return BankTransfer(to, name=provider_name(TRANSFER, label), setting=f"TRANSFER__{label.upper()}")
