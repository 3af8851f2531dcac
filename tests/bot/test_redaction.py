import base64
from datetime import UTC, datetime
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import Redactor
from store import order_numbers

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"


def clean(text: str) -> str:
    return Redactor().clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/getMe failed", "https://api.telegram.org/bot<token>/getMe failed"),
        (f"{TOKEN[:9]}%3A{TOKEN[10:]}", "<token>"),
        ("redis://:hunter2@cache:6379/0", "redis://:<secret>@cache:6379/0"),
        ("mysql+asyncmy://shop:p@ss/word@db/shop", "mysql+asyncmy://shop:<secret>@db/shop"),
        ("Authorization: Basic c2hvcDpodW50ZXI=", "Authorization: Basic <secret>"),
        ("{'authorization': 'Bearer abc.def-123'}", "{'authorization': 'Bearer <secret>'}"),
        ("(b'Authorization', b'token abcdef')", "(b'Authorization', b'token <secret>')"),
        ('{"client_secret": "abc"}', '{"client_secret": "<secret>"}'),
        ("?a=1&api_key=abc&b=2", "?a=1&api_key=<secret>&b=2"),
        ("4111 1111 1111 1111", "<card>"),
        ("paid with 5555555555554444.", "paid with <card>."),
        ("3782 822463 10005", "<card>"),
        ("6222021234567890128 of a bank", "<card> of a bank"),
        ("call +351 912 345 678 now", "call <phone> now"),
        ("phone=912345678", "phone=<phone>"),
        ("8 (999) 123-45-67", "<phone>"),
        ("Ivan, 79161234567", "Ivan, <phone>"),
        ("13812345678。", "<phone>。"),
        ("to ann.lee+shop@mail.example.org.", "to <email>."),
    ],
)
def test_what_looks_like_a_secret_or_an_address_is_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 19:00:01,123 WARNING bot.intake: update 987654321 failed, reference 3fa9c1 [update_id=987654321]",
        "a reply in chat -1001234567890 was not sent: Forbidden: bot was blocked by the user",
        "chat -1004111111116 message 1234567 person 7123456789",
        "order 7K2Q-M9XD3: 12 × MUG-SEA for 2,490.00 USD (249000 minor)",
        "WEB_HOST, WEB_PORT cannot be listened on: 127.0.0.1:8080: Address already in use",
        "web on http://127.0.0.1:8080",
        "open as @harbor_goods_bot",
        "BOT_TOKEN is missing: @BotFather gives you one; put it into .env (see .env.example)",
        "no updates, asking again in 2 s: Unauthorized: invalid token specified",
        "Basic authentication failed for shop; the secret is wrong",
        "password authentication failed",
        "token: is missing; secret: is too short",
        "postgresql://shop@localhost:5432/shop did not answer",
        "stock of variant 17 moved by +12 to 40; ledger +1500 -300",
        "2026-11-25T19:00:01.123456+00:00 took 0.4111111111111111 s at 1764097200123456 µs",
        "deliveries [4000, 4001, 4002, 4003], rows 1 2 3",
        "provider event 52 of attempt 7K2Q-M9XD3-1 at evt_4f6a9c0d1e2b3a48",
        "parcel SB4F2K9Q0X1, 1Z999AA10123456784, LX123456789CN",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        'File "/srv/dukkan/bot/app.py", line 123, in build',
        "<Task finished name='polling' coro=<Intake.poll() done, defined at /srv/bot/intake.py:55> exception=OSError(111)>",
        "schema 0002_updates, SQLite 3.53.4, PostgreSQL 15.13",
    ],
)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    """A log that hides what happened is no log."""
    assert clean(text) == text


@given(st.integers(1, 2**52), st.integers(0, 10**9), st.integers(1, 10**10))
def test_numbers_of_chats_messages_updates_and_people_stay(number: int, message_id: int, person_id: int) -> None:
    """Also the tenth of them whose digits happen to add up like a card's."""
    line = f"update {message_id}: chat -100{number % 10**10:010} person {person_id % 10**10} message {message_id}"
    assert clean(line) == line


@given(st.datetimes(datetime(2020, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis wants bounds without a zone
def test_moments_stay(moment: datetime) -> None:
    line = f"{moment.isoformat()} {moment.timestamp():.6f} {int(moment.timestamp() * 1e6)} {moment}"
    assert clean(line) == line


def test_order_numbers_stay() -> None:
    lines = [f"order {order_numbers.new()} placed" for _ in range(500)]
    assert [clean(line) for line in lines] == lines


SECRET = "p@ss/w:rd+&=' ünï\"\\"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        repr(SECRET)[1:-1],
        SECRET.encode().hex(),
        base64.b64encode(f"a{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{SECRET}z".encode()).decode(),
    ],
)
def test_a_known_secret_is_found_in_each_of_its_forms(form: str) -> None:
    told = Redactor([SECRET]).clean(f"x {form} y")
    assert "<secret>" in told
    assert form not in told


def test_a_short_secret_does_not_eat_the_log() -> None:
    assert Redactor(["shop"]).clean("the shop is open") == "the shop is open"


@pytest.mark.parametrize("piece", ["a", "1", "a.", "+1 ", "://a:", "a@", "x://y:", "token=", "4111 ", "%2B", "basic "])
def test_a_hostile_line_does_not_stop_the_shop(piece: str) -> None:
    """64 KB of whatever somebody wrote; a pattern that looks twice at each character would need minutes."""
    before = process_time()
    clean(piece * (65536 // len(piece)))
    assert process_time() - before < 1
