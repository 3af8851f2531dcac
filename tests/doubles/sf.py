"""SF's computer, built from its manual: one address, a digest over what Java would write, two levels of success."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.parcels.line import Line
from store.parcels.reading import SHANGHAI
from store.parcels.sf import SfExpress
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, md5, said

PARTNER, CHECK_WORD = "TESTSHOP", "check*word~of tests"
_OWN = {
    Fault.BUSY: {"apiResultCode": "A1005", "apiErrorMsg": "限流", "apiResultData": None},
    Fault.REFUSED: {"apiResultCode": "A1006", "apiErrorMsg": "数字签名无效", "apiResultData": None},
}
# What `java.net.URLEncoder` leaves as it is.
_JAVA = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-*_")


def java_encoded(text: str) -> str:
    return "".join(chr(sign) if sign in _JAVA else "+" if sign == 32 else f"%{sign:02X}" for sign in text.encode())


@dataclass
class SfDouble:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    wraps_as_text: bool = True

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/std/service", self._service, methods=["POST"])])

    def carrier(self, base_url: str) -> SfExpress:
        return SfExpress(
            Line(self.client, "SF Express", timeout_s=TIMEOUT_S), PARTNER, CHECK_WORD, f"{base_url}/std/service"
        )

    async def _service(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        wanted = json.loads(form["msgData"])
        self.shelf.asked += wanted["trackingNumber"]

        def tell() -> Any:
            signed = java_encoded(form["msgData"] + form["timestamp"] + CHECK_WORD)
            digest = base64.b64encode(md5(signed.encode())).decode()
            if form["msgDigest"] != digest or form["partnerID"] != PARTNER:
                return _OWN[Fault.REFUSED]
            return self._found(wanted)

        return await said(self.shelf, request, lambda fault: _OWN[fault], tell)

    def _found(self, wanted: dict[str, Any]) -> Any:
        phones = wanted["checkPhoneNo"].split(",")
        answers = [{"mailNo": number, "routes": self._routes(number, phones)} for number in wanted["trackingNumber"]]
        is_too_many = len(wanted["trackingNumber"]) > 10
        inner: dict[str, Any] = {"success": not is_too_many, "errorCode": "8003" if is_too_many else "S0000"}
        inner |= {"errorMsg": None, "msgData": {"routeResps": answers}}
        result = json.dumps(inner, ensure_ascii=False) if self.wraps_as_text else inner
        return {"apiErrorMsg": "", "apiResultCode": "A1000", "apiResponseID": "0", "apiResultData": result}

    def _routes(self, number: str, phones: list[str]) -> list[dict[str, Any]]:
        """Without the right digits the answer is empty, and nothing says why."""
        if self.shelf.phones.get(number) and self.shelf.phones[number] not in phones:
            return []
        return [route(event) for event in self.shelf.parcels.get(number, [])]

    def push(self, number: str) -> Push:
        events = [
            route(event) | {"id": str(n), "mailno": number, "orderid": "1"}
            for n, event in enumerate(self.shelf.parcels[number])
        ]
        return Push({"content-type": "application/json"}, json.dumps({"Body": {"WaybillRoute": events}}).encode())


def route(event: Event) -> dict[str, Any]:
    """`code` is the operation; "op/reason" and "op:first/second name" give the others."""
    operation, _, first = event.code.partition(":")
    operation, _, reason = operation.partition("/")
    first, _, name = first.partition("/")
    told: dict[str, Any] = {"acceptTime": event.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")}
    told |= {"acceptAddress": event.place, "remark": event.text, "opCode": operation}
    if reason:
        told["reasonCode"] = reason
    return told | ({"firstStatusCode": first, "secondaryStatusName": name} if first else {})
