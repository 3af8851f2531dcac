"""A carrier for demonstrations and tests: its parcels move because time passes, and for no other reason.

The journey is computed from the number and the clock alone: the number carries its birth moment and its route. What somebody does to a parcel
(stall it, lose it, fail a delivery) is the carrier's own knowledge and lies in the carrier's own file, not in the shop's database.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.parcels.carrier import CarrierCapabilities, CarrierError, ScanReport, Stage, Tracked, TrackingRequest, Window
from store.parcels.plain import PlainCarrier

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_DIGITS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
_PREFIX = "SB"
_MOMENT_LENGTH = 5  # 32⁵ minutes: 63 years
_ROUTE_AT = len(_PREFIX) + _MOMENT_LENGTH
# No tracking number of ours reads like this.
_LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Stop:
    """A point of a journey: so many hours after the label was made."""

    after_h: float
    stage: Stage
    text: str
    place: str = ""


HOME = (
    Stop(0, Stage.INFO_RECEIVED, "Label created"),
    Stop(3, Stage.HANDED_OVER, "Parcel accepted at counter", "Harbor depot"),
    Stop(10, Stage.IN_TRANSIT, "Departed sorting centre", "Harbor depot"),
    Stop(22, Stage.IN_TRANSIT, "Arrived at regional hub", "North hub"),
    Stop(31, Stage.OUT_FOR_DELIVERY, "With courier for delivery", "North hub"),
    Stop(36, Stage.DELIVERED, "Delivered, signed by recipient"),
)
ABROAD = (
    Stop(0, Stage.INFO_RECEIVED, "Label created"),
    Stop(4, Stage.HANDED_OVER, "Parcel accepted at counter", "Harbor depot"),
    Stop(14, Stage.IN_TRANSIT, "Departed origin airport", "Lisbon"),
    Stop(38, Stage.IN_TRANSIT, "Arrived in destination country"),
    Stop(44, Stage.CUSTOMS, "Presented to customs"),
    Stop(62, Stage.IN_TRANSIT, "Released by customs"),
    Stop(80, Stage.IN_TRANSIT, "Arrived at delivery depot"),
    Stop(97, Stage.OUT_FOR_DELIVERY, "With courier for delivery"),
    Stop(102, Stage.DELIVERED, "Delivered, signed by recipient"),
)
_ROUTES = {"H": HOME, "A": ABROAD}


@dataclass(frozen=True, slots=True)
class Mishap:
    """What was done to a parcel. Moments are ISO strings; `shift_h` moves the rest of the journey (negative: earlier)."""

    shift_h: float = 0
    stalled_at: str | None = None
    lost_at: str | None = None
    failed_attempt: bool = False
    in_locker: bool = False


@dataclass
class SandboxCarrier(PlainCarrier):
    """`path` None keeps mishaps in memory only. `is_down` makes every call fail, as a carrier's API sometimes does."""

    path: Path | None = None
    home_country: str = "PT"
    name: str = "sandbox"
    title: str = "Sandbox Post"
    is_down: bool = False
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(max_batch=20, min_interval=timedelta(minutes=30), makes_labels=True)
    )

    def __post_init__(self) -> None:
        stored = json.loads(self.path.read_text()) if self.path and self.path.exists() else {}
        self.labels: dict[str, str] = stored.pop(_LABELS, {})
        self._mishaps = {number: Mishap(**values) for number, values in stored.items()}

    async def new_label(self, *, key: str, destination_country: str | None, now: datetime) -> str:
        if self.is_down:
            raise CarrierError("sandbox carrier is down")
        if key not in self.labels:
            number = self._number(destination_country, now)
            while number in self.labels.values():  # there are 32,768 of a minute
                number = self._number(destination_country, now)
            self.labels[key] = number
            self._write()
        return self.labels[key]

    def _number(self, destination_country: str | None, now: datetime) -> str:
        route = "H" if destination_country in (None, self.home_country) else "A"
        minutes = int((now - _EPOCH).total_seconds() // 60)
        body = f"{_PREFIX}{_encode(minutes, _MOMENT_LENGTH)}{route}{_encode(secrets.randbelow(32**3), 3)}"
        return body + _check_digit(body)

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        if self.is_down:
            raise CarrierError("sandbox carrier is down")
        return [self._tracked(request.number, now) for request in requests]

    def recognises(self, number: str) -> bool:
        return _born(number) is not None

    # What a person can do to a parcel in the demo.

    def move_on(self, number: str, *, now: datetime) -> None:
        """The next scan happens now, and the rest as much earlier (or, after a stall, later) than it would have."""
        mishap = self._mishap(number)
        halted = _moment(mishap.stalled_at) or now
        self._keep(number, replace(mishap, stalled_at=None))
        upcoming = next((at for at, _ in self._journey(number) if at > halted), None)
        if upcoming is not None:
            shift_h = mishap.shift_h + (now - upcoming).total_seconds() / 3600
            self._keep(number, replace(mishap, stalled_at=None, shift_h=shift_h))

    def stall(self, number: str, *, now: datetime) -> None:
        self._keep(number, replace(self._mishap(number), stalled_at=now.isoformat()))

    def lose(self, number: str, *, now: datetime) -> None:
        self._keep(number, replace(self._mishap(number), lost_at=now.isoformat()))

    def fail_next_attempt(self, number: str) -> None:
        self._keep(number, replace(self._mishap(number), failed_attempt=True))

    def leave_in_locker(self, number: str) -> None:
        self._keep(number, replace(self._mishap(number), in_locker=True))

    def _mishap(self, number: str) -> Mishap:
        return self._mishaps.get(number, Mishap())

    def _keep(self, number: str, mishap: Mishap) -> None:
        self._mishaps[number] = mishap
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        mishaps = {number: asdict(kept) for number, kept in self._mishaps.items()}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(mishaps | {_LABELS: self.labels}))
        new.replace(self.path)

    def _tracked(self, number: str, now: datetime) -> Tracked:
        happened = tuple(
            ScanReport(stop.stage, at, stop.text, stop.place, raw_code=f"{stop.stage}".upper())
            for at, stop in self._journey(number)
            if at <= now
        )
        return Tracked(number, happened, self._eta(number))

    def _eta(self, number: str) -> Window | None:
        mishap = self._mishap(number)
        arrivals = [at for at, stop in self._journey(number) if stop.stage is Stage.DELIVERED]
        if mishap.stalled_at or mishap.lost_at or not arrivals:
            return None
        return Window(arrivals[-1] - timedelta(hours=12), arrivals[-1] + timedelta(hours=12))

    def _journey(self, number: str) -> Iterator[tuple[datetime, Stop]]:
        """Every scan this number has had and, as far as nothing more goes wrong, will have."""
        born = _born(number)
        if born is None:
            return
        mishap = self._mishap(number)
        route = _ROUTES[number[_ROUTE_AT]]
        stops = _with_failed_attempt(route) if mishap.failed_attempt else route
        stops = _with_locker(stops) if mishap.in_locker else stops
        halt = _moment(mishap.stalled_at) or _moment(mishap.lost_at)
        for stop in stops:
            at = born + timedelta(hours=stop.after_h * _pace(number) + (mishap.shift_h if stop.after_h else 0))
            if halt is not None and at > halt:
                break
            yield max(at, born), stop
        if lost := _moment(mishap.lost_at):
            yield lost + timedelta(hours=24), Stop(0, Stage.LOST, "Parcel cannot be located, search started")


def _with_failed_attempt(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    out, delivered = stops[-2], stops[-1]
    return (
        *stops[:-1],
        Stop(out.after_h + 4, Stage.FAILED_ATTEMPT, "Delivery attempted, nobody at home"),
        Stop(out.after_h + 24, Stage.OUT_FOR_DELIVERY, out.text, out.place),
        Stop(delivered.after_h + 24, Stage.DELIVERED, delivered.text),
    )


def _with_locker(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Brought to a locker instead of to the door, and taken out of it two evenings later."""
    delivered = stops[-1]
    return (
        *stops[:-1],
        Stop(delivered.after_h, Stage.READY_FOR_PICKUP, "Placed in locker, code sent to recipient", "Central station"),
        Stop(delivered.after_h + 31, Stage.DELIVERED, "Collected by recipient", "Central station"),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _pace(number: str) -> float:
    """0.9–1.1: no two parcels travel alike, the same one always does."""
    return 0.9 + hashlib.sha256(number.encode()).digest()[0] / 255 * 0.2


def _born(number: str) -> datetime | None:
    """The minute the label was made, None when the number is not one of ours (length, route, check digit)."""
    if (
        len(number) != 12
        or not number.startswith(_PREFIX)
        or number[_ROUTE_AT] not in _ROUTES
        or set(number[2:]) - set(_DIGITS)
    ):
        return None
    if _check_digit(number[:-1]) != number[-1]:
        return None
    return _EPOCH + timedelta(minutes=_decode(number[2:_ROUTE_AT]))


def _encode(value: int, length: int) -> str:
    signs = []
    for _ in range(length):
        value, rest = divmod(value, 32)
        signs.append(_DIGITS[rest])
    return "".join(reversed(signs))


def _decode(signs: str) -> int:
    value = 0
    for sign in signs:
        value = value * 32 + _DIGITS.index(sign)
    return value


def _check_digit(body: str) -> str:
    """Weighted sum, so that a swapped pair is noticed."""
    return _DIGITS[sum(place * ord(sign) for place, sign in enumerate(body, start=1)) % 32]
