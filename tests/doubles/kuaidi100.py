"""Kuaidi100's computer, built from its manual: signatures, codes and subscriptions as it writes them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.parcels.kuaidi100 import Kuaidi100
from store.parcels.line import Line
from store.parcels.reading import SHANGHAI
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, md5, said

CUSTOMER, KEY = "A1B2C3D4E5F6", "kuaidi-key-of-tests"
_OWN = {
    Fault.BUSY: {"result": False, "returnCode": "502", "message": "服务器繁忙"},
    Fault.REFUSED: {"result": False, "returnCode": "601", "message": "KEY已过期"},
}


@dataclass
class Kuaidi100Double:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    most_subscriptions: int = 4

    def __post_init__(self) -> None:
        routes = [("/query", self._query, "POST"), ("/poll", self._poll, "POST"), ("/auto", self._auto, "GET")]
        self.app = Starlette(routes=[Route(path, end, methods=[how]) for path, end, how in routes])
        self.detected: dict[str, list[str]] = {}
        self.salts: dict[str, str] = {}

    def carrier(self, base_url: str) -> Kuaidi100:
        urls = (f"{base_url}/query", f"{base_url}/poll", f"{base_url}/auto")
        return Kuaidi100(Line(self.client, "Kuaidi100", timeout_s=TIMEOUT_S), CUSTOMER, KEY, *urls)

    async def _query(self, request: Request) -> Response:
        form = await request.form()
        wanted = json.loads(str(form["param"]))
        signed = str(form["param"]) + KEY + CUSTOMER
        self.shelf.asked.append(wanted["num"])

        def tell() -> Any:
            if form["sign"] != md5(signed.encode()).hex().upper() or form["customer"] != CUSTOMER:
                return {"result": False, "returnCode": "503", "message": "验证签名失败"}
            return self._found(wanted)

        return await said(self.shelf, request, lambda fault: _OWN[fault], tell)

    def _found(self, wanted: dict[str, Any]) -> Any:
        number = wanted["num"]
        if number not in self.shelf.parcels:
            return {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}
        if self.shelf.phones[number] and wanted.get("phone") != self.shelf.phones[number]:
            return {"result": False, "returnCode": "408", "message": "验证码错误"}
        return {"message": "ok", "status": "200", **self._history(number)}

    def _history(self, number: str) -> dict[str, Any]:
        events = sorted(self.shelf.parcels[number], key=lambda event: event.at, reverse=True)
        return {"nu": number, "com": "yuantong", "state": "0", "ischeck": "0", "data": [_line(each) for each in events]}

    async def _poll(self, request: Request) -> Response:
        form = await request.form()
        wanted = json.loads(str(form["param"]))
        number = wanted["number"]

        def tell() -> Any:
            if wanted["key"] != KEY or form["schema"] != "json":
                return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者"}
            known = self.shelf.subscribed.setdefault(number, [])
            known.append(wanted)
            self.salts[number] = wanted["parameters"]["salt"]
            code = "200" if len(known) == 1 else "501"
            return {"result": code == "200", "returnCode": code, "message": ""}

        return await said(self.shelf, request, lambda fault: _OWN[fault], tell)

    async def _auto(self, request: Request) -> Response:
        codes = self.detected.get(request.query_params["num"], [])
        return await said(
            self.shelf,
            request,
            lambda fault: _OWN[fault],
            lambda: [{"comCode": code, "lengthPre": 13} for code in codes],
        )

    def push(self, number: str, **more: Any) -> Push:
        told = {"status": "polling", "message": "", "lastResult": self._history(number)} | more
        param = json.dumps(told, ensure_ascii=False)
        sign = md5((param + self.salts.get(number, "")).encode()).hex().upper()
        return Push({}, urlencode({"param": param, "sign": sign}).encode())


def _line(event: Event) -> dict[str, str]:
    written = event.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    told = {"time": written, "ftime": written, "context": event.text, "location": event.place}
    return told | {"statusCode": event.code, "status": "在途"}
