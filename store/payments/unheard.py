"""What gateways have in common whose provider says nothing to the shop by itself, or nothing at all."""

from collections.abc import Mapping
from datetime import datetime

from store.payments.gateway import (
    BadSignature,
    Closed,
    PaymentRequest,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Reply,
)


class Unheard:
    """Nothing is sent to the shop's address, so whatever comes there is somebody else's."""

    name: str

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        raise BadSignature(f"{self.name} sends no notifications")

    def reply(self, accepted: bool) -> Reply:
        return Reply(400)


class SettledByHand(Unheard):
    """Nobody can be asked either. What came in and went back is written down by a person: `by_hand`."""

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        return []

    async def close(self, request: PaymentRequest) -> Closed:
        """Nobody can be kept from paying: what still comes is written down as late."""
        return Closed.CLOSED

    async def refund(self, request: RefundRequest) -> RefundResult:
        """Waits for the person who gives it back and says so."""
        return RefundResult(RefundOutcome.PENDING)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        return RefundResult(RefundOutcome.PENDING)
