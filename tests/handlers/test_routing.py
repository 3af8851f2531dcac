"""A press goes where its prefix is known, and nowhere else."""

from aiogram import Router
from aiogram.types import CallbackQuery, User

from bot.incoming import routers
from bot.ui.callbacks import ShowCart, ShowHome
from handlers.routing import everyone_router

ANN = User(id=1, is_bot=False, first_name="Ann")


def press(data: str | None) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=ANN, chat_instance="1", data=data)


def test_a_router_knows_its_own_buttons() -> None:
    """Its prefix is what stands before the first colon."""
    router = everyone_router("test")
    router.callback_query(ShowCart.filter())(lambda _query: None)
    assert router.knows(press(ShowCart().pack()))
    assert not router.knows(press(ShowHome().pack())) and not router.knows(press(None))


def test_a_router_that_answers_anything_knows_every_button() -> None:
    router = everyone_router("test")
    router.callback_query(ShowCart.filter())(lambda _query: None)
    router.callback_query()(lambda _query: None)
    assert router.knows(press("whatever")) and router.knows(press(None))


def test_no_press_is_lost_on_its_way() -> None:
    """Whatever filter a conversation's button has, its router lets the press through."""
    for router in routers():
        for prefix in prefixes(router):
            assert router.knows(press(prefix)) and router.knows(press(f"{prefix}:1"))


def prefixes(router: Router) -> list[str]:
    filters = [each.callback for handler in router.callback_query.handlers for each in handler.filters or ()]
    return [each.callback_data.__prefix__ for each in filters if hasattr(each, "callback_data")]
