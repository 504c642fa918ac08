"""The numbers about publications come from what the product itself published, counted and sent."""

from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core.publication_files import PublicationFile
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.figures import actions, queries
from helpdesk.newsletters.models import Movement
from helpdesk.rulings.models import Ruling
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.visits import actions as visits
from helpdesk.visits.rules import Batch
from tests.helpdesk.figures.test_reports import an_entered_figure

YEAR = 2031  # nothing of the shipped content is of this year
DAY = date(YEAR, 3, 2)
MOMENT = datetime(YEAR, 3, 2, 9, 0, tzinfo=UTC)


def figures(session: Session, vocabulary: Vocabulary, year: int = YEAR) -> dict[str, int | None]:
    session.flush()
    return {one.code: one.n for one in queries.annual_report(session, year=year, vocabulary=vocabulary).publications}


def publish_again(session: Session, slug: str, *, is_substantive: bool, at: datetime = MOMENT) -> None:
    """Give a theme page one more version."""
    query = select(PublishedText).where(PublishedText.kind == TextKind.THEME, PublishedText.slug == slug)
    text = session.scalars(query).one()
    last = session.scalars(
        select(TextVersion).where(TextVersion.text_id == text.id).order_by(TextVersion.number.desc())
    ).first()
    assert last is not None
    same = {
        column.key: getattr(last, column.key)
        for column in TextVersion.__mapper__.column_attrs
        if column.key not in {"id", "number", "published_at", "is_substantive"}
    }
    number = last.number + 1
    session.add(TextVersion(**same, number=number, published_at=at, is_substantive=is_substantive))
    text.live_number = number
    session.flush()


class TestPublicationFigures:
    def test_a_page_that_said_something_else_twice_is_updated_once(
        self, session: Session, vocabulary: Vocabulary
    ) -> None:
        for _ in range(2):
            publish_again(session, "gh-belg", is_substantive=True)
        publish_again(session, "studenten", is_substantive=True)

        assert figures(session, vocabulary)["themapaginas_geactualiseerd"] == 2

    def test_a_version_that_says_the_same_is_no_update(self, session: Session, vocabulary: Vocabulary) -> None:
        """A check by a jurist or a corrected word makes a version, and no updated page."""
        publish_again(session, "gh-belg", is_substantive=False)

        assert figures(session, vocabulary)["themapaginas_geactualiseerd"] is None

    def test_the_year_ends_at_midnight_in_brussels(self, session: Session, vocabulary: Vocabulary) -> None:
        publish_again(session, "gh-belg", is_substantive=True, at=datetime(YEAR, 12, 31, 23, 30, tzinfo=UTC))

        assert figures(session, vocabulary)["themapaginas_geactualiseerd"] is None
        assert figures(session, vocabulary, YEAR + 1)["themapaginas_geactualiseerd"] == 1

    def test_rulings_files_views_and_readers_are_counted(self, session: Session, vocabulary: Vocabulary) -> None:
        before = len(session.scalars(select(Ruling.id).where(Ruling.published_at.is_not(None))).all())
        ruling = session.scalars(select(Ruling).where(Ruling.published_at.is_not(None)).limit(1)).one()
        ruling.published_at = MOMENT
        for number in (1, 2):
            session.add(
                PublicationFile(
                    slug="brochure", number=number, name="b.pdf", kind="pdf", sha256=str(number), given_sha256="x",
                    size_bytes=1, note="", stored_at=MOMENT,
                )
            )  # fmt: skip
        visits.store(session, Batch(views=Counter({(DAY, "/themas"): 3, (DAY, "/nieuws"): 4})))
        session.add_all(
            Movement(day=day, joined=joined, left=left)
            for day, joined, left in ((DAY, 9, 2), (date(YEAR + 1, 1, 1), 5, 0))
        )

        found = figures(session, vocabulary)

        assert (found["rechtspraak_nieuw"], found["rechtspraak_totaal"]) == (1, before)
        assert (found["publicaties_bestanden"], found["paginaweergaven"]) == (1, 7)
        assert found["enieuwsbrief_abonnees"] == 7

    def test_what_was_entered_stands_before_what_is_counted(self, session: Session, vocabulary: Vocabulary) -> None:
        """The years before the product counted keep the numbers that were printed then."""
        publish_again(session, "gh-belg", is_substantive=True)
        draft = an_entered_figure(code="themapaginas_geactualiseerd", year=YEAR, value=181)
        actions.enter_figure(session, draft, vocabulary=vocabulary, by=None, now=MOMENT)

        assert figures(session, vocabulary)["themapaginas_geactualiseerd"] == 181
