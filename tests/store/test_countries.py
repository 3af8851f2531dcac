"""Countries are known by the names that people give them."""

import pytest

from store.countries import countries, country_code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("PT", "PT"), ("pt", "PT"), (" Portugal ", "PT"), ("葡萄牙", "PT"), ("португалия", "PT"),
        ("uk", "GB"), ("U.K.", "GB"), ("England", "GB"), ("Великобритания", "GB"), ("英国", "GB"),
        ("usa", "US"), ("U.S.A.", "US"), ("United States", "US"), ("США", "US"), ("美国", "US"), ("美國", "US"),
        ("The Netherlands", "NL"), ("holland", "NL"), ("Cote d'Ivoire", "CI"), ("Türkiye", "TR"), ("turkey", "TR"),
        ("香港", "HK"), ("Россия", "RU"), ("中国", "CN"), ("Czech Republic", "CZ"), ("ОАЭ", "AE"), ("DE", "DE"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names(typed: str, code: str) -> None:
    """In three languages, and as people say it."""
    assert country_code(typed) == code


@pytest.mark.parametrize("typed", ["", "  ", "Lisbon", "EU", "European Union", "ZZ", "🇵🇹?", "\x00", "P T x"])
def test_what_is_no_country_is_not_guessed(typed: str) -> None:
    """A parcel to the wrong country is worse than a question."""
    assert country_code(typed) is None


def test_a_code_means_its_own_country() -> None:
    """No name shadows a code."""
    assert all(country_code(code) == code for code in set(countries().values()))
