"""The links that a process has handed out: for gateways whose provider would make a new one at every request."""

from collections import OrderedDict

from store.payments.gateway import GatewayError, PaymentLink, PaymentRequest

_MOST = 1000


class OpenLinks:
    """The same request gets the same link, and a reference never another amount. What is older than a thousand others is forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, str, PaymentLink]] = OrderedDict()

    def of(self, request: PaymentRequest) -> PaymentLink | None:
        """Raises: GatewayError."""
        if (known := self._known.get(request.merchant_ref)) is None:
            return None
        amount_minor, currency, link = known
        if (amount_minor, currency) != (request.amount_minor, request.currency):
            raise GatewayError("this reference asks for another amount already")
        return link

    def keep(self, request: PaymentRequest, link: PaymentLink) -> PaymentLink:
        self._known[request.merchant_ref] = (request.amount_minor, request.currency, link)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return link
