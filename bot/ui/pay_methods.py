"""What the ways to pay are called: in the chat, and on pages of a process that does not speak with Telegram."""

from bot.ui.i18n import Translator, noop

# Gateways that the table does not know are shown by their own name.
_LABELS = {
    "alipay": noop("Alipay"),
    "cash": noop("Cash on delivery"),
    "paypal": noop("PayPal"),
    "sandbox": noop("Card (test)"),
    "stars": noop("Telegram Stars"),
    "stripe": noop("Card"),
    "telegram": noop("Card in Telegram"),
    "transfer": noop("Bank transfer"),
    "wechat": noop("WeChat Pay"),
}
_AT_THE_COUNTER = {"cash": noop("Pay at pick-up")}


def method_label(gateway: str, t: Translator, *, delivery_kind: str = "") -> str:
    """How a customer calls the way to pay."""
    label = _AT_THE_COUNTER.get(gateway) if delivery_kind == "pickup" else None
    label = label or _LABELS.get(gateway) or _LABELS.get(gateway.partition("_")[0])
    return t.label(label) if label else gateway.replace("_", " ").capitalize()
