"""Where a program can die: before and after each commit, before and after each call to a provider. Counted from outside, the product has no hooks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database
from store.payments.gateway import (
    Closed,
    PaymentLink,
    PaymentRequest,
    ProviderEvent,
    RefundRequest,
    RefundResult,
)
from store.payments.sandbox import SandboxGateway


class Crash(BaseException):
    """The program is gone. No `except Exception` of a job survives it."""


class Points:
    """`arm(3)`: the third point from now on is the last one. What has died stays dead until `restart`."""

    def __init__(self) -> None:
        self._left = 0
        self.is_dead = False
        self.crashes = 0

    def arm(self, at: int) -> None:
        self._left = at

    def restart(self) -> None:
        self._left, self.is_dead = 0, False

    def passed(self) -> None:
        if self._left == 1:
            self.is_dead = True
            self.crashes += 1
        if self.is_dead:
            raise Crash
        self._left = max(self._left - 1, 0)


class MortalDatabase(Database):
    """A database whose program can die before a commit, which is then lost, or right after it."""

    def __init__(self, url: str, points: Points) -> None:
        super().__init__(url)
        self._points = points

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        async with super().begin() as session:
            yield session
            self._points.passed()
        self._points.passed()


class MortalGateway(SandboxGateway):
    """A gateway whose program can die before the provider hears of something, or before it has heard the answer."""

    points: Points

    async def create(self, request: PaymentRequest) -> PaymentLink:
        self.points.passed()
        link = await super().create(request)
        self.points.passed()
        return link

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        self.points.passed()
        facts = await super().query(request)
        self.points.passed()
        return facts

    async def close(self, request: PaymentRequest) -> Closed:
        self.points.passed()
        closed = await super().close(request)
        self.points.passed()
        return closed

    async def refund(self, request: RefundRequest) -> RefundResult:
        self.points.passed()
        result = await super().refund(request)
        self.points.passed()
        return result

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        self.points.passed()
        result = await super().query_refund(request)
        self.points.passed()
        return result

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        self.points.passed()
        return await super().verify(body, headers, now=now)
