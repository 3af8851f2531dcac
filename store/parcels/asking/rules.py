"""What is known without having been learned: refusals that look like wishes, and what a question for a parcel must name. Pure."""

import re

from store.parcels.asking.concepts import concepts
from store.parcels.asking.plain import has_chinese, is_chinese, plain, tokens
from store.parcels.asking.spelling import mended

# "not cancelling, just tell me where it is": what is refused is not what is wanted.
_REFUSED = re.compile(
    r"\b(?:not|dont|do not|wont|will not)(?: (?:want|need|wish|asking|trying|looking|going|intend|to|for|a|the|my|any)){0,4}"
    r" (?:cancel\w*|refund\b|return\b|money back)"
    r"|^no (?:refund|cancell?ation|return)\b(?: please)?"
    r"|(?:不是要|不是想|不想|不要|不用|没有要|没说要|(?:^| )别|(?:^| )不)(?:取消|退款|退货|退钱)(?:订单)?(?!了)"
    r"|\bне (?:(?:надо|нужно|хочу|собираюсь|буду) )?отмен\w+"
    r"|\bне (?:надо|нужно|хочу|прошу) (?:возврат\w*|возвращ\w+|вернуть)(?: деньги)?"
    r"|\b(?:no|nao) (?:quiero |voy a |es para |e pra |quero |vou |pienso )(?:cancel\w+|anul\w+|(?:el |o |un )?(?:reembols\w+|devoluc\w+))"
    r"|\b(?:(?:will|mochte) (?:nicht|keine)|nicht|keine) (?:stornier\w+|stornierung)|\bwill keine? (?:erstattung|geld zuruck)"
    r"|\b(?:je ne (?:veux|souhaite) pas|pas) (?:dannul\w+|annul\w+)|\bje ne (?:veux|souhaite) pas (?:de |etre )?rembours\w+|\bje nannule pas"
    r"|\b(?:iptal|iade) (?:etmiyorum|istemiyorum|degil|etmek istemiyorum)"
    r"|(?:لا اريد|ما ابغي|مش عايز|لا ارغب في) (?:ال)?(?:الغاء|الغي|استرداد|ارجاع)"
)
_PARCELS = frozenset({"parcel", "order", "track", "ship", "goods", "bought", "done", "courier"})
# "Still not received": what is not here needs no name.
_NOT = frozenset({"neg", "yet"})
_COMES = frozenset({"receive", "arrive"})
# Said alone, this asks for what is on its way.
_ALONE = frozenset(
    """where|where is it|wheres it|wheres it now|where is it now|when will it arrive|when does it arrive|has it shipped|track|tracking|wismo|eta
    |status|order status|what is the status|any update|any updates|any news|when can i expect it|when can we expect|not received yet
    |где|где мои|где моя|где мое|где она|когда придет|когда приедет|трек|отследить
    |查快递|查物流|查件|物流|快递|包裹|单号|物流查询|快递查询|物流信息|到了吗|到没|发了吗|发货了吗|发货没|没到货
    |donde esta|donde anda|cuando llega|rastrear|seguimiento|onde esta|cade|quando chega|rastrear|rastreio
    |wo ist es|wo bleibt es|wann kommt es|sendungsverfolgung|ou est il|quand arrive t il|suivi|nerede|nerde|ne zaman gelir|kargo takip
    |وين|فين|اين|متي يوصل|تتبع""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
# So little of a message is a question by itself: "where", "到了吗".
_SHORT = 3
_IN_A_WORD = frozenset({"where", "when", "arrive", "status", "number", "late", "chase"})


def without_refusals(text: str) -> str:
    """ "not cancelling, just tell me where it is" → "my order just tell me where it is": whoever refuses has an order."""
    return " ".join(_REFUSED.sub(" my order ", plain(text)).split())


def is_said_alone(said: str) -> bool:
    return said.rstrip(" ?") in _ALONE


def names_a_parcel(said: str) -> bool:
    """Whether there is anything in it that could be a parcel, or so little that it can only be one."""
    words = mended(tokens(said))
    named = concepts(words)
    if not _PARCELS.isdisjoint(named) or not (_NOT.isdisjoint(named) or _COMES.isdisjoint(named)):
        return True
    length = sum(len(word) if is_chinese(word) else 2 for word in words if word.isalnum())
    return length <= 2 * _SHORT and not _IN_A_WORD.isdisjoint(named)


def trust(said: str) -> float:
    """A question for a parcel that names none is doubtful, however much it sounds like one: "where is my boarding pass".

    Chinese leaves out what both know, in every second question: 到了吗, 今天能送到吗.
    """
    return 1.0 if has_chinese(tokens(said)) or names_a_parcel(said) else 0.7
