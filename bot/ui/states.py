"""Which typed text a chat is waiting for; what was asked before lives in the database, not here."""

from enum import StrEnum


class Awaiting(StrEnum):
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    DELIVERY = "delivery"
    SAVED_ADDRESS = "saved_address"
    PAYMENT = "payment"
    ADDRESS_COUNTRY = "address_country"
    ADDRESS_REGION = "address_region"
    ADDRESS_CITY = "address_city"
    ADDRESS_AREA = "address_area"
    ADDRESS_STREET = "address_street"
    ADDRESS_POSTCODE = "address_postcode"
    ADDRESS_LABEL = "address_label"
    POINT = "point"
    NOTE = "note"
    COUPON = "coupon"
    QUANTITY = "quantity"
    SEARCH = "search"
    TIMEZONE = "timezone"
    GOODS = "goods"
    SUPPORT = "support"
    PARCEL = "parcel"
    PARCEL_PHONE = "parcel_phone"
    SHOP = "shop"
