"""Parcels from elsewhere that somebody has followed here: what is offered, where they are, and what is told of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from bot.ui.buttons import filled, home, in_rows, shortened
from bot.ui.callbacks import FindParcels
from bot.ui.followed_callbacks import WHO_MAX, AskNumber, DropFollowed, FollowNumber, RefreshFollowed, ShowFollowed
from bot.ui.format import moment_there, window
from bot.ui.i18n import Translator, noop
from bot.ui.parcel_numbers import carrier_name
from bot.ui.parcel_words import STAGE, STATUS
from bot.ui.parcels import carrier_links, news_age, scan_lines, waits_at
from bot.ui.screen import Button, Rows, Screen
from bot.ui.states import Awaiting
from store.order_status import ShipmentStatus as S
from store.parcels.carrier import Stage, Trouble
from store.parcels.following import FollowedView, Offer
from store.parcels.registry import Carriers

# Where an order's parcel goes back to the shop, this one goes to somebody whom we do not know.
_STATUS: Mapping[S, str] = {
    **STATUS,
    S.RETURNING: noop("↩️ On its way back to its sender"),
    S.RETURNED: noop("↩️ Back at its sender"),
}
_STAGE: Mapping[Stage, str] = {
    **STAGE,
    Stage.RETURNING: noop("Going back to its sender"),
    Stage.RETURNED: noop("Back at its sender"),
}
_ASK_THE_SENDER = frozenset({Trouble.WRONG_NUMBER, Trouble.WHICH_CARRIER, Trouble.NEEDS_DETAILS})
_END = 5


def ask_number_screen(t: Translator) -> Screen:
    text = t(
        "<b>Follow a parcel</b>\nSend me its number, or forward the message that it stands in. It need not be from this shop."
    )
    return Screen(text, ((home(t),),), awaits=Awaiting.PARCEL)


def no_number_screen(t: Translator) -> Screen:
    """What was sent holds no number that anybody here knows; the question stays open."""
    text = t("I find no number in it that I can follow. Please send only the number, as the carrier writes it.")
    return Screen(text, ((home(t),),), awaits=Awaiting.PARCEL)


def offer_screen(offer: Offer, t: Translator) -> Screen:
    """Nothing is followed before somebody says so, nor a carrier guessed."""
    number = t("<code>{number}</code>", number=offer.number)
    offered = [choice for choice in offer.choices if len(choice.key) <= WHO_MAX]
    if offer.is_sure and offered:
        text = t(
            "<b>Shall I follow {number}?</b>\n{carrier} carries it. It is in none of your orders; I tell you when it moves.",
            number=number,
            carrier=offered[0].title,
        )
        press = FollowNumber(number=offer.number, who=offered[0].key)
        return Screen(text, ((Button(t.label("🔔 Follow it"), press),), (home(t),)))
    text = t(
        "<b>Who carries {number}?</b>\nIt is in none of your orders. Choose, and I follow it for you.", number=number
    )
    buttons = [Button(shortened(each.title), FollowNumber(number=offer.number, who=each.key)) for each in offered]
    return Screen(text, (*in_rows(buttons, 2), (home(t),)))


def followed_screen(parcel: FollowedView, t: Translator, *, zone: str, now: datetime, carriers: Carriers) -> Screen:
    """Where it is; or the question for the phone's digits, without which its carrier says nothing."""
    parts = [t("<b>A parcel from elsewhere</b>"), _number(parcel, t, carriers)]
    parts += _state(parcel, t, zone)
    parts += scan_lines(parcel.scans, t, zone, words=_STAGE)
    parts += news_age(parcel, t, now)
    asks = parcel.needs_phone and parcel.may_try_phone
    return Screen(Markup("\n").join(parts), _rows(parcel, t, carriers), awaits=Awaiting.PARCEL_PHONE if asks else None)


def _number(parcel: FollowedView, t: Translator, carriers: Carriers) -> Markup:
    carrier = carrier_name(parcel, t, carriers)
    return t("{carrier}: <code>{number}</code>", carrier=carrier, number=parcel.tracking_number)


def _state(parcel: FollowedView, t: Translator, zone: str) -> Iterable[Markup]:
    if parcel.needs_phone:
        yield t("Its carrier tells only who knows the phone number that the parcel was sent to, or from.")
        if parcel.may_try_phone:
            yield t("Please send me the last four digits of it.")
        else:
            yield t("The digits that you sent were not the right ones. Ask whoever sent it.")
        return
    if not parcel.scans:
        yield _no_news(parcel, t)
        return
    # A carrier that only knows of the parcel does not have it yet.
    began = parcel.status is S.HANDED_OVER
    yield t("<b>{status}</b>", status=t(_STAGE[parcel.scans[-1].stage] if began else _STATUS[parcel.status]))
    if parcel.expected is not None and not parcel.is_over:
        yield t("Should arrive {days}", days=window(parcel.expected, t.language, zone))
    if parcel.delivered_at is not None and parcel.status is S.DELIVERED:
        yield t("Arrived {at}", at=moment_there(parcel.delivered_at, t.language, zone))


def _no_news(parcel: FollowedView, t: Translator) -> Markup:
    if parcel.trouble in _ASK_THE_SENDER:
        return t("The carrier does not know this number. Look whether it is right, or ask whoever sent it.")
    if parcel.polled_at is None:
        return t("I ask the carrier within the next hour, and write as soon as there is news.")
    return t("The carrier has no news of it yet. That can take two days; I write as soon as there is some.")


def _rows(parcel: FollowedView, t: Translator, carriers: Carriers) -> Rows:
    can_ask = not parcel.is_over and not parcel.needs_phone
    refresh = (Button(t.label("🔄 Ask again"), RefreshFollowed(parcel_id=parcel.id)),) if can_ask else ()
    drop = Button(t.label("🔕 Do not follow"), DropFollowed(parcel_id=parcel.id))
    mine = Button(t.label("📦 My parcels"), FindParcels())
    return filled((refresh, tuple(carrier_links([parcel], t, carriers)), (drop,), (mine, home(t))))


def followed_buttons(parcels: Sequence[FollowedView], t: Translator, carriers: Carriers) -> Rows:
    """For the choice among all that somebody waits for."""
    labels = [f"{carrier_name(each, t, carriers)} …{each.tracking_number[-_END:]}" for each in parcels]
    buttons = [
        Button(shortened(label), ShowFollowed(parcel_id=each.id)) for label, each in zip(labels, parcels, strict=True)
    ]
    return in_rows(buttons, 2)


def follow_button(t: Translator) -> Button:
    return Button(t.label("➕ Follow a parcel"), AskNumber())


def moved_screen(parcel: FollowedView, t: Translator, *, zone: str, carriers: Carriers) -> Screen:
    """A notification."""
    parts = [
        t("<b>{status}</b>", status=t(_STATUS[parcel.status])),
        t("A parcel from elsewhere that you follow."),
        _number(parcel, t, carriers),
    ]
    if parcel.expected is not None and not parcel.is_over:
        parts.append(t("Should arrive {days}", days=window(parcel.expected, t.language, zone)))
    parts += waits_at(parcel, t)
    where = Button(t.label("📦 Where is it?"), ShowFollowed(parcel_id=parcel.id))
    return Screen(Markup("\n").join(parts), ((where, home(t)),), fresh=True)
