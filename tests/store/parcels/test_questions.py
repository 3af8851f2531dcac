"""Asking for a parcel in plain words."""

import pytest

from store.parcels.questions import asks_for_parcel

ASKS = """
where is my parcel?
Wheres my parsel??
where's my pakage
WHERE IS MY ORDER!!!
when will my order arrive
when does my delivery come, it is coming right?
has my package been shipped
track my order
status of my order please
wehre is my parcel
Where is it?
eta for my delivery?
my parcel is late
where is my stuuuuff
tracking
где моя посылка
Где мой заказ?!
гдее моя посылкаа
когда придёт посылка
Когда будет доставка?
когда привезут заказ
статус заказа
отследить посылку
где
где курьер
我的包裹到哪了
快递什么时候到
我的订单在哪里？
查一下物流
包裹怎么还没到
訂單到哪裡了
查快递
""".strip().splitlines()
DOES_NOT_ASK = """
hello
Ann Lee
Lisbon
Rua Augusta 1
I want to order a dress
can I cancel my order
where do you ship to?
please leave it at the door
2
спасибо
хочу заказать платье
Лиссабон
你好
我想买杯子
🙂
""".strip().splitlines()


@pytest.mark.parametrize("text", ASKS)
def test_this_asks_for_a_parcel(text: str) -> None:
    assert asks_for_parcel(text)


@pytest.mark.parametrize("text", ["", *DOES_NOT_ASK])
def test_this_does_not(text: str) -> None:
    assert not asks_for_parcel(text)


def test_a_long_story_is_not_this_question() -> None:
    assert not asks_for_parcel("Where is my parcel? " + "I was away and my neighbour said that somebody rang. " * 10)
