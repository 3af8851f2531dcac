"""What must not stand in a log: secrets and people's addresses are taken out of the finished line, whoever wrote it.

Two nets: the settings' own secrets by their value, in the forms in which libraries quote them; everything else by its looks.
Numbers of orders, updates, messages and chats, amounts and times look different and stay.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

# A shorter one is too likely to be a part of an innocent word; by its looks (`user:password@`) it is found all the same.
SHORTEST = 6

SECRET, CARD, PHONE, EMAIL = "<secret>", "<card>", "<phone>", "<email>"

_KEPT = (
    r"password|passwd|passphrase|pwd|secret[_-]?token|secret[_-]?key|api[_-]?key|access[_-]?token|auth[_-]?token|bot[_-]?token"
    r"|private[_-]?key|client[_-]?secret|x-telegram-bot-api-secret-token|x-api-key|sandbox-signature|set-cookie"
)
# `=`, `: `, `': '`, `', b'` …: however a library writes a name and its value down.
_BETWEEN = r"""["']?\)?\s*(?:[:=]|,\s*(?=b?["']))\s*\(?b?["']?"""
_VALUE = r"""[^\s"'&,;<>)}\]]+"""


def _by_name(match: re.Match[str]) -> str:
    return f"{match['name']}{SECRET}"


def _basic(match: re.Match[str]) -> str:
    """`Basic dXNlcjpwYXNz` holds a password; "Basic authentication" does not."""
    try:
        is_pair = b":" in base64.b64decode(match["value"], validate=True)
    except (binascii.Error, ValueError):
        is_pair = False
    return f"{match['name']}{SECRET}" if is_pair else match[0]


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return CARD if _passes_luhn(digits) else match[0]


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


_LOOKS = (
    # A bot's token, in an URL's form too.
    (re.compile(r"(?<!\d)\d{6,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE), "<token>"),
    # postgresql://shop:password@host, also where the password holds an @ or a slash.
    (
        re.compile(
            r"(?P<name>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}://[^\s:/@\"']{0,128}:)[^\s\"']{1,256}(?=@)", re.IGNORECASE
        ),
        _by_name,
    ),
    (re.compile(rf"(?P<name>\bauthorization{_BETWEEN}(?:[a-z]+\s+)?){_VALUE}", re.IGNORECASE), _by_name),
    (re.compile(r"(?P<name>\bbearer\s+)[a-z0-9._~+/-]{8,}=*", re.IGNORECASE), _by_name),
    (re.compile(r"(?P<name>\bbasic\s+)(?P<value>[a-z0-9+/]{6,}={0,2})", re.IGNORECASE), _basic),
    (re.compile(rf"(?P<name>(?<![a-z])(?:{_KEPT}){_BETWEEN})(?!<){_VALUE}", re.IGNORECASE), _by_name),
    # "token: is missing" tells of one and shows none.
    (
        re.compile(
            rf"(?P<name>(?<![a-z])(?:secret|token|cookie){_BETWEEN})(?!<|(?<=: )(?-i:[a-z]+)\s){_VALUE}", re.IGNORECASE
        ),
        _by_name,
    ),
    (re.compile(r"(?<![\w.+-])(?:[\w.+-]|%2B){1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+"), EMAIL),
    # Cards begin with 2 to 6 (a chat's number and a time in microseconds with 1) and are written in one piece or in their groups.
    (
        re.compile(
            r"(?<!\d)(?<!\d\.)(?:[2-6]\d{12,18}|[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|3\d{3}([ -])\d{6}\2\d{4,5})(?!\d)"
        ),
        _card,
    ),
    # +351 912 345 678, 8 (999) 123-45-67, and the mobile numbers of Russia and China as people type them there.
    (re.compile(r"(?<![\w+])(?:\+|%2B)\d(?:(?:[ ().+-]|%2[089B]){0,2}\d){7,14}(?!\d)"), PHONE),
    (re.compile(r"(?<![\w.-])(?:\d[ -]?)?\(\d{3,5}\)[ -]?\d{2,4}[ -]?\d{2}[ -]?\d{2}(?!\d)"), PHONE),
    (re.compile(r"(?<![\w.-])(?:[78]9\d{9}|1[3-9]\d{9})(?!\w|\.\d)"), PHONE),
    (
        re.compile(rf"(?P<name>\b(?:phone(?:_number)?|mobile|tel){_BETWEEN})\+?\d[\d ().-]{{5,}}\d", re.IGNORECASE),
        rf"\g<name>{PHONE}",
    ),
)


class Redactor:
    """Knows the secrets of one program."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        # The longest first: a secret may be a part of another's form.
        known = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        self._known = re.compile(known) if known else None

    def clean(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(SECRET, text)
        for pattern, instead in _LOOKS:
            text = pattern.sub(instead, text)
        return text


def _forms(secret: str) -> Iterator[str]:
    """As it is, and as it stands in URLs, JSON, a `repr`, hexadecimal digits and base64."""
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    yield secret.encode().hex()
    for skipped in range(3):
        yield from _inside_base64(secret.encode(), skipped)


def _inside_base64(secret: bytes, skipped: int) -> Iterator[str]:
    """The characters that the secret alone decides when it stands *skipped* bytes behind a multiple of three in what is encoded."""
    whole = base64.b64encode(b"\0" * skipped + secret)
    certain = whole.rstrip(b"=")[(0, 2, 3)[skipped] :]
    if (skipped + len(secret)) % 3:
        certain = certain[:-1]  # its last bits may be another's
    for form in (certain, certain.translate(bytes.maketrans(b"+/", b"-_"))):
        if len(form) >= SHORTEST:
            yield form.decode()
