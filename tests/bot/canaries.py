"""Things that must never stand in a log, each different from all others, and the list of them."""

import base64
import itertools
import json
from urllib.parse import quote_plus


class Canaries:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.unsaid: list[str] = []
        self._numbers = itertools.count(1)

    def kept(self, canary: str) -> str:
        self.said.append(canary)
        return canary

    def never(self, canary: str) -> str:
        """One that does not come out even without the redactor."""
        self.said.remove(canary)
        self.unsaid.append(canary)
        return canary

    def word(self, more: str = "") -> str:
        return self.kept(f"hunter{next(self._numbers)}-canary{more}")

    def token(self) -> str:
        return self.kept(f"40000{next(self._numbers):05}:AACanaryCanaryCanaryCanaryCanaryC{len(self.said):02}")

    def url(self) -> str:
        return f"postgresql://shop:{self.word()}@db.example:5432/shop"

    def basic(self) -> str:
        return self.kept(base64.b64encode(f"shop:canary{next(self._numbers):04}".encode()).decode())

    def card(self) -> str:
        """A Visa number; every other one in groups."""
        number = next(self._numbers)
        digits = f"4111{number:011}"
        whole = digits + str((10 - _luhn(digits + "0")) % 10)
        return self.kept(whole if number % 2 else " ".join(whole[at : at + 4] for at in range(0, 16, 4)))

    def phone(self) -> str:
        number = next(self._numbers)
        return self.kept(f"+3519123{number:05}" if number % 2 else f"+7 (912) 345-{number // 100:02}-{number % 100:02}")

    def email(self) -> str:
        return self.kept(f"ann.canary+{next(self._numbers)}@example.com")


def _luhn(digits: str) -> int:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10


def forms(canary: str) -> set[str]:
    """As it was said, as JSON writes it, and as it stands in an address."""
    return {canary, json.dumps(canary)[1:-1], quote_plus(canary)}
