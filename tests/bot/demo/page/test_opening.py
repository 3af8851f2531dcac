"""The demo opens, closes and opens again."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo import app
from bot.demo.opening import CLOCK, WORLD, DemoRefused, open_demo
from bot.demo.travel import TravelClock
from bot.web.sandbox_manners import MANNERS
from store.payments.sandbox import SandboxGateway
from tests.bot.demo.page.conftest import ANN, Visitor
from tests.doubles import wechat_keys as keys


async def test_chats_time_and_goods_survive_a_restart(visitor: Visitor, folder: Path) -> None:
    await visitor.person(ANN).starts()
    await visitor.does("travel", hours=24)
    seen, moment = len(visitor.demo.world.chats[ANN].messages), visitor.demo.app.clock()
    await visitor.demo.stop()
    again = await open_demo(folder, port=8080)
    await again.start()
    try:
        assert len(again.world.chats[ANN].messages) == seen
        assert again.app.clock() >= moment
    finally:
        await again.stop()


async def test_a_world_of_another_version_is_not_guessed_at(folder: Path) -> None:
    (folder / WORLD).write_text('{"users": 7}')
    with pytest.raises(DemoRefused, match="--fresh"):
        await open_demo(folder, port=8080)


async def test_fresh_removes_what_the_demo_made_and_nothing_else(folder: Path) -> None:
    (folder / "mine.txt").write_text("keep me")
    (folder / CLOCK).write_text('{"ahead_s": 86400}')
    demo = await open_demo(folder, port=8080, is_fresh=True)
    await demo.stop()
    assert (folder / "mine.txt").read_text() == "keep me"
    assert not (folder / CLOCK).exists()


async def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoRefused, match="cannot be used"):
        await open_demo(tmp_path / "file" / "demo", port=8080)


def test_time_never_runs_backwards(tmp_path: Path) -> None:
    clock = TravelClock(tmp_path / CLOCK)
    clock.skip(timedelta(days=2))
    assert TravelClock(tmp_path / CLOCK)() >= clock() - timedelta(seconds=5)
    with pytest.raises(ValueError, match="backwards"):
        clock.skip(timedelta(seconds=-1))


def test_other_machines_are_not_served(tmp_path: Path) -> None:
    with pytest.raises(DemoRefused, match="this machine only"):
        app.run(folder=tmp_path, host="0.0.0.0")


def test_a_real_token_stops_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc")
    with pytest.raises(DemoRefused, match="--with-token"):
        app.run(folder=tmp_path)


def test_a_taken_port_is_said_and_the_usual_one_is_replaced() -> None:
    with socket.create_server((app.HOST, 0)) as taken:
        with pytest.raises(DemoRefused, match="is taken"):
            app.listen(taken.getsockname()[1])
    with app.listen(None) as first, app.listen(None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


async def test_a_demo_asks_no_real_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody tries it in the folder of their real shop: its accounts stay out, every provider is played by the sandbox bank."""
    account = {"MCHID": keys.MCHID, "APPID": keys.APPID, "SERIAL": keys.SERIAL, "API_V3_KEY": keys.SEALING_KEY}
    for name, value in (account | {"PRIVATE_KEY": keys.private_pem(keys.rsa_key("merchant"))}).items():
        monkeypatch.setenv(f"WECHAT__MAIN__{name}", value)
    monkeypatch.setenv("TRANSFER__OTHER__HOLDER", "Real Shop Ltd")
    demo = await open_demo(tmp_path, port=8080)
    try:
        played = {name: gateway for name, gateway in demo.app.gateways.items() if isinstance(gateway, SandboxGateway)}
        assert [*played] == ["sandbox", *MANNERS]
        assert demo.app.gateways.keys() - played.keys() == {"cash", "stars", "telegram", "transfer"}
        assert demo.app.settings.transfer["main"].holder == "Harbor Goods (demo)"
    finally:
        await demo.app.stop()
