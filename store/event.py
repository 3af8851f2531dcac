"""What every event is; those that there are stand in `store/events.py`."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    type: ClassVar[str]

    @property
    def subject(self) -> str:
        """What the event is about: events of one subject are told in the order in which they happened."""
        raise NotImplementedError("every event names its subject")

    def payload(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    order_id: int

    @property
    def subject(self) -> str:
        return f"order:{self.order_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentEvent(OrderEvent):
    shipment_id: int
