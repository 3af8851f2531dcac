"""What AfterShip's tags and subtags mean, and its names for the carriers that we know.

Source: its lists of delivery statuses (the subtag where it says more than its tag) and of couriers.
"""

from collections.abc import Mapping

from store.parcels.carrier import Mark, Stage

S = Stage
Meaning = tuple[Stage, Mark | None]

TAGS: Mapping[str, Meaning] = {
    "Pending": (S.UNKNOWN, None),
    "InfoReceived": (S.INFO_RECEIVED, None),
    "InTransit": (S.IN_TRANSIT, None),
    "OutForDelivery": (S.OUT_FOR_DELIVERY, None),
    "AttemptFail": (S.FAILED_ATTEMPT, None),
    "AvailableForPickup": (S.READY_FOR_PICKUP, None),
    "Delivered": (S.DELIVERED, None),
    "Exception": (S.EXCEPTION, None),
    "Expired": (S.EXPIRED, None),
}
SUBTAGS: Mapping[str, Meaning] = {
    "InTransit_002": (S.HANDED_OVER, None),
    "InTransit_005": (S.CUSTOMS, None),
    "InTransit_006": (S.CUSTOMS, None),
    "InTransit_009": (S.IN_TRANSIT, Mark.FORWARDED),
    "Exception_003": (S.RETURNING, None),
    "Exception_004": (S.CUSTOMS_HOLD, None),
    "Exception_005": (S.DELAYED, None),
    "Exception_006": (S.CUSTOMS_HOLD, Mark.MUST_ACT),
    "Exception_007": (S.EXCEPTION, Mark.MUST_ACT),
    "Exception_010": (S.RETURNING, None),
    "Exception_011": (S.RETURNED, None),
    "Exception_012": (S.DAMAGED, None),
    "Exception_013": (S.LOST, None),
}
BRAND_CODES: Mapping[str, str | None] = {
    "amazon": "amazon",
    "canada_post": "canada-post",
    "cainiao": "cainiao",
    "cdek": "cdek",
    "deppon": "deppon",
    "dhl": "dhl",
    "dpd": "dpd",
    "ems": "china-ems",
    "fedex": "fedex",
    "jd": "jd-express",
    "jt": "jtexpress-cn",
    "ontrac": "ontrac",
    "purolator": "purolator",
    "russian_post": "russian-post",
    "sf": "sf-express",
    "sto": "sto",
    "ups": "ups",
    "usps": "usps",
    "yodel": "yodel",
    "yto": "yto",
    "yunda": "yunda-express",
    "yunexpress": "yunexpress",
    "zto": "zto-express",
}


def meaning(tag: str, subtag: str) -> Meaning:
    return SUBTAGS.get(subtag) or TAGS.get(tag, (Stage.UNKNOWN, None))
