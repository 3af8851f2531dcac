"""What reading a file, or writing it into the shop, has come to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from store.importing.cells import is_link
from store.importing.plan import Change
from store.importing.trouble import Trouble

# A person mends a few at a time; a file in which everything is wrong must not fill the database.
TOLD_MAX = 100


@dataclass
class Tally:
    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def total(self) -> int:
        return self.new + self.changed + self.same


@dataclass
class Report:
    """*errors* and *remarks* count; the first of each stand in *troubles* and *notes*. *links*: pictures known by their address alone."""

    form: str = ""
    products: Tally = field(default_factory=Tally)
    variants: Tally = field(default_factory=Tally)
    categories: int = 0
    links: int = 0
    errors: int = 0
    remarks: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[Trouble] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        return not self.errors

    @property
    def has_changes(self) -> bool:
        return bool(self.products.new or self.products.changed)

    def tell(self, trouble: Trouble) -> None:
        if trouble.is_remark:
            self.remarks += 1
            self.notes += [trouble] if len(self.notes) < TOLD_MAX else []
        else:
            self.errors += 1
            self.troubles += [trouble] if len(self.troubles) < TOLD_MAX else []

    def count(self, change: Change) -> None:
        is_new, is_any = change.standing is None, change.is_any
        self.products.new += is_new
        self.products.changed += is_any and not is_new
        self.products.same += not is_any
        self.links += sum(map(is_link, change.pictures or ()))
        for each in change.variants:
            is_new = each.standing is None
            self.variants.new += is_new
            self.variants.changed += each.is_any and not is_new
            self.variants.same += not each.is_any

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Report":
        plain = {key: stored[key] for key in ("form", "categories", "links", "errors", "remarks") if key in stored}
        return cls(
            products=Tally(**stored.get("products", {})),
            variants=Tally(**stored.get("variants", {})),
            troubles=[Trouble.of(each) for each in stored.get("troubles", ())],
            notes=[Trouble.of(each) for each in stored.get("notes", ())],
            **plain,
        )
