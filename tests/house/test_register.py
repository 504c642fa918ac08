"""The register of processing says what the tables hold, and no column with a telling name was forgotten."""

import re
from collections import Counter

from helpdesk.core.db import Base
from helpdesk.settings import PROJECT
from tests.house.test_schema import import_all_tables

REGISTER = (PROJECT / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = ("doel", "rechtsgrond", "betrokkenen", "gegevens", "ontvangers", "bewaring", "beveiliging")
TELLING = re.compile(
    r"[_.](email|address|name|contact|question|answer|remark|note|notes|text|reason|browser|words|typed|fields|before"
    r"|title|parties|detail|query|domain|by|sender|summary|context|intro|teaser|line|keywords|source|path|html|plain)$"
)
PUBLISHED = "what the service published or will publish about law; the editors' warning looks for traces of persons"
OF_A_PAGE = "of a page of ours or of another site, not of a person"
NOT_PERSONAL = {
    **dict.fromkeys(("advice_snippet.name",), "the short word that inserts a text"),
    **dict.fromkeys(("radar_put_away.reason",), "why an editor put a sign about a page away"),
    **dict.fromkeys(
        ("advice_source.address", "advice_source.title", "alert_item.address", "alert_item.title"), OF_A_PAGE
    ),
    **dict.fromkeys(("checked_link.address", "checked_link.reason", "counted_page.path"), OF_A_PAGE),
    **dict.fromkeys(("reference_source.address", "reference_source.title", "newsletter_item.address"), OF_A_PAGE),
    **dict.fromkeys(("amount_register.source", "amount_register.note", "alert_item.note"), PUBLISHED),
    "audit_entry.detail": "a reason about a public record; the log refuses free text in what changed",
    "closed_year.reason": "why a figure was corrected",
    **dict.fromkeys(("entered_figure.source", "entered_figure.note", "entered_line.line"), "figures of a year"),
    **dict.fromkeys(("guidance.title", "training.title"), "of an activity; organisations, no persons"),
    "newsletter_consent.words": "the words of our own form or import",
    "newsletter_delivery.sender": "the process that sends: host and number",
    "newsletter_suppression.reason": "a code",
    **dict.fromkeys(
        ("newsletter_issue.intro", "newsletter_item.source", "newsletter_item.title", "newsletter_item.teaser"),
        PUBLISHED,
    ),
    "proposal.title": "of a page that is proposed; who types it is warned as for the text",
    **dict.fromkeys(("publication_file.name", "publication_file.note", "reference.context"), PUBLISHED),
    "publication_file.hidden_reason": PUBLISHED,
    **dict.fromkeys(
        (
            *("ruling.historic_court_name", "ruling.keywords", "ruling.summary", "ruling.full_text"),
            *("ruling.content_path", "ruling.content_source", "ruling.withdrawn_reason", "ruling_change.before"),
            *("ruling_treatment.treating_text", "ruling_treatment.treated_text", "ruling_treatment.note"),
        ),
        PUBLISHED,
    ),
    **dict.fromkeys(("saved_view.name", "saved_view.query"), "codes of a question to the figures"),
    **dict.fromkeys(
        (
            *("text.content_path", "text.withdrawn_reason", "text_opened.typed", "text_work.base_source"),
            "text_version.hidden_reason",
            *("text_work.typed", "text_version.title", "text_version.summary", "text_version.source"),
            *("text_version.html", "text_version.plain", "text_version.update_note", "text_version.change_note"),
        ),
        PUBLISHED,
    ),
}
"""Columns whose name sounds like a person and that hold none, each with the reason."""


def columns() -> dict[str, bool]:
    """Return every column as "table.column", with whether it is declared as data about a person."""
    import_all_tables()
    return {
        f"{model.__tablename__}.{column.name}": column.name in model.personal_data
        for model in (mapper.class_ for mapper in Base.registry.mappers)
        for column in model.__table__.columns
    }


def processings() -> dict[str, dict[str, str]]:
    """Return the rows of each processing of the register by its heading."""
    part = REGISTER.partition("## Register")[2].partition("\n## ")[0]
    found = {}
    for section in re.split(r"^### ", part, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        found[heading] = dict(re.findall(r"^\| (\w+) \| (.+) \|$", body, re.MULTILINE))
    return found


def named_columns() -> list[str]:
    return [name for rows in processings().values() for name in re.findall(r"`(\w+\.\w+)`", rows.get("gegevens", ""))]


def test_every_processing_says_what_the_law_asks() -> None:
    assert len(processings()) >= 7
    assert {heading: tuple(rows) for heading, rows in processings().items()} == dict.fromkeys(processings(), ROWS)


def test_the_register_names_what_is_declared_and_nothing_else() -> None:
    declared = {name for name, is_personal in columns().items() if is_personal}

    assert set(named_columns()) == declared
    assert [name for name, count in Counter(named_columns()).items() if count > 1] == []


def test_every_declared_column_exists() -> None:
    """A column that was renamed must not leave its old name behind as a promise."""
    import_all_tables()
    strays = {
        f"{model.__tablename__}.{name}"
        for model in (mapper.class_ for mapper in Base.registry.mappers)
        for name in model.personal_data - {column.name for column in model.__table__.columns}
    }

    assert strays == set()


def test_a_column_with_a_telling_name_is_declared_or_explained() -> None:
    telling = {name for name, is_personal in columns().items() if TELLING.search(name) and not is_personal}

    assert telling - set(NOT_PERSONAL) == set()
    assert set(NOT_PERSONAL) - telling == set()  # an explanation of nothing
    assert all(NOT_PERSONAL.values())


def test_every_period_the_register_refers_to_exists() -> None:
    kept = re.findall(r"`(\w+)`", " ".join(rows["bewaring"] for rows in processings().values()))
    periods = set(re.findall(r"^\| `(\w+)` \|", REGISTER, re.MULTILINE))

    assert set(kept) - {"newsletter_suppression"} <= periods
