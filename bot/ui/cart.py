"""The cart: a stepper a line, what stands in the way, and the door to the checkout."""

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.buttons import back, filled, home, roomy, shortened
from bot.ui.callbacks import AskEmptyCart, EmptyCart, SetLine, ShowCart, ShowCategories, ShowVariant, StartCheckout
from bot.ui.currency import currency_button, unpriced
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from store.carts import CartLineView, CartView

LINES_A_PAGE = 8


def cart_screen(
    cart: CartView,
    t: Translator,
    *,
    page: int = 0,
    came_from: CallbackData | None = None,
    notice: Markup | None = None,
) -> Screen:
    """*came_from*: where Back leads, if somewhere better than the categories. *notice*: what is to be known before ordering."""
    if cart.is_empty:
        return _empty_screen(t)
    page = min(page, (len(cart.lines) - 1) // LINES_A_PAGE)
    shown = cart.lines[page * LINES_A_PAGE : (page + 1) * LINES_A_PAGE]
    rows = (
        *(_line_row(line, cart, page, t) for line in shown),
        _turning(cart, page, t),
        _leaving(cart, t),
        (currency_button(t),) if any(line.is_unpriced for line in cart.lines) else (),
        (Button(t.label("Empty cart"), AskEmptyCart()), Button(t.label("Keep shopping"), ShowCategories())),
        (back(came_from, t), home(t)) if came_from else (home(t),),
    )
    text = _text(cart, shown, page, t)
    return Screen(Markup("\n\n").join([text, notice]) if notice else text, filled(rows))


def _empty_screen(t: Translator) -> Screen:
    text = t("<b>Your cart is empty</b>\nWhat you choose will be waiting here.")
    return Screen(text, ((Button(t.label("🛍 Browse"), ShowCategories()),), (home(t),)))


def _text(cart: CartView, shown: tuple[CartLineView, ...], page: int, t: Translator) -> Markup:
    first = page * LINES_A_PAGE
    lines = [_line(line, cart, t) for line in shown]
    parts = [t("<b>Your cart</b>"), Markup(""), *lines]
    if len(shown) < len(cart.lines):
        parts.append(
            t("<i>Lines {first}–{last} of {all}</i>", first=first + 1, last=first + len(shown), all=len(cart.lines))
        )
    parts += [Markup(""), t("Total: <b>{price}</b>", price=money(cart.subtotal_minor, cart.currency, t.language))]
    if cart.problems:
        parts.append(t("⚠️ Please settle what is marked before you check out."))
    elif cart.missing_minor:
        parts.append(_too_little(cart, t))
    elif not cart.is_digital:
        parts.append(t("Delivery is added at the checkout."))
    return Markup("\n").join(parts)


def _too_little(cart: CartView, t: Translator) -> Markup:
    least, missing = (money(each, cart.currency, t.language) for each in (cart.minimum_minor, cart.missing_minor))
    return t("⚠️ Orders begin at {least}: {missing} more to go.", least=least, missing=missing)


def line_title(line: CartLineView, t: Translator) -> str:
    return " · ".join(filter(None, (t.pick(line.title), t.pick(line.variant_title))))


def _line(line: CartLineView, cart: CartView, t: Translator) -> Markup:
    price = money(line.total_minor, cart.currency, t.language)
    text = t("{quantity} × {title}: {price}", quantity=line.quantity, title=line_title(line, t), price=price)
    problem = line_problem(line, cart.currency, t)
    return t("{line}\n   ⚠️ {problem}", line=text, problem=problem) if problem else text


def line_problem(line: CartLineView, currency: str, t: Translator) -> Markup | None:
    """Why the line cannot be bought as it is."""
    if line.is_unpriced:
        return unpriced(currency, t)
    if not line.is_for_sale:
        return t("no longer sold")
    if line.free <= 0:
        return t("sold out")
    if line.free < line.quantity:
        return t.n("only {n} left", "only {n} left", line.free)
    return None


def _line_row(line: CartLineView, cart: CartView, page: int, t: Translator) -> tuple[Button, ...]:
    def to(quantity: int) -> SetLine:
        return SetLine(variant_id=line.variant_id, quantity=quantity, page=page)

    title = t.pick(line.title)
    if not line.is_for_sale or line.free <= 0:
        return (Button(shortened(t.label("Remove {title}", title=title)), to(0), style=Style.DANGER),)
    if line.free < line.quantity:
        return (Button(shortened(t.label("Take {n} × {title}", n=line.free, title=title)), to(line.free)),)
    look = ShowVariant(variant_id=line.variant_id, quantity=line.quantity)
    name = shortened(f"{line.quantity} × {title}", 16)
    return Button("➖", to(line.quantity - 1)), Button(name, look), Button("➕", to(line.quantity + 1))


def _turning(cart: CartView, page: int, t: Translator) -> tuple[Button, ...]:
    buttons = []
    if page > 0:
        buttons.append(Button(t.label("◀ Previous"), ShowCart(page=page - 1)))
    if (page + 1) * LINES_A_PAGE < len(cart.lines):
        buttons.append(Button(t.label("Next ▶"), ShowCart(page=page + 1)))
    return tuple(buttons)


def _leaving(cart: CartView, t: Translator) -> tuple[Button, ...]:
    if cart.problems or cart.missing_minor:
        return ()
    price = money(cart.subtotal_minor, cart.currency, t.language)
    return (
        Button(
            roomy(t.label("Checkout · {price}", price=price), t.label("Checkout")), StartCheckout(), style=Style.SUCCESS
        ),
    )


def empty_cart_screen(cart: CartView, t: Translator) -> Screen:
    """Asks before everything is thrown out; the safe button comes first."""
    if cart.id is None or cart.is_empty:
        return _empty_screen(t)
    text = t.n(
        "<b>Empty the cart?</b>\n{n} item will be taken out.",
        "<b>Empty the cart?</b>\n{n} items will be taken out.",
        cart.quantity,
    )
    sure = Button(t.label("Empty it"), EmptyCart(cart_id=cart.id, version=cart.version), style=Style.DANGER)
    return Screen(text, ((Button(t.label("Keep everything"), ShowCart()), sure), (home(t),)))


def emptied_screen(t: Translator) -> Screen:
    return _empty_screen(t).with_toast(t.label("Your cart is empty now"))
