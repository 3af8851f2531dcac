"""Who belongs to the staff, and with which role: for an owner's eyes."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.buttons import in_rows, shortened
from bot.ui.desk_callbacks import AskRevoke, RevokeRole, SetRole, ShowMember, ShowMembers
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen, Style
from store.models import StaffRole
from store.staff import Role

# More people than this are listed, but have no buttons.
_LISTED = 40
ROLES = {
    Role.OWNER: noop("owner"),
    Role.MANAGER: noop("manager"),
    Role.PACKER: noop("packer"),
    Role.SUPPORT: noop("support"),
}
_MEANS = {
    Role.OWNER: noop("everything, and who belongs to the staff"),
    Role.MANAGER: noop("everything else"),
    Role.PACKER: noop("accepts, packs and sends; sees the stock"),
    Role.SUPPORT: noop("answers questions, stops orders"),
}


def members_screen(members: Sequence[StaffRole], t: Translator, *, bot_username: str) -> Screen:
    """Everybody with a role; a press opens a person."""
    lines = [t("👤 {name}: {role}", name=_name(member), role=_role(member.role, t)) for member in members]
    hint = t("To add somebody, reply to a message of theirs in the staff chat with <code>/staff packer</code>.")
    buttons = [Button(shortened(_name(member)), ShowMember(telegram_id=member.telegram_id)) for member in members]
    group = Button(t.label("➕ Add me to a group"), url=f"https://t.me/{bot_username}?startgroup=staff")
    rows = (*in_rows(buttons[:_LISTED], 2), (group,))
    return Screen(Markup("\n").join([t("<b>Who may do what</b>"), *lines, Markup(""), hint]), rows)


def member_screen(member: StaffRole, t: Translator) -> Screen:
    """One person, and the roles that there are."""
    lines = [t("• <b>{role}</b>: {means}", role=_role(role, t), means=t(_MEANS[role])) for role in Role]
    text = Markup("\n").join(
        [t("👤 <b>{name}</b>: {role}", name=_name(member), role=_role(member.role, t)), Markup(""), *lines]
    )
    roles = [
        Button(
            t.label("✅ {role}", role=t.label(ROLES[role])) if role == member.role else t.label(ROLES[role]),
            SetRole(telegram_id=member.telegram_id, role=role),
        )
        for role in Role
    ]
    back = Button(t.label("← Back"), ShowMembers())
    revoke = Button(t.label("🚫 Take the role"), AskRevoke(telegram_id=member.telegram_id), style=Style.DANGER)
    return Screen(text, (*in_rows(roles, 2), (back, revoke)))


def ask_revoke_screen(member: StaffRole, t: Translator) -> Screen:
    text = t(
        "<b>Take the role of {name} away?</b>\nTheir buttons do nothing from then on, old ones too.", name=_name(member)
    )
    keep = Button(t.label("← Back"), ShowMember(telegram_id=member.telegram_id))
    sure = Button(t.label("Take it"), RevokeRole(telegram_id=member.telegram_id), style=Style.DANGER)
    return Screen(text, ((keep, sure),))


def granted_screen(name: str, role: Role, t: Translator) -> Screen:
    return Screen(t("👤 <b>{name}</b> is {role} now.", name=name, role=_role(role, t)))


def how_to_grant_screen(t: Translator) -> Screen:
    roles = ", ".join(Role)
    return Screen(t("Reply to a message of the person with /staff and one of: {roles}.", roles=roles))


def _role(name: str, t: Translator) -> Markup:
    """A role that a newer program has given stands as it is called."""
    known = ROLES.get(Role(name)) if name in set(Role) else None
    return t(known) if known else Markup("{}").format(name)


def _name(member: StaffRole) -> str:
    return member.name or str(member.telegram_id)
