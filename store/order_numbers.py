"""Order numbers for people: short, readable aloud, not to be guessed or counted, and a slip of the finger is noticed. `7K2Q-M9XD3`.

Eight random characters of 29 (5·10¹¹ numbers) and a check character. No 0 O 1 I L U Z: they are taken for others. The alphabet's size is a prime,
so that the weighted sum notices every wrong character and every two exchanged ones.
"""

import re
import secrets
import unicodedata

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
_RANDOM_LENGTH = 8
# What people type for what they read: letters we do not use, and the Cyrillic ones that look like ours.
_LOOKALIKES = str.maketrans("ZUАВСЕНКМРТХУ", "2VABCEHKMPTXY")
# What is taken for something else by eye or by ear, as one: whoever reads a number off a screen types O for Q, and l for 1.
_ONE_OF_EACH = str.maketrans("OQDILSBG", "00011586")


def new() -> str:
    """A number that probably nobody has: the unique key decides."""
    characters = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return _written(characters + _check(characters))


def normalise(text: str) -> str | None:
    """The number somebody meant, as it is stored, or None if it cannot be one. Case, spaces, dashes and full-width characters do not matter."""
    # "№" would become the letters "No".
    bare = unicodedata.normalize("NFKC", text.replace("№", ""))
    compact = re.sub(r"[\W_]", "", bare).upper().translate(_LOOKALIKES)
    if len(compact) != _RANDOM_LENGTH + 1 or not set(compact) <= set(_ALPHABET):
        return None
    return _written(compact) if _check(compact[:-1]) == compact[-1] else None


def sketch(text: str) -> str:
    """The letters and digits of a text with look-alikes made one: two numbers with the same sketch may be the same number, read badly."""
    bare = unicodedata.normalize("NFKC", text.replace("№", ""))
    return re.sub(r"[\W_]", "", bare).upper().translate(_LOOKALIKES).translate(_ONE_OF_EACH)


def _written(characters: str) -> str:
    return f"{characters[:4]}-{characters[4:]}"


def _check(characters: str) -> str:
    total = sum(weight * _ALPHABET.index(character) for weight, character in enumerate(characters, start=1))
    return _ALPHABET[total % len(_ALPHABET)]
