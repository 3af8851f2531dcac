"""A WeChat Pay for tests: believes no request that is not signed, signs what it says, keeps books, and can be as unreliable as wanted."""

import base64
import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.builders import NOW
from tests.doubles import wechat_bills as bills
from tests.doubles import wechat_books as books
from tests.doubles.wechat_books import Books, Json, Refused
from tests.doubles.wechat_keys import MCHID, SEALING_KEY, SERIAL, Signer, a_platform, rsa_key, the_public_key
from tests.doubles.wire import a_moment

Post = Callable[[bytes, dict[str, str]], Awaitable[int]]
_CREDENTIALS = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 (?=.*mchid="(?P<mchid>\d+)")(?=.*nonce_str="(?P<nonce>[^"]+)")(?=.*timestamp="(?P<at>\d+)")'
    r'(?=.*serial_no="(?P<serial>[^"]+)")(?=.*signature="(?P<signature>[^"]+)").*'
)


class Gone(httpx.ReadTimeout):
    """Nobody ever answers."""


@dataclass(frozen=True, slots=True)
class Head:
    """What came with a request."""

    method: str
    path: str
    authorization: str
    body: str


@dataclass
class WechatDouble:
    """*post* takes notifications. `trouble` is what happens to the next requests, one each: see `_meddled`.

    It hands out `certificates`, and signs with `public` where it has it and the shop asks for it, else with the first certificate's key.
    """

    post: Post | None = None
    now: datetime = NOW
    clock: Callable[[], datetime] | None = None
    books: Books = field(default_factory=Books)
    certificates: list[Signer] = field(default_factory=lambda: [a_platform()])
    public: Signer | None = field(default_factory=the_public_key)
    trouble: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    heads: list[Head] = field(default_factory=list)
    undelivered: list[Json] = field(default_factory=list)
    refunds_at_once: bool = True

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v3/{path:path}", self._answered, methods=["GET", "POST"])])

    def client(self) -> httpx.AsyncClient:
        """The line to it without a socket; what it keeps to itself is a time-out."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), follow_redirects=False)

    @property
    def at(self) -> datetime:
        return self.clock() if self.clock else self.now

    # ---- what buyers, banks and people in WeChat Pay's back office do

    async def pay(self, reference: str) -> None:
        order = self.books.pay(reference, now=self.at)
        await self.tell("TRANSACTION.SUCCESS", "transaction", books.transaction(order))

    async def end_refund(self, refund_ref: str, status: str = "SUCCESS") -> None:
        order, made = self.books.refunded(refund_ref)
        made.status, made.ended_at = status, self.at if status == "SUCCESS" else None
        await self.tell(f"REFUND.{status}", "refund", books.refund_notice(order, made))

    async def refund_by_hand(self, reference: str, amount: int) -> None:
        """In the back office: the number is none of ours."""
        order = self.books.order(reference)
        asked = {
            "out_trade_no": reference,
            "out_refund_no": f"BACKOFFICE{secrets.token_hex(6)}",
            "amount": {"refund": amount, "total": order.total},
        }
        await self.end_refund(self.books.refund(asked, now=self.at).refund_ref)

    async def tell(self, event_type: str, kind: str, content: Json) -> None:
        """Notified once; what is not taken stands in `undelivered` and comes again with `tell_again`."""
        notice = self.notice(event_type, kind, content)
        if not await self.deliver(notice):
            self.undelivered.append(notice)

    async def tell_again(self) -> None:
        waiting, self.undelivered = self.undelivered, []
        self.undelivered = [notice for notice in waiting if not await self.deliver(notice)]

    def notice(self, event_type: str, kind: str, content: Json) -> Json:
        return {
            "id": secrets.token_hex(16),
            "create_time": books.stamp(self.at),
            "resource_type": "encrypt-resource",
            "event_type": event_type,
            "summary": "支付成功",
            "resource": {"original_type": kind} | sealed(json.dumps(content, ensure_ascii=False), kind),
        }

    @staticmethod
    def body_of(notice: Json) -> bytes:
        return json.dumps(notice, ensure_ascii=False).encode()

    async def deliver(self, notice: Json, *, by: Signer | None = None) -> bool:
        """The status alone counts."""
        body = self.body_of(notice)
        status = await self.post(body, self.signed(body, by=by)) if self.post else 0
        return status in (200, 204)

    def signed(self, body: bytes, *, by: Signer | None = None) -> dict[str, str]:
        """Headers that prove *body*, as of now."""
        by = by or self.public or self.certificates[0]
        moment, nonce = str(int(self.at.timestamp())), secrets.token_hex(16)
        message = f"{moment}\n{nonce}\n".encode() + body + b"\n"
        return {
            "content-type": "application/json",
            "wechatpay-nonce": nonce,
            "wechatpay-serial": by.serial,
            "wechatpay-signature": base64.b64encode(by.key.sign(message, PKCS1v15(), SHA256())).decode(),
            "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
            "wechatpay-timestamp": moment,
        }

    # ---- what it answers

    async def _answered(self, request: Request) -> Response:
        await a_moment()
        body = (await request.body()).decode()
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        head = Head(request.method, path, request.headers.get("authorization", ""), body)
        self.asked[f"{request.method} {request.path_params['path'].partition('/out-trade-no')[0]}"] += 1
        self.heads.append(head)
        # The certificates are another line: trouble is for what moves money.
        is_troubled = self.trouble and request.path_params["path"] != "certificates"
        trouble = self.trouble.pop(0) if is_troubled else ""
        if trouble == "lost":
            raise Gone("")
        if trouble == "paid first":
            self.books.pay(path.split("/")[-2], now=self.at)
        if trouble.isdecimal():
            return _refusal(int(trouble), "SYSTEM_ERROR")
        try:
            self._believe(head, request.headers)
            status, said = self._made(request.method, request.path_params["path"], request.query_params, body)
        except Refused as refused:
            return _refusal(refused.status, refused.code)
        return self._meddled(trouble, status, said, request.headers.get("wechatpay-serial"))

    def _meddled(self, trouble: str, status: int, said: bytes, wanted: str | None) -> Response:
        """lost, 500: nothing was done; lost after, 500 after: it was. unsigned, forged: somebody in between. paid first: just before it is closed."""
        if trouble == "lost after":
            raise Gone("")
        if trouble == "500 after":
            return _refusal(500, "SYSTEM_ERROR")
        headers = self.signed(said, by=None if wanted and self.public else self.certificates[0])
        if trouble == "unsigned":
            headers = {"content-type": "application/json"}
        if trouble == "forged":
            said += b" "
        return Response(said, status, headers=headers)

    def _believe(self, head: Head, headers: Mapping[str, str]) -> None:
        """Judged without a line of the product's code."""
        found = _CREDENTIALS.fullmatch(head.authorization)
        if found is None or headers.get("accept") != "application/json" or not headers.get("user-agent"):
            raise Refused(401, "SIGN_ERROR")
        message = f"{head.method}\n{head.path}\n{found['at']}\n{found['nonce']}\n{head.body}\n".encode()
        try:
            key = rsa_key("merchant").public_key()
            key.verify(base64.b64decode(found["signature"]), message, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Refused(401, "SIGN_ERROR") from None
        is_late = abs(self.at.timestamp() - int(found["at"])) > 300
        if (found["mchid"], found["serial"]) != (MCHID, SERIAL) or is_late:
            raise Refused(401, "SIGN_ERROR")

    def _made(self, method: str, path: str, query: Mapping[str, str], body: str) -> tuple[int, bytes]:
        asked = json.loads(body) if body else {}
        answers: dict[str, Callable[..., Any]] = {
            r"POST pay/transactions/(native|h5)": lambda kind: self._opened(asked, kind),
            r"GET pay/transactions/out-trade-no/([\w-]+)": lambda ref: books.transaction(self.books.order(ref)),
            r"POST pay/transactions/out-trade-no/([\w-]+)/close": self.books.close,
            r"POST refund/domestic/refunds": lambda: self._refunded(asked),
            r"GET refund/domestic/refunds/([\w-]+)": lambda ref: books.refund(*self.books.refunded(ref)),
            r"GET certificates": self._all_certificates,
            r"GET bill/tradebill": lambda: self._bill(query),
            r"GET billdownload/file": lambda: bills.bill(self.books, query["token"]),
        }
        for pattern, answer in answers.items():
            if found := re.fullmatch(pattern, f"{method} {path}"):
                said = answer(*found.groups())
                break
        else:
            raise Refused(404, "NOT_FOUND")
        if said is None:
            return 204, b""
        return 200, said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()

    def _opened(self, asked: Json, kind: str) -> Json:
        self._check(asked, kind)
        order = self.books.open(asked, kind)
        number = hashlib.sha256(order.reference.encode()).hexdigest()[:12]
        if kind == "native":
            return {"code_url": f"weixin://wxpay/bizpayurl?pr={number}"}
        return {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{number}&package=1"}

    def _check(self, asked: Json, kind: str) -> None:
        """As the documentation describes the fields."""
        expire = asked.get("time_expire")
        is_sound = (
            asked["mchid"] == MCHID
            and re.fullmatch(r"[0-9A-Za-z_*-]{6,32}", asked["out_trade_no"])
            and 0 < len(asked["description"].encode()) <= 127
            and re.fullmatch(r"https?://[^?\s]+", asked["notify_url"])
            and type(asked["amount"]["total"]) is int
            and asked["amount"]["total"] > 0
            and asked["amount"]["currency"] == "CNY"
            and (expire is None or (expire.endswith("+08:00") and datetime.fromisoformat(expire) > self.at))
            and (
                kind == "native" or (asked["scene_info"]["payer_client_ip"] and asked["scene_info"]["h5_info"]["type"])
            )
        )
        if not is_sound:
            raise Refused(400, "PARAM_ERROR")

    def _refunded(self, asked: Json) -> Json:
        """The answer says that it is accepted; whether it is through is told later."""
        made = self.books.refund(asked, now=self.at)
        said = books.refund(self.books.order(asked["out_trade_no"]), made)
        if self.refunds_at_once and made.status == "PROCESSING":
            made.status, made.ended_at = "SUCCESS", self.at
        return said

    def _all_certificates(self) -> Json:
        if not self.certificates:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        return {"data": [_entry(signer) for signer in self.certificates]}

    def _bill(self, query: Mapping[str, str]) -> Json:
        table = bills.bill(self.books, query["bill_date"])
        if table.count(b"\n`") < 2:
            raise Refused(400, "NO_STATEMENT_EXIST")
        address = f"https://api.mch.weixin.qq.com/v3/billdownload/file?token={query['bill_date']}"
        return {"hash_type": "SHA1", "hash_value": hashlib.sha1(table).hexdigest(), "download_url": address}  # noqa: S324 - as documented


def sealed(content: str, extra: str, *, key: str = SEALING_KEY) -> Json:
    nonce = secrets.token_hex(6)
    box = AESGCM(key.encode()).encrypt(nonce.encode(), content.encode(), extra.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(box).decode(),
        "associated_data": extra,
        "nonce": nonce,
    }


def _entry(signer: Signer) -> Json:
    assert signer.certificate is not None
    pem = signer.certificate.public_bytes(Encoding.PEM).decode()
    return {
        "serial_no": signer.serial,
        "effective_time": books.stamp(signer.certificate.not_valid_before_utc),
        "expire_time": books.stamp(signer.certificate.not_valid_after_utc),
        "encrypt_certificate": sealed(pem, "certificate"),
    }


def _refusal(status: int, code: str) -> Response:
    """Errors may come unsigned."""
    content = json.dumps({"code": code, "message": "…"}).encode()
    return Response(content, status, headers={"content-type": "application/json"})
