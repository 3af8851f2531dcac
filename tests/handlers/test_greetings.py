"""Who greets and asks for nothing."""

import pytest

from handlers.greetings import is_greeting


@pytest.mark.parametrize(
    "text",
    [
        *("hi", "Hello!", "HEYYY", "hi there :)", "good  morning", "hello, good evening", "thanks!!", "👋 hi"),
        *("你好", "你好，在吗？", "你好在吗", "您好！亲", "谢谢", "hello 你好"),
        *("Привет", "здравствуйте!", "Добрый день", "спасибо большое", "привет)))"),
        *("¡Hola!", "buenos dias", "Buenos días, qué tal?", "olá", "Bom dia", "Grüß Gott", "gruß gott", "bonjour"),
        *("Merhaba", "gunaydin", "İyi günler", "السلام عليكم", "شكرًا"),
    ],
)
def test_a_greeting_is_known(text: str) -> None:
    assert is_greeting(text)


@pytest.mark.parametrize(
    "text",
    [
        *("hello where is my parcel", "hi, red shirt", "thermos", "hiking boots", "oil", "saludo", "danke für nichts"),
        *("你好 衬衫", "亲子装", "在吗 我的快递到哪了", "早", "привет кружка", "", "?", "👋", "hello " * 40),
    ],
)
def test_what_asks_for_something_is_none(text: str) -> None:
    assert not is_greeting(text)
