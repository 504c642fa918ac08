"""Every page belongs to one audience, and the guard of that audience lets nobody else in."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.core.db import Base
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from tests.addresses import AUDIENCES, GUARDED, OF_UPLOADS, address_of, audience_of, rules_of, sample_values
from tests.pageclient import Visitor

ROUTES = Path(__file__).with_name("routes.txt")
ALLOWED = {
    "desk": {Role.JURIST, Role.COORDINATOR},
    "editing": {Role.EDITOR},
    "admin": {Role.ADMIN},
    "account": set(Role),
}
PREFIX = {
    "public": "/",
    "desk": "/helpdesk/",
    "editing": "/redactie/",
    "admin": "/beheer/",
    "account": "/account/",
    "api": "/api/v1/",
}


@pytest.fixture
def samples(session: Session, vocabulary: Vocabulary) -> Mapping[str, Mapping[str, object]]:
    """Values that exist, for the arguments of addresses."""
    return sample_values(session, vocabulary)


@pytest.fixture
def everyone(
    as_jurist: Visitor, as_editor: Visitor, as_coordinator: Visitor, as_admin: Visitor
) -> Mapping[Role, Visitor]:
    """One signed-in colleague of each role."""
    return {Role.JURIST: as_jurist, Role.EDITOR: as_editor, Role.COORDINATOR: as_coordinator, Role.ADMIN: as_admin}


def test_every_page_belongs_to_one_audience(bare_app: Flask) -> None:
    """A route outside the six audiences has no guard and must not exist."""
    strays = [rule.endpoint for rule in rules_of(bare_app) if audience_of(rule) not in AUDIENCES]

    assert strays == []


def test_every_audience_keeps_to_its_own_addresses(bare_app: Flask) -> None:
    """A colleague sees in the address where a page belongs, and a proxy can guard it a second time."""
    private = tuple(prefix for name, prefix in PREFIX.items() if name != "public")
    strays = [
        f"{rule.endpoint} at {rule.rule}"
        for rule in rules_of(bare_app)
        if (audience := audience_of(rule)) != "static"
        and (not rule.rule.startswith(PREFIX[audience]) or (audience == "public" and rule.rule.startswith(private)))
    ]

    assert strays == []


def test_a_visitor_is_led_to_the_sign_in_page(
    house_app: Flask, as_visitor: Visitor, samples: Mapping[str, Mapping[str, object]]
) -> None:
    let_in = []
    for rule in rules_of(house_app):
        if audience_of(rule) not in GUARDED:
            continue
        address = address_of(house_app, rule, samples)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = as_visitor.fetch(address, method=method)
            led_away = answer.status_code == 302 and answer.location.startswith("/aanmelden?verder=")
            if not led_away and answer.status_code not in {400, 403}:
                let_in.append(f"{method} {address} answers {answer.status_code}")

    assert let_in == []


def test_a_colleague_of_another_role_is_refused(
    house_app: Flask, everyone: Mapping[Role, Visitor], samples: Mapping[str, Mapping[str, object]]
) -> None:
    let_in = []
    for rule in rules_of(house_app):
        audience = audience_of(rule)
        if audience not in GUARDED or "GET" not in (rule.methods or set()):
            continue
        address = address_of(house_app, rule, samples)
        let_in += [
            f"{role.value} gets {answer.status_code} at {address}"
            for role, colleague in everyone.items()
            if role not in ALLOWED[audience] and (answer := colleague.fetch(address)).status_code != 403
        ]

    assert let_in == []


def test_private_pages_are_kept_by_nobody(
    house_app: Flask, everyone: Mapping[Role, Visitor], samples: Mapping[str, Mapping[str, object]]
) -> None:
    """A shared computer must not show the previous colleague's advice."""
    kept = []
    for rule in rules_of(house_app):
        audience = audience_of(rule)
        if audience in GUARDED and "GET" in (rule.methods or set()):
            colleague = everyone[min(ALLOWED[audience])]
            answer = colleague.fetch(address_of(house_app, rule, samples))
            if answer.headers.get("Cache-Control") != "no-store":
                kept.append(rule.endpoint)

    assert kept == []


def test_every_public_page_answers(
    house_app: Flask, as_visitor: Visitor, samples: Mapping[str, Mapping[str, object]]
) -> None:
    """Each address that is promised shows a page that is well made, or a file."""
    for rule in rules_of(house_app):
        if audience_of(rule) not in {"public", "api"} or "GET" not in (rule.methods or set()):
            continue
        if rule.endpoint in OF_UPLOADS:
            continue
        address = address_of(house_app, rule, samples)
        answer = as_visitor.fetch(address)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            as_visitor.get(address)
        assert answer.status_code in {200, 301, 302, 308}, f"{address} answers {answer.status_code}"


def rows(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_get_changes_nothing(
    house_app: Flask,
    as_visitor: Visitor,
    everyone: Mapping[Role, Visitor],
    session: Session,
    samples: Mapping[str, Mapping[str, object]],
) -> None:
    """No address that is only read stores anything, but for the note that a jurist read a record (decision 6)."""
    before = rows(session)
    visitors = {
        "public": as_visitor,
        "api": as_visitor,
        "desk": everyone[Role.JURIST],
        "editing": everyone[Role.EDITOR],
        "admin": everyone[Role.ADMIN],
        "account": everyone[Role.JURIST],
    }

    for rule in rules_of(house_app):
        visitor = visitors.get(audience_of(rule))
        if visitor is not None and "GET" in (rule.methods or set()):
            visitor.fetch(address_of(house_app, rule, samples))

    after = rows(session)
    noted = {"audit_entry"}
    assert {name: count for name, count in after.items() if name not in noted} == {
        name: count for name, count in before.items() if name not in noted
    }


@pytest.mark.parametrize(
    "path",
    ["/zoeken?pagina=x", "/zoeken?jaar=nu&hof=x&sorteer=9", "/rechtspraak?pagina=-1&jaar=%F0", "/nieuws?pagina=1e9"],
)
def test_wrong_query_parameters_show_the_page_with_defaults(as_visitor: Visitor, path: str) -> None:
    assert as_visitor.get(path).status == 200


def test_an_unknown_page_is_a_well_made_404(as_visitor: Visitor) -> None:
    page = as_visitor.get("/themas/bestaat-niet", expect=404)

    assert page.all("form")


def test_the_list_of_public_routes_is_complete(bare_app: Flask) -> None:
    """Add each new public address to routes.txt: from then on it is a promise."""
    served = {rule.rule for rule in rules_of(bare_app) if audience_of(rule) in {"public", "api"}}

    assert served - set(promised_routes()) == set()


def test_no_route_is_lost_without_redirect(bare_app: Flask) -> None:
    """Others link to our addresses. When one moves, write `old > /new` in routes.txt and let it redirect there."""
    served = {rule.rule for rule in rules_of(bare_app)}
    client = bare_app.test_client()
    lost = []
    for old, new in promised_routes().items():
        if new is None and old not in served:
            lost.append(old)
        if new is not None:
            answer = client.get(old)
            if answer.status_code not in {301, 308} or not answer.location.endswith(new):
                lost.append(f"{old} > {new}")

    assert lost == []


def promised_routes() -> dict[str, str | None]:
    """Return every public address ever served, with the address it redirects to when it moved."""
    lines = [line.strip() for line in ROUTES.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition(" > ") for line in lines if line and not line.startswith("#")]
    return {old: new or None for old, _, new in pairs}


def test_every_link_leads_somewhere(
    house_app: Flask, as_visitor: Visitor, samples: Mapping[str, Mapping[str, object]]
) -> None:
    """Templates and texts may name an address by hand; each one on a page we look at answers."""
    met: dict[str, str] = {}
    for rule in rules_of(house_app):
        if audience_of(rule) != "public" or "GET" not in (rule.methods or set()) or rule.endpoint in OF_UPLOADS:
            continue
        address = address_of(house_app, rule, samples)
        if as_visitor.fetch(address).mimetype == "text/html":
            page = as_visitor.get(address)
            targets = [link.get("href", "").partition("#")[0] for link in page.all("a")]
            met |= {target: address for target in targets if target.startswith("/")}

    dead = [f"{target} on {page}" for target, page in met.items() if as_visitor.fetch(target).status_code >= 400]

    assert len(met) > 20
    assert dead == []
