"""ZTO's computer, built from its manual: signed bodies in both directions, failures in words."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.parcels.line import Line
from store.parcels.reading import SHANGHAI
from store.parcels.zto import Zto
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, md5, said

APP_KEY, APP_SECRET = "tests-app", "zto-secret-of-tests"
_OWN = {
    Fault.BUSY: {"status": False, "statusCode": "SYS009", "message": "系统繁忙"},
    Fault.REFUSED: {"status": False, "statusCode": "SYS003", "message": "无权限访问"},
}


@dataclass
class ZtoDouble:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/zto.merchant.waybill.track.query", self._query, methods=["POST"]),
                Route("/zto.merchant.waybill.track.subsrcibe", self._subscribe, methods=["POST"]),
            ]
        )

    def carrier(self, base_url: str) -> Zto:
        return Zto(Line(self.client, "ZTO", timeout_s=TIMEOUT_S), APP_KEY, APP_SECRET, base_url)

    async def _query(self, request: Request) -> Response:
        wanted, is_signed = await self._read(request)
        self.shelf.asked.append(wanted["billCode"])
        return await said(
            self.shelf, request, lambda fault: _OWN[fault], lambda: self._found(wanted) if is_signed else _bad()
        )

    async def _subscribe(self, request: Request) -> Response:
        wanted, is_signed = await self._read(request)
        if is_signed:
            self.shelf.subscribed[wanted["billCode"]] = wanted
        return await said(self.shelf, request, lambda fault: _OWN[fault], lambda: _ok([]) if is_signed else _bad())

    async def _read(self, request: Request) -> tuple[dict[str, Any], bool]:
        body = await request.body()
        digest = base64.b64encode(md5(body + APP_SECRET.encode())).decode()
        is_signed = request.headers["x-datadigest"] == digest and request.headers["x-appkey"] == APP_KEY
        return json.loads(body), is_signed

    def _found(self, wanted: dict[str, Any]) -> Any:
        number = wanted["billCode"]
        if self.shelf.phones.get(number, "") not in ("", wanted["mobilePhone"]):
            return {"status": False, "statusCode": "SYS010", "message": "手机号后四位错误"}
        return _ok([_scan(event) | {"billCode": number} for event in self.shelf.parcels.get(number, [])])

    def push(self, number: str) -> Push:
        """One event at a time: the newest."""
        event = self.shelf.parcels[number][-1]
        told = {"billCode": number, "action": event.code, "desc": event.text, "city": event.place, "courierPhone": "1"}
        told["actionTime"] = event.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        data = json.dumps(told, ensure_ascii=False)
        digest = base64.b64encode(md5((data + APP_SECRET).encode())).decode()
        fields = {"data": data, "data_digest": digest, "company_id": APP_KEY, "msg_type": "Traces"}
        return Push({}, urlencode(fields).encode())


def _ok(result: list[Any]) -> Any:
    return {"status": True, "statusCode": "SYS000", "message": "", "result": result}


def _bad() -> Any:
    return {"status": False, "statusCode": "SYS002", "message": "签名校验失败"}


def _scan(event: Event) -> dict[str, Any]:
    at = int(event.at.timestamp() * 1000)
    return {"scanType": event.code, "scanDate": at, "desc": event.text, "scanSite": {"city": event.place}}
