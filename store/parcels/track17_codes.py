"""What 17TRACK's main and sub statuses mean, and its numbers for the carriers that we know by name.

Source: its manual of the tracking interface v2.4.
"""

from collections.abc import Mapping

from store.parcels.carrier import Mark, Stage

S = Stage
Meaning = tuple[Stage, Mark | None]

CODES: Mapping[str, Meaning] = {
    "NotFound_Other": (S.UNKNOWN, None),
    "NotFound_InvalidCode": (S.UNKNOWN, None),
    "InfoReceived": (S.INFO_RECEIVED, None),
    "InTransit_PickedUp": (S.HANDED_OVER, None),
    "InTransit_Other": (S.IN_TRANSIT, None),
    "InTransit_Departure": (S.IN_TRANSIT, None),
    "InTransit_Arrival": (S.IN_TRANSIT, None),
    "InTransit_CustomsProcessing": (S.CUSTOMS, None),
    "InTransit_CustomsReleased": (S.CUSTOMS, None),
    "InTransit_CustomsRequiringInformation": (S.CUSTOMS_HOLD, Mark.MUST_ACT),
    "AvailableForPickup_Other": (S.READY_FOR_PICKUP, None),
    "OutForDelivery_Other": (S.OUT_FOR_DELIVERY, None),
    "DeliveryFailure_Other": (S.FAILED_ATTEMPT, None),
    "DeliveryFailure_NoBody": (S.FAILED_ATTEMPT, None),
    "DeliveryFailure_Security": (S.FAILED_ATTEMPT, None),
    "DeliveryFailure_Rejected": (S.FAILED_ATTEMPT, None),
    "DeliveryFailure_InvalidAddress": (S.FAILED_ATTEMPT, Mark.MUST_ACT),
    "Delivered_Other": (S.DELIVERED, None),
    "Exception_Other": (S.EXCEPTION, None),
    "Exception_NoBody": (S.EXCEPTION, None),
    "Exception_Security": (S.EXCEPTION, None),
    "Exception_Rejected": (S.EXCEPTION, None),
    "Exception_Returning": (S.RETURNING, None),
    "Exception_Returned": (S.RETURNED, None),
    "Exception_Delayed": (S.DELAYED, None),
    "Exception_Lost": (S.LOST, None),
    "Exception_Destroyed": (S.LOST, None),
    "Exception_Damage": (S.DAMAGED, None),
    "Exception_Cancel": (S.CANCELLED, None),
    "Expired_Other": (S.EXPIRED, None),
    # The stages that stand where an event has no sub status.
    "PickedUp": (S.HANDED_OVER, None),
    "Departure": (S.IN_TRANSIT, None),
    "Arrival": (S.IN_TRANSIT, None),
    "AvailableForPickup": (S.READY_FOR_PICKUP, None),
    "OutForDelivery": (S.OUT_FOR_DELIVERY, None),
    "Delivered": (S.DELIVERED, None),
    "Returning": (S.RETURNING, None),
    "Returned": (S.RETURNED, None),
}
# It finds the carrier by itself; its own numbers are learned from its answers.
BRAND_CODES: Mapping[str, str | None] = dict.fromkeys(
    "amazon canada_post cainiao cdek deppon dhl dpd ems fedex jd jt lasership ontrac post purolator russian_post sf sto ups usps yodel yto yunda yunexpress zto".split()
)


def meaning(code: str) -> Meaning:
    return CODES.get(code, (Stage.UNKNOWN, None))
