"""Every table, re-exported so that one import knows the whole schema."""

from store.models.arrival import ArrivalFit, ArrivalRevision
from store.models.base import Base, UtcDateTime
from store.models.carrier import CarrierAccount
from store.models.cart import Cart, CartLine, Checkout
from store.models.catalog import CatalogueEdition, Category, Price, Product, Variant
from store.models.coupon import Coupon, CouponUse
from store.models.customer import Address, Customer
from store.models.delivery import DeliveryMethod, DeliveryZone
from store.models.followed import FollowedParcel
from store.models.importing import GoodsImport, ImportChunk, ImportPicture, ImportProduct
from store.models.journal import AuditEntry, ConversationState, IdempotencyKey
from store.models.order import Order, OrderGroup, OrderLine
from store.models.outbox import ChatMessage, Delivery, OutboxEvent, SendingPace
from store.models.parcel import CarrierPush, ParcelCorrection
from store.models.payment import PaymentAttempt, PaymentEvent, ProviderEventRow, Refund, StatementMark
from store.models.picture import ProductPicture
from store.models.picture_file import PictureFile
from store.models.search import Search, SearchKey, SearchPosting, SearchSpelling, SearchTerm
from store.models.seller import PriceList, Seller, StaffRole, StaffTopic
from store.models.shipment import Scan, Shipment, ShipmentLine
from store.models.stock import MAIN_LOCATION, Reservation, StockLevel, StockMove
from store.models.support import SavedReply, SupportMessage, SupportThread
from store.models.update import BotUpdate
from store.models.wish import Favourite, PriceChange, StockWatch

__all__ = [
    "MAIN_LOCATION",
    "Address",
    "ArrivalFit",
    "ArrivalRevision",
    "AuditEntry",
    "Base",
    "BotUpdate",
    "CarrierAccount",
    "CarrierPush",
    "Cart",
    "CartLine",
    "CatalogueEdition",
    "Category",
    "ChatMessage",
    "Checkout",
    "ConversationState",
    "Coupon",
    "CouponUse",
    "Customer",
    "Delivery",
    "DeliveryMethod",
    "DeliveryZone",
    "Favourite",
    "FollowedParcel",
    "GoodsImport",
    "IdempotencyKey",
    "ImportChunk",
    "ImportPicture",
    "ImportProduct",
    "Order",
    "OrderGroup",
    "OrderLine",
    "OutboxEvent",
    "ParcelCorrection",
    "PaymentAttempt",
    "PaymentEvent",
    "PictureFile",
    "Price",
    "PriceChange",
    "PriceList",
    "Product",
    "ProductPicture",
    "ProviderEventRow",
    "Refund",
    "Reservation",
    "SavedReply",
    "Scan",
    "Search",
    "SearchKey",
    "SearchPosting",
    "SearchSpelling",
    "SearchTerm",
    "Seller",
    "SendingPace",
    "Shipment",
    "ShipmentLine",
    "StaffRole",
    "StaffTopic",
    "StatementMark",
    "StockLevel",
    "StockMove",
    "StockWatch",
    "SupportMessage",
    "SupportThread",
    "UtcDateTime",
    "Variant",
]
