"""Nothing is asked of a machine that is not on the public internet, however its address is written."""

import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from store.outside import Refused, fetch

PUBLIC = "93.184.216.34"
INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.000.000.001",
    "127.0.0.1.", "0", "0.0.0.0", "0x0", "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1", "169.254.169.254",
    "0xa9fea9fe", "2852039166", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]",
    "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2002:7f00:1::]", "[2002:c0a8:1::1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::10.0.0.1]", "[2001:0:0:0:0:0:80ff:fffe]", "[2001:db8::1]", "localhost", "LOCALHOST", "localhost.", "printer.local", "db.internal",
    "nas.lan", "router.home.arpa", "shop", "x.localhost", "１２７.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①", "metadata.google.internal",
]  # fmt: skip
WRITTEN = [
    "file:///etc/passwd", "gopher://shop.example/1", "ftp://shop.example/a.jpg", "dict://shop.example:11211/", "data:image/png;base64,AAAA",
    "javascript:alert(1)", "//shop.example/a.jpg", "shop.example/a.jpg", "http:///a.jpg", "http://user:pw@shop.example/a.jpg",
    "http://shop.example@127.0.0.1/a.jpg", "http://127.0.0.1#@shop.example/", "http://shop.example:22/", "http://shop.example:6379/", "https://shop.example:80/",
    "http://127.0.0.1\\@shop.example/", "http://shop.example\\.127.0.0.1/", "http://[::1", "http://exa mple.org/", "http://shop.example\r\nHost: x/",
]  # fmt: skip


class World(httpx.AsyncBaseTransport):
    """Answers as it is told, and remembers which machines were asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0) if self.answers else httpx.Response(200, content=b"picture")


class Names:
    """Whatever is asked for, in the order of the *answers*; the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.count = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.count += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def refused(address: str, world: World, names: Names | None = None) -> str:
    with pytest.raises(Refused) as error:
        await fetch(address, most_bytes=1000, resolve=names or Names([PUBLIC]), transport=world)
    return error.value.reason


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_a_machine_inside_is_asked(scheme: str, host: str) -> None:
    """Sixty spellings: to a resolver most of them are addresses, to us each is refused before anything is asked."""
    world = World()
    assert await refused(f"{scheme}://{host}/a.jpg", world) == "forbidden"
    assert not world.asked


@pytest.mark.parametrize("address", WRITTEN)
async def test_no_other_way_of_writing_it_either(address: str) -> None:
    world = World()
    assert await refused(address, world) == "forbidden"
    assert not world.asked


@pytest.mark.parametrize(
    "machines",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["169.254.169.254"],
        ["::1"],
        ["fd00::1"],
        ["::ffff:10.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        [],
    ],
)
async def test_a_public_name_of_a_machine_inside_is_not_asked(machines: list[str]) -> None:
    """One private address among public ones is enough to refuse."""
    world = World()
    assert await refused("https://shop.example/a.jpg", world, Names(machines)) == "forbidden"
    assert not world.asked


async def test_the_machine_that_was_checked_is_the_one_that_is_asked() -> None:
    """A name that answers differently the second time (rebinding) is asked for once, and the connection goes to the first answer."""
    world, names = World(), Names([PUBLIC], ["127.0.0.1"])
    assert await fetch("https://shop.example/a.jpg?q=1", most_bytes=1000, resolve=names, transport=world) == b"picture"
    [request] = world.asked
    assert (names.count, request.url.host, request.url.path) == (1, PUBLIC, "/a.jpg")
    assert request.headers["host"] == "shop.example"
    assert request.extensions["sni_hostname"] == "shop.example", "its certificate must be that of the name"


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//[::1]/",
        "gopher://x.example/",
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(where: str) -> None:
    world = World(httpx.Response(302, headers={"location": where}))
    assert await refused("https://shop.example/a.jpg", world) == "forbidden"
    assert len(world.asked) == 1


async def test_a_redirect_to_a_name_that_is_inside_is_refused() -> None:
    world = World(httpx.Response(301, headers={"location": "https://other.example/b.jpg"}))
    assert await refused("https://shop.example/a.jpg", world, Names([PUBLIC], ["10.0.0.1"])) == "forbidden"
    assert len(world.asked) == 1


async def test_a_redirect_outside_is_followed_but_not_for_ever() -> None:
    onward = httpx.Response(302, headers={"location": "/b.jpg"})
    world = World(onward)
    assert (
        await fetch("http://shop.example/a.jpg", most_bytes=1000, resolve=Names([PUBLIC]), transport=world)
        == b"picture"
    )
    assert await refused("http://shop.example/a.jpg", World(*[onward] * 9)) == "redirected"


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "gone"), (403, "gone"), (500, "unreachable"), (429, "unreachable")]
)
async def test_a_dead_link_says_why(status: int, reason: str) -> None:
    assert await refused("https://shop.example/a.jpg", World(httpx.Response(status))) == reason


async def test_what_never_ends_is_left_where_it_is_too_much() -> None:
    """A thousand bytes are wanted, a gigabyte is offered: what is read is bounded."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1_000_000):
            read += 100
            yield b"x" * 100

    assert await refused("https://shop.example/a.jpg", World(httpx.Response(200, content=endless()))) == "too_large"
    assert read < 10_000


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(Refused) as error:
        await fetch("https://shop.example/a.jpg", most_bytes=1, resolve=resolve, transport=World())
    assert error.value.may_pass
