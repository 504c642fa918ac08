"""A marked word is typed in every field of every form; afterwards it stands nowhere it should not.

Where it may stand: the database; the mails to whoever asked for them; the index of own advice of the jurist; the lists
behind a guard that show a colleague what colleagues typed. It may not stand in logs, in the public index, in what the
public reads or fetches, in files of figures, or in any other file of the data folder.
"""

import io
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from helpdesk.advice.models import Advice
from helpdesk.core.audit import AuditEntry
from helpdesk.core.clock import brussels_date
from helpdesk.core.db import Base
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search.actions import NodeIndex, keep_up
from helpdesk.web.logs import configure_logs
from helpdesk.web.services import services
from tests.addresses import address_of, audience_of, rules_of, sample_values
from tests.conftest import House
from tests.helpdesk.advice.examples import advice_form_values
from tests.house.test_audiences import ALLOWED
from tests.pageclient import Page, Visitor, filled, offers
from tests.pageclient_checks import elements

WORD = "zwavelkanarie"
TYPED = {"text", "email", "search", "tel", "url"}
OWN_PLACES = ("helpdesk.sqlite", "mail/", "advice-index/")
"""In the data folder: the database, letters to whoever asked for them, and each jurist's index of own advice."""

PUBLISHES_AT_ONCE = {"editing.correct_ruling"}
"""Forms whose words the public reads as soon as they are saved, by design: a ruling that is published is corrected."""

TELLS_THE_PUBLIC = ("/intrekken",)
"""Forms that ask what the address of a withdrawn text has to tell the public, by design."""

SHOWN_TO_COLLEAGUES = {"admin.download_accounts"}
"""Files behind a guard that hold it by design: the list of persons with access, with the names of who was invited."""

FED_ELSEWHERE = {
    "advice.scope_exception": "asked only of advice by e-mail; a field of the same form as the question",
    "newsletter_delivery.domain": "taken from the address when an issue is sent",
    "passkey.name": "needs a device that signs; tests/helpdesk/second_factor",
    "ruling.parties": "published with the ruling, by design",
    "second_reading.question": "needs a second jurist; tests/helpdesk/aftercare",
    "second_reading.remark": "needs a second jurist; tests/helpdesk/aftercare",
    "search_count.words": "counted only for who runs our script; tests/helpdesk/visits",
    "text_version.reviewed_by": "initials, published by design",
    "text_work.checked_by": "initials of the account",
    "text_work.remark": "needs a text that was submitted; tests/helpdesk/text_editor",
    "user_session.browser": "made of the name the browser gives itself, from a fixed list",
}
"""Declared columns that no form below fills with a word, and why."""


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Everything the house would write to standard error, as it writes it, from the level of production on."""
    caplog.set_level(logging.INFO)
    buffer = io.StringIO()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(buffer),
    )
    yield buffer
    configure_logs(testing=True)


@pytest.fixture
def everyone(
    as_visitor: Visitor, as_jurist: Visitor, as_editor: Visitor, as_coordinator: Visitor, as_admin: Visitor
) -> Mapping[Role | None, Visitor]:
    """One person of each kind; None is a visitor."""
    return {
        None: as_visitor,
        Role.JURIST: as_jurist,
        Role.EDITOR: as_editor,
        Role.COORDINATOR: as_coordinator,
        Role.ADMIN: as_admin,
    }


def pages_with_forms(
    app: Flask, everyone: Mapping[Role | None, Visitor], samples: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, Visitor]]:
    """Give the address of every page with someone who may see it."""
    for rule in rules_of(app):
        if "GET" not in (rule.methods or set()) or audience_of(rule) in {"static", "api"}:
            continue
        if rule.endpoint in PUBLISHES_AT_ONCE:
            continue
        allowed: list[Role | None] = [*sorted(ALLOWED.get(audience_of(rule), set()))] or [None]
        yield address_of(app, rule, samples), everyone[allowed[0]]


def send_word(visitor: Visitor, address: str) -> int:
    """Type the word in every free field of every form of a page and send them; return how many forms."""
    answer = visitor.fetch(address)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return 0
    page: Page = visitor._page(answer, 200)
    sent = 0
    for form in elements(page.root, "form"):
        values = {}
        for name, fields in offers(form).items():
            kind = fields[0].get("type", "text").lower()
            if fields[0].tag == "textarea" or (fields[0].tag == "input" and kind in TYPED):
                values[name] = f"{WORD}@voorbeeld.be" if kind == "email" or name == "adres" else WORD
        if not values or (form.get("action") or "").endswith(TELLS_THE_PUBLIC):
            continue
        data, path = filled(form, values), form.get("action", "") or address
        posts = form.get("method", "get").lower() == "post"
        options = {"data": data} if posts else {"query_string": data}
        visitor.fetch(path, method="POST" if posts else "GET", follow_redirects=True, **options)
        sent += 1
    return sent


def feed(everyone: Mapping[Role | None, Visitor], session: Session) -> None:
    """Fill the forms that store only when the whole of them is right."""
    jurist = everyone[Role.JURIST]
    soon = brussels_date(datetime.now(UTC) + timedelta(days=2)).isoformat()
    today = brussels_date(datetime.now(UTC)).isoformat()
    advice = jurist.get("/helpdesk/adviezen/nieuw").fill(
        advice_form_values(question=f"Vraag {WORD}", answer=f"Antwoord {WORD}", given_on=today)
    )
    advice.submit("Bewaren")
    own = f"/helpdesk/adviezen/{session.scalars(select(Advice.id).order_by(Advice.id.desc())).first()}"
    begun = jurist.get("/helpdesk/adviezen/nieuw").fill(advice_form_values(question=f"Half {WORD}"))
    jurist.fetch("/helpdesk/adviezen/ontwerp", method="POST", data=begun.data)
    jurist.get("/helpdesk/voorkeuren").fill(
        {"name": WORD, "caller_category": "non_profit_professional", "caller_sector": "welzijn"}
        | {"caller_region": "antwerpen"}
    ).submit()
    jurist.get(own).fill({"due_on": soon, "contact": f"Balie {WORD}"}).submit("Opvolging bewaren")
    jurist.get(f"{own}/verbeteren").fill({"answer": f"Beter {WORD}", "reason": f"Reden: {WORD} stond er niet."}).submit(
        "Verbetering bewaren"
    )
    jurist.get(f"{own}/voorstel").fill({"kind": "nieuws", "title": WORD, "text": f"Voorstel {WORD}"}).submit(
        "Naar de redactie sturen"
    )
    everyone[Role.ADMIN].get("/beheer/accounts/nieuw").fill(
        {"name": WORD, "email": f"{WORD}@voorbeeld.be", "roles": ["jurist"]}
    ).submit("Uitnodigen")


def fed_columns(session: Session) -> set[str]:
    """Return the declared columns in which the word stands."""
    return {
        f"{model.__tablename__}.{name}"
        for model in (mapper.class_ for mapper in Base.registry.mappers)
        for name in model.personal_data
        if session.execute(
            select(1).select_from(model).where(cast(model.__table__.c[name], String).contains(WORD)).limit(1)
        ).first()
    }


def test_a_marked_word_stands_nowhere_it_should_not(  # noqa: PLR0917 - each is a place where it may not stand
    house: House,
    session: Session,
    everyone: Mapping[Role | None, Visitor],
    vocabulary: Vocabulary,
    written: io.StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    samples = sample_values(session, vocabulary)
    feed(everyone, session)
    forms = sum(send_word(visitor, address) for address, visitor in pages_with_forms(house.app, everyone, samples))
    everyone[None].get(f"/volgen?pagina=%2Fzoeken%3Fq%3D{WORD}").fill({"adres": f"{WORD}@voorbeeld.be"}).submit()
    page = everyone[None].get("/themas/verblijfsrecht/terugkeer/bgv")
    page.fill({"opmerking": WORD}, action="/nuttig").submit("Nee")
    with house.app.app_context():
        held = services()
        keep_up(session, NodeIndex(held.search.index, held.settings.index_dir), vocabulary)
        data_dir = held.settings.data_dir
    declared = {
        f"{model.__tablename__}.{name}"
        for model in (mapper.class_ for mapper in Base.registry.mappers)
        for name in model.personal_data
    }

    assert forms > 25
    assert " ".join(sorted(declared - fed_columns(session) - set(FED_ELSEWHERE))) == ""
    assert "request" in written.getvalue()  # the log was really read
    assert WORD not in written.getvalue()
    assert WORD not in caplog.text
    assert places_on_disk(data_dir) == []
    assert everyone[None].fetch(f"/api/v1/search?q={WORD}").json["total"] == 0  # type: ignore[index]
    assert leaks(house.app, everyone, samples) == []
    assert not [
        entry.id
        for entry in session.scalars(select(AuditEntry))
        if WORD in f"{entry.subject_id}{entry.detail}{entry.changes}"
    ]


def places_on_disk(data_dir: Path) -> list[str]:
    """Return the files of the data folder that hold the word and should not: the index and the queue among them."""
    return [
        name
        for path in sorted(data_dir.rglob("*"))
        if path.is_file()
        and not (name := path.relative_to(data_dir).as_posix()).startswith(OWN_PLACES)
        and WORD.encode() in path.read_bytes()
    ]


def leaks(
    app: Flask, everyone: Mapping[Role | None, Visitor], samples: Mapping[str, Mapping[str, object]]
) -> list[str]:
    """Return what the public, a program or a file of figures answers with the word in it."""
    visitor, found = everyone[None], []
    for rule in rules_of(app):
        if "GET" not in (rule.methods or set()) or audience_of(rule) == "static":
            continue
        allowed: list[Role | None] = [*sorted(ALLOWED.get(audience_of(rule), set()))] or [None]
        answer = everyone[allowed[0]].fetch(address_of(app, rule, samples))
        is_public = allowed == [None]
        is_file = answer.mimetype != "text/html" and rule.endpoint not in SHOWN_TO_COLLEAGUES
        if (is_public or is_file) and WORD in answer.data.decode("utf-8", "replace"):
            found.append(str(rule.endpoint))
    for address, method in (("/bestaat-niet", "GET"), ("/helpdesk", "POST"), ("/zoeken?q=kanarie", "GET")):
        if WORD in visitor.fetch(address, method=method).get_data(as_text=True):
            found.append(f"{method} {address}")
    return found
