"""Facts that concern the staff's desk alone."""

from dataclasses import dataclass
from typing import ClassVar

from store.event import Event, OrderEvent


class CardWanted(OrderEvent):
    """Somebody of the staff has asked for the order's card, which was told in a list, or is far up."""

    type = "order.card_wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNeglected(OrderEvent):
    """Nobody has accepted it for too long; once per level. 1: the staff is reminded, 2: the owner is told."""

    type: ClassVar[str] = "order.neglected"
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPiledUp(Event):
    """More orders came at once than a group can be told one by one."""

    type: ClassVar[str] = "orders.piled_up"
    order_ids: list[int]

    @property
    def subject(self) -> str:
        return "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnded(Event):
    """A day of the shop is over, by its own clock; *day* is "2026-03-02"."""

    type: ClassVar[str] = "day.ended"
    day: str

    @property
    def subject(self) -> str:
        return "days"
