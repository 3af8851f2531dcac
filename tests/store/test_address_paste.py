"""A whole address in one message is taken apart; what it is not sure of it leaves to be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.address_paste import is_sure, looks_pasted, taken_apart
from store.address_rules import Part
from store.customers import clean_part

RUA = {"country": "PT", "street": "Rua Augusta 1", "postcode": "1100-048", "city": "Lisboa"}
NANSHAN = {"country": "CN", "region": "广东省", "city": "深圳市", "area": "南山区", "street": "科技园路1号"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Rua Augusta 1, 1100-048 Lisboa, Portugal", RUA),
        ("Ann Lee\nRua Augusta 1\n1100-048 Lisboa\nPortugal\n+351 912 345 678", RUA),
        ("Name: Ann Lee\nAddress: Rua Augusta 1\nPostcode: 1100-048\nCity: Lisboa\nCountry: Portugal", RUA),
        ("350 5th Ave\nNew York, NY 10118\nUSA",
         {"country": "US", "street": "350 5th Ave", "city": "New York", "region": "NY", "postcode": "10118"}),
        ("Springfield IL 62704, 1 Elm Street, usa",
         {"country": "US", "street": "1 Elm Street", "city": "Springfield", "region": "IL", "postcode": "62704"}),
        ("10 Downing Street, London, SW1A 2AA, UK",
         {"country": "GB", "street": "10 Downing Street", "city": "London", "postcode": "SW1A 2AA"}),
        ("Hauptstr. 5\n10115 Berlin\nGermany", {"country": "DE", "street": "Hauptstr. 5", "postcode": "10115", "city": "Berlin"}),
        ("Orchard Road 1\nSingapore 238823", {"country": "SG", "street": "Orchard Road 1", "postcode": "238823"}),
        ("101000, Россия, г. Москва, ул. Тверская, д. 7, кв. 12",
         {"country": "RU", "postcode": "101000", "city": "Москва", "street": "ул. Тверская, д. 7, кв. 12"}),
        ("Россия, 630099, Новосибирская область, г. Новосибирск, Красный проспект, 25",
         {"country": "RU", "postcode": "630099", "region": "Новосибирская область", "city": "Новосибирск",
          "street": "Красный проспект, 25"}),
        ("广东省深圳市南山区科技园路1号 518000", NANSHAN | {"postcode": "518000"}),
        ("中国，广东省 深圳市 南山区 科技园路1号", NANSHAN),
        ("广东深圳市南山区科技园路1号", NANSHAN),
        ("收货人：李雷\n电话：13812345678\n地址：广东省深圳市南山区科技园路1号\n邮编：518000", NANSHAN | {"postcode": "518000"}),
        ("北京市朝阳区建国路88号", {"country": "CN", "region": "北京市", "city": "北京市", "area": "朝阳区", "street": "建国路88号"}),
        ("台北市大安區忠孝東路四段1號", {"country": "TW", "region": "台北市", "area": "大安區", "street": "忠孝東路四段1號"}),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(text: str, parts: dict[str, str]) -> None:
    """As people copy them from elsewhere: in lines, between commas, in Chinese without either."""
    found = taken_apart(text, language="ru" if text[0] in "1Р" and "Р" in text else "en")
    assert found == parts
    assert is_sure(found) or "postcode" not in parts


def test_the_known_country_helps_where_the_text_names_none() -> None:
    """Georgia is a state to somebody in America, and a country to everybody else."""
    text = "12345 Main St, Apt 4, Atlanta, GA 30303"
    assert taken_apart(text) == {}
    found = taken_apart(text, country="US")
    assert found["region"] == "GA"
    assert found["street"] == "12345 Main St, Apt 4"


@pytest.mark.parametrize(
    "text", ["Lisboa", "Rua Augusta 1, 2 esq.", "1100-048", "科技园路1号", "Portugal", "-", "a\n\n"]
)
def test_an_answer_to_one_question_is_not_taken_for_an_address(text: str) -> None:
    """A street has a comma now and then."""
    assert not looks_pasted(text)


@given(
    st.text(max_size=300),
    st.sampled_from([None, "PT", "CN", "US", "RU", "JP", "QQ"]),
    st.sampled_from(["en", "zh", "ru"]),
)
def test_whatever_is_pasted_nothing_breaks(text: str, country: str | None, language: str) -> None:
    """What is found can be saved as it is, and no part is empty."""
    for part, value in taken_apart(text, country=country, language=language).items():
        assert value
        if part != Part.COUNTRY and part != Part.POSTCODE:
            assert clean_part(Part(part), value)
