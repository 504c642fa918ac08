from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core import references
from helpdesk.core.references import NotedReference, Origin, ReferenceSource, Source, Target
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.actions import importing

SOURCE = Source(id="nieuws/proef", kind="nieuws", address="/nieuws/proef", title="Proef", dated_on=date(2026, 11, 25))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def an_article(target: str, origin: Origin = Origin.AUTOMATIC) -> Target:
    law, _, number = target.partition(":")
    first, _, last = number.partition("..")
    return Target(target=target, precise=target, origin=origin, law=law, number=first, to_number=last or None)


def targets(session: Session) -> list[str]:
    return [row.target for row in references.references_of(session, SOURCE.id)]


class TestNote:
    def test_noting_again_replaces_what_was_recognised(self, session: Session) -> None:
        references.note(session, SOURCE, [an_article("VW:9bis"), an_article("VW:10")])
        references.note(session, SOURCE, [an_article("VW:10")])

        assert targets(session) == ["VW:10"]

    def test_what_an_editor_removed_stays_removed(self, session: Session) -> None:
        references.note(session, SOURCE, [an_article("VW:9bis"), an_article("VW:9bis"), an_article("VW:10")])
        assert references.suppress(session, SOURCE.id, "VW:9bis")

        references.note(session, SOURCE, [an_article("VW:9bis"), an_article("VW:10")])

        assert targets(session) == ["VW:10"]
        assert [row.target for row in references.suppressed_of(session, SOURCE.id)] == ["VW:9bis"]

    def test_a_removed_reference_survives_a_withdrawal(self, session: Session) -> None:
        references.note(session, SOURCE, [an_article("VW:9bis")])
        references.suppress(session, SOURCE.id, "VW:9bis")

        references.forget(session, SOURCE.id)
        references.note(session, SOURCE, [an_article("VW:9bis")])

        assert targets(session) == []

    def test_a_withdrawn_source_is_gone(self, session: Session) -> None:
        references.note(session, SOURCE, [an_article("VW:9bis")])

        references.forget(session, SOURCE.id)

        assert session.get(ReferenceSource, SOURCE.id) is None
        assert not session.scalars(select(NotedReference).where(NotedReference.source_id == SOURCE.id)).all()

    def test_a_range_counts_for_each_article_in_it(self, session: Session) -> None:
        references.note(session, SOURCE, [an_article("VW:48/2..48/9")])

        def found(number: str) -> list[str]:
            rows = references.referring_to_article(session, "VW", number)
            return [row.target for row in rows if row.source_id == SOURCE.id]

        assert found("48/3") == ["VW:48/2..48/9"]
        assert found("48/9") == ["VW:48/2..48/9"]
        assert found("48/10") == []
        assert found("49") == []

    def test_advice_is_not_shown_to_the_public(self, session: Session) -> None:
        advice = Source(id="advies/1", kind=references.ADVICE, address="/helpdesk/adviezen/1", title="Advies 1")
        references.note(session, advice, [an_article("VW:9bis")])

        assert all(row.source_id != "advies/1" for row in references.referring_to_article(session, "VW", "9bis"))


class TestResolving:
    def test_a_ruling_that_comes_later_is_found_without_reading_again(
        self, session: Session, vocabulary: Vocabulary, tmp_path: Path
    ) -> None:
        references.note(
            session, SOURCE, references.recognised("Zie RvV 1 juni 2021, nr. 255.555.", vocabulary.recogniser)
        )
        assert ruling_queries.held(session, {"RVV:255555"}) == {}

        folder = tmp_path / "rechtspraak" / "rvv"
        folder.mkdir(parents=True)
        (folder / "2021-06-01-255-555.md").write_text(
            '---\ncourt: RVV\nnumber: "255.555"\ndecided_on: 2021-06-01\nlanguage: nl\nkeywords: "proef"\n'
            "themes: [bgv]\nquality: good\n---\n\nEen proef.\n",
            "utf-8",
        )
        drafts, problems = importing.read_folder(tmp_path, vocabulary)
        assert problems == []
        importing.import_rulings(session, drafts, vocabulary, now=NOW)

        assert ruling_queries.held(session, {"RVV:255555"}) == {"RVV:255555": ["rvv-2021-06-01-255-555"]}
        assert [row.source_id for row in references.referring_to(session, ["RVV:255555"])] == [SOURCE.id]

    def test_a_joined_case_finds_its_ruling(self, session: Session) -> None:
        assert ruling_queries.held(session, {"HVJ:C-759/24"}) == {
            "HVJ:C-759/24": ["hvj-2025-08-01-c-758-24-en-c-759-24"]
        }


class TestQuoted:
    @pytest.mark.parametrize(
        ("text", "start", "end", "quoted"),
        [
            ("Zie art. 9bis Vw.", 4, 17, "Zie art. 9bis Vw."),
            ("een regel\nZie art. 9bis Vw.\nnog een", 14, 27, "Zie art. 9bis Vw."),
            (f"{'woord ' * 40}art. 9 {'woord ' * 40}", 240, 246, None),
        ],
    )
    def test_the_words_around_stay_in_their_line(self, text: str, start: int, end: int, quoted: str | None) -> None:
        found = references.quoted(text, start, end)

        if quoted is None:
            assert found.startswith("… woord")
            assert found.endswith("woord …")
            assert len(found) < 220
        else:
            assert found == quoted
