"""What surrounds every page: the navigation, who is signed in, and the addresses of style and scripts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flask import Flask, g, request
from flask_login import current_user

from helpdesk.core.roles import Role
from helpdesk.settings import PROJECT
from helpdesk.web.counting import seal_of
from helpdesk.web.services import services

STATIC = PROJECT / "helpdesk" / "web" / "static"
SITE_NAME = "Vreemdelingenrecht en internationaal familierecht"
PUBLIC_MENU = (
    ("Thema's", "/themas"),
    ("Rechtspraak", "/rechtspraak"),
    ("Wetgeving", "/wetgeving"),
    ("Nieuws", "/nieuws"),
    ("Lexicon", "/lexicon"),
)
DESK_MENU = (
    ("Nieuw advies", "/helpdesk/adviezen/nieuw"),
    ("Adviezen", "/helpdesk/adviezen"),
    ("Wacht op mij", "/helpdesk/wacht-op-mij"),
    ("Vormingen", "/helpdesk/vormingen"),
    ("Begeleidingen", "/helpdesk/begeleidingen"),
    ("Cijfers", "/helpdesk/cijfers"),
)
COORDINATOR_MENU = DESK_MENU[1:]
EDITOR_MENU = (
    ("Redactie", "/redactie"),
    ("Teksten", "/redactie/teksten"),
    ("Na te kijken", "/redactie/na-te-kijken"),
    ("Uitspraken", "/redactie/uitspraken"),
    ("Voorstellen", "/redactie/voorstellen"),
    ("Verwijzingen", "/redactie/verwijzingen"),
    ("Behandeling", "/redactie/behandelingen"),
    ("Bedragen", "/redactie/bedragen"),
    ("Koppelingen", "/redactie/koppelingen"),
    ("Publicaties", "/redactie/publicaties"),
    ("Bezoek", "/redactie/bezoek"),
    ("Kennislus", "/redactie/kennislus"),
    ("Nieuwsbrief", "/redactie/nieuwsbrief"),
)
STAFF_BEHAVIOURS = frozenset(  # of the workplace: a visitor does not load them
    f"behaviours/{name}.js"
    for name in (
        "advice-assist",
        "advice-draft",
        "advice-form",
        "insert-link",
        "markdown-toolbar",
        "paste-markdown",
        "ruling-form",
        "snippets",
        "text-form",
        "theme-boxes",
    )
)
ADMIN_MENU = (
    ("Accounts", "/beheer/accounts"),
    ("Logboek", "/beheer/logboek"),
    ("Personen", "/beheer/personen"),
    ("Bewaring", "/beheer/bewaring"),
)


@dataclass(frozen=True)
class MenuItem:
    """One entry of a menu."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """The frame around a page."""

    site_name: str
    base_url: str  # of the site, for addresses that leave it: in a mail, on paper
    menu: Sequence[MenuItem]
    staff_menu: Sequence[MenuItem]
    signed_in_as: str | None
    roles: str
    assets: Mapping[str, str]
    behaviours: Sequence[str]
    counted_path: str
    counted_seal: str  # empty where views are not counted


def init_shell(app: Flask) -> None:
    """Give every template its frame as `shell`."""
    app.context_processor(lambda: {"shell": _shell()})


def leave_out_who_is_signed_in() -> None:
    """Draw the frame of this answer as for a visitor: reading who is signed in needs the database."""
    g.is_drawn_for_a_visitor = True


def _shell() -> Shell:
    is_known = not g.get("is_drawn_for_a_visitor", False) and current_user.is_authenticated
    signed_in = current_user if is_known else None
    roles = signed_in.roles if signed_in else frozenset()
    return Shell(
        site_name=SITE_NAME,
        base_url=services().settings.base_url,
        menu=_menu(PUBLIC_MENU),
        staff_menu=_menu(_staff_entries(roles)),
        signed_in_as=signed_in.display_name if signed_in else None,
        roles=", ".join(sorted(role.label for role in roles)),
        assets=assets(),
        behaviours=[
            address
            for name, address in assets().items()
            if name.startswith("behaviours/") and (signed_in or name not in STAFF_BEHAVIOURS)
        ],
        counted_path=request.path,
        counted_seal=seal_of(request.path, secret=services().settings.secret_key) if _is_counted() else "",
    )


def _is_counted() -> bool:
    """Tell whether a view of this page counts: it is public, and no colleague is known to look."""
    is_public = (request.endpoint or "").startswith("public.")
    return is_public and (g.get("is_drawn_for_a_visitor", False) or not current_user.is_authenticated)


def _staff_entries(roles: frozenset[Role]) -> tuple[tuple[str, str], ...]:
    desk = DESK_MENU if Role.JURIST in roles else COORDINATOR_MENU if Role.COORDINATOR in roles else ()
    return desk + (EDITOR_MENU if Role.EDITOR in roles else ()) + (ADMIN_MENU if Role.ADMIN in roles else ())


def _menu(entries: Sequence[tuple[str, str]]) -> list[MenuItem]:
    """Return the entries; the one whose address says most of the page's own address is the current one."""
    fitting = [address for _, address in entries if f"{request.path}/".startswith(f"{address}/")]
    current = max(fitting, key=len, default=None)
    return [MenuItem(label, address, address == current) for label, address in entries]


@cache
def assets() -> Mapping[str, str]:
    """Return the address of each file of style and script, so made that a browser may keep it for a year.

    Our own files carry a fingerprint of their content; vendored ones carry their release in their name.
    """
    names = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
    return {name: f"/static/{name}" + ("" if name.startswith("vendor/") else _fingerprint(name)) for name in names}


def _fingerprint(name: str) -> str:
    return f"?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
