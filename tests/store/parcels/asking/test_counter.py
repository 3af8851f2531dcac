"""What one asks at a counter, with a number and in few words: finding an order is a question for its parcel, changing what it holds is none."""

import pytest

from store.parcels import asking
from store.parcels.asking.intents import ABOUT_A_PARCEL, Intent

FINDING = {
    "en": (
        "I need assistance locating purchase 48213",
        "current status of order48213",
        "how soon can I expect my item",
    ),
    "es": ("localizar el pedido 48213", "estado actual de la compra 48213"),
    "pt": ("quero localizar minha compra 48213", "previsão de chegada do pedido 48213"),
    "fr": ("localiser la commande 48213", "date d'arrivée estimée de la commande 48213"),
    "de": ("bestellung 48213 lokalisieren", "aktueller status der bestellung 48213"),
    "ru": ("найти заказ 48213", "ожидаемая дата прибытия заказа 48213"),
    "tr": ("48213 siparişinin güncel durumu", "48213 siparişinin tahmini varış tarihi"),
    "ar": ("تحديد مكان الطلب 48213", "الحالة الحالية للطلب 48213"),
    "zh": ("定位订单48213", "订单48213预计到达时间"),
}
CHANGING = {
    "en": (
        "help me put another shirt into order 48213",
        "swap the lamp in purchase 48213",
        "my payment is still pending",
    ),
    "es": ("modificar los artículos del pedido 48213", "añadir dos camisas a mi pedido"),
    "pt": ("remover um item do pedido 48213", "adicionar duas camisas ao meu pedido"),
    "fr": ("retirer un article de la commande 48213", "ajouter deux chemises à ma commande"),
    "de": ("einen artikel aus bestellung 48213 nehmen", "zwei hemden zu meiner bestellung hinzufügen"),
    "ru": ("убрать товар из заказа 48213", "добавить две рубашки в заказ"),
    "tr": ("48213 siparişinden bir ürün çıkar", "siparişime iki gömlek ekle"),
    "ar": ("حذف منتج من الطلب 48213", "إضافة قميصين إلى طلبي"),
    "zh": ("从订单48213删掉一件", "订单里加两件衬衫"),
}
IN_GENERAL = {
    "en": "information about shipping times",
    "es": "información sobre los tiempos de envío",
    "pt": "informação sobre prazos de envio",
    "fr": "informations sur les délais d'expédition",
    "de": "informationen zu versandzeiten",
    "ru": "информация о сроках доставки",
    "tr": "kargo süreleri hakkında bilgi",
    "ar": "معلومات عن مدة الشحن",
    "zh": "想了解发货时效",
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in FINDING.items() for text in texts])
def test_finding_an_order_asks_for_its_parcel(language: str, text: str) -> None:
    assert asking.intent(text, language) == Intent.TRACK_ORDER


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in CHANGING.items() for text in texts])
def test_changing_what_an_order_holds_asks_for_none(language: str, text: str) -> None:
    assert asking.intent(text, language) not in ABOUT_A_PARCEL


@pytest.mark.parametrize(("language", "text"), IN_GENERAL.items())
def test_how_long_it_takes_in_general_is_asked_before_buying(language: str, text: str) -> None:
    assert asking.intent(text, language) == Intent.DELIVERY_TIME_BEFORE_PURCHASE
