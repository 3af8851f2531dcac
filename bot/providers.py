"""Who the shop works with: providers of payment, and carriers; the sandboxes where a merchant wants them."""

import contextlib
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from starlette.applications import Starlette

from bot import providers_chat
from bot.settings import Settings, SettingsError
from bot.settings_accounts import provider_name
from bot.telegram_payments import Ask
from bot.web.carriers import push_path
from store import wire
from store.parcels.aftership import AfterShip
from store.parcels.carrier import Carrier
from store.parcels.dhl import Dhl
from store.parcels.following import Following
from store.parcels.kuaidi100 import Kuaidi100
from store.parcels.line import Line
from store.parcels.office import Office
from store.parcels.registry import Carriers, OtherCarrier
from store.parcels.sandbox import SandboxCarrier
from store.parcels.sf import SfExpress
from store.parcels.track17 import Track17
from store.parcels.ups import Ups
from store.parcels.zto import Zto
from store.payments.cash import CashOnDelivery
from store.payments.gateway import BadKeys, PaymentGateway
from store.payments.registry import Gateways, registry
from store.payments.sandbox import SandboxGateway, http_post
from store.payments.sandbox_bank import SandboxBank
from store.payments.sandbox_books import SANDBOX
from store.seal import Seal, kept_secret

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
NOBODY: Mapping[str, bool] = MappingProxyType({})


def bank(settings: Settings, client: httpx.AsyncClient) -> tuple[SandboxBank | None, str]:
    secret = settings.sandbox_secret.get_secret_value() if settings.sandbox_secret else secrets.token_hex(16)
    if not settings.sandbox_payments:
        return None, secret
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "sandbox-bank.json"
    post = http_post(client, "/pay/{gateway}/webhook")
    with _readable(path):
        return SandboxBank(secret=secret, base_url=settings.pay_base, post=post, path=path), secret


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """A sandbox's own file, which somebody may have edited. Raises: SettingsError."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(f"{path} is damaged: move it away, the sandbox begins a new one") from None


def gateways(
    settings: Settings,
    sandbox: SandboxBank | None,
    secret: str,
    clock: Clock,
    client: httpx.AsyncClient,
    telegram: Ask,
    plays: Mapping[str, bool] = NOBODY,
) -> Gateways:
    """Every way to pay that the merchant has set up, in the order in which they are offered. Raises: SettingsError.

    *plays* are the providers that the sandbox bank stands in for, and whether they show a code to scan.
    """
    offered: list[PaymentGateway] = []
    if sandbox is not None:
        offered += [
            SandboxGateway(sandbox, secret=secret, clock=clock, name=name, has_code=has_code)
            for name, has_code in ({SANDBOX: False} | dict(plays)).items()
        ]
    try:
        offered += [*_gateways_with_accounts(settings, clock, client), *providers_chat.gateways(settings, telegram)]
    except BadKeys as error:
        raise SettingsError(str(error)) from None
    return registry(*offered, CashOnDelivery())


async def as_set_up(settings: Settings) -> Gateways:
    """Every way to pay, to be looked at: nobody is asked for anything. Raises: SettingsError."""

    async def nobody(*_: Any, **__: Any) -> Any:
        raise RuntimeError("these gateways are to be looked at")

    async with wire.new_client() as client:
        sandbox, secret = bank(settings, client)
        return gateways(settings, sandbox, secret, lambda: datetime.now(UTC), client, nobody)


def _gateways_with_accounts(settings: Settings, clock: Clock, client: httpx.AsyncClient) -> Iterator[PaymentGateway]:
    """One line a provider. What it needs is imported by who has an account there. Raises: BadKeys."""
    yield from (_alipay(settings, label, clock, client) for label in settings.alipay)
    yield from (_paypal(settings, label, clock, client) for label in settings.paypal)
    yield from (_stripe(settings, label, clock, client) for label in settings.stripe)
    yield from (_wechat(settings, label, clock, client) for label in settings.wechat)


def _alipay(settings: Settings, label: str, clock: Clock, client: httpx.AsyncClient) -> PaymentGateway:
    from store.payments.alipay import NAME, AlipayGateway
    from store.payments.alipay_keys import alipay_keys
    from store.payments.alipay_wire import LIVE_URL, SANDBOX_URL

    account = settings.alipay[label]
    return AlipayGateway(
        client,
        alipay_keys(
            private_key=account.private_key.get_secret_value(),
            public_key=account.public_key,
            app_cert=account.app_cert,
            alipay_cert=account.alipay_cert,
            root_cert=account.root_cert,
            prefix=f"ALIPAY__{label.upper()}",
        ),
        app_id=account.app_id,
        seller_id=account.seller_id,
        base_url=settings.pay_base,
        clock=clock,
        mode=account.mode,
        name=provider_name(NAME, label),
        endpoint=account.api_url or (SANDBOX_URL if account.sandbox else LIVE_URL),
    )


def _stripe(settings: Settings, label: str, clock: Clock, client: httpx.AsyncClient) -> PaymentGateway:
    from store.payments.stripe import NAME, StripeGateway

    account = settings.stripe[label]
    return StripeGateway(
        client,
        secret_key=account.secret_key.get_secret_value(),
        webhook_secret=account.webhook_secret.get_secret_value(),
        base_url=settings.pay_base,
        clock=clock,
        name=provider_name(NAME, label),
        api_url=account.api_url,
        prefix=f"STRIPE__{label.upper()}",
    )


def _wechat(settings: Settings, label: str, clock: Clock, client: httpx.AsyncClient) -> PaymentGateway:
    from store.payments.wechat import NAME, Mode, WechatGateway
    from store.payments.wechat_keys import wechat_keys

    account = settings.wechat[label]
    keys = wechat_keys(
        mchid=account.mchid,
        appid=account.appid,
        serial=account.serial,
        private_key=account.private_key.get_secret_value(),
        api_v3_key=account.api_v3_key.get_secret_value(),
        public_key_id=account.public_key_id,
        public_key=account.public_key,
        prefix=f"WECHAT__{label.upper()}",
    )
    return WechatGateway(
        keys,
        client,
        base_url=settings.pay_base,
        clock=clock,
        mode=Mode(account.mode),
        name=provider_name(NAME, label),
        api=account.api_url,
    )


def _paypal(settings: Settings, label: str, clock: Clock, client: httpx.AsyncClient) -> PaymentGateway:
    from store.payments.paypal import NAME, PaypalGateway
    from store.payments.paypal_keys import paypal_keys

    account = settings.paypal[label]
    keys = paypal_keys(
        client_id=account.client_id,
        client_secret=account.client_secret.get_secret_value(),
        webhook_id=account.webhook_id,
        mode=account.mode,
        brand=account.brand,
        prefix=f"PAYPAL__{label.upper()}",
    )
    return PaypalGateway(keys, client, clock=clock, name=provider_name(NAME, label))


def carriers(settings: Settings, client: httpx.AsyncClient) -> Carriers:
    """Everybody who may carry a parcel of the shop's, by name; what no other recognises is left to the last. Raises: SettingsError."""
    known: list[Carrier] = [] if not settings.sandbox_parcels else [_sandbox_post(settings)]
    return {carrier.name: carrier for carrier in (*known, *_carriers_with_accounts(settings, client), OtherCarrier())}


def _sandbox_post(settings: Settings) -> SandboxCarrier:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "sandbox-parcels.json"
    with _readable(path):
        return SandboxCarrier(path=path)


def _carriers_with_accounts(settings: Settings, client: httpx.AsyncClient) -> Iterator[Carrier]:
    """Carriers themselves stand before aggregators: of two that know a parcel the first is asked."""
    for label, sf in settings.sf.items():
        name = provider_name("sf", label)
        yield SfExpress(Line(client, "SF Express"), sf.partner_id, sf.check_word.get_secret_value(), sf.url, name)
    for label, zto in settings.zto.items():
        name = provider_name("zto", label)
        yield Zto(Line(client, "ZTO"), zto.app_key, zto.app_secret.get_secret_value(), zto.base_url, name)
    for label, dhl in settings.dhl.items():
        yield Dhl(Line(client, "DHL"), dhl.api_key.get_secret_value(), dhl.base_url, provider_name("dhl", label))
    for label, ups in settings.ups.items():
        keys = ups.client_id, ups.client_secret.get_secret_value()
        yield Ups(Line(client, "UPS"), *keys, ups.base_url, provider_name("ups", label))
    for label, kuaidi in settings.kuaidi100.items():
        urls = kuaidi.query_url, kuaidi.subscribe_url, kuaidi.detect_url
        name, line = provider_name("kuaidi100", label), Line(client, "Kuaidi100")
        yield Kuaidi100(line, kuaidi.customer, kuaidi.key.get_secret_value(), *urls, name)
    for label, track17 in settings.track17.items():
        name = provider_name("track17", label)
        yield Track17(Line(client, "17TRACK", timeout_s=30), track17.key.get_secret_value(), track17.base_url, name)
    for label, ship in settings.aftership.items():
        name, secret = provider_name("aftership", label), ship.webhook_secret
        key = ship.api_key.get_secret_value()
        yield AfterShip(
            Line(client, "AfterShip"), key, secret.get_secret_value() if secret else None, ship.base_url, name
        )


def office(settings: Settings, seal: Seal, sleep: Sleep) -> Office:
    """What the shop has beside its carriers. Pushes come only where the world can bring them."""
    base = settings.public_url or ""

    def push_url(carrier: str) -> str | None:
        return base + push_path(seal, carrier) if base.startswith("https://") else None

    return Office(seal, push_url, sleep, Following(settings.follow_parcels))


def seal(settings: Settings) -> Seal:
    """What seals phones, and names the addresses of pushes: SECRET_KEY, else a file in DATA_DIR. Raises: SettingsError."""
    if settings.secret_key is not None:
        return Seal(settings.secret_key.get_secret_value())
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "secret.key"
    try:
        return Seal(kept_secret(path))
    except (OSError, ValueError):
        raise SettingsError(f"{path} cannot be read or written: mend it, or set SECRET_KEY") from None


def own_client(web: Starlette) -> httpx.AsyncClient:
    """Reaches our own web pages without a socket: whichever port they have, and whatever the world calls them."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://dukkan.invalid", timeout=10)
