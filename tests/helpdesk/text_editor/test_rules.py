from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core import frontmatter
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.settings import PROJECT
from helpdesk.text_editor import rules
from helpdesk.text_editor.forms import clean_body, slug_from
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import TextKind
from helpdesk.web.fields import clean_line

CONTENT = PROJECT / "content"
WRITTEN_HERE = [folder for folder, kind in text_rules.FOLDERS.items() if kind in rules.FIELDS]
FILES = sorted(path for folder in WRITTEN_HERE for path in (CONTENT / folder).rglob("*.md"))
ANYTHING = st.text(max_size=80)


def source_of(path: Path) -> tuple[str, str]:
    return path.relative_to(CONTENT).as_posix(), path.read_bytes().decode()


class TestSource:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_a_form_that_is_not_touched_gives_the_bytes_of_the_file(self, path: Path, vocabulary: Vocabulary) -> None:
        name, source = source_of(path)
        draft, _ = text_rules.read_text(name, source, vocabulary)
        assert draft is not None

        assert rules.source_of(draft.kind, rules.typed_of(draft), source, old_slug=draft.slug) == source

    @pytest.mark.parametrize("path", FILES[::15], ids=lambda path: path.stem)
    def test_one_changed_field_changes_one_line(self, path: Path, vocabulary: Vocabulary) -> None:
        name, source = source_of(path)
        draft, _ = text_rules.read_text(name, source, vocabulary)
        assert draft is not None

        changed = rules.source_of(draft.kind, rules.typed_of(draft) | {"title": "Een andere titel"}, source)

        before, after = source.split("\n"), changed.split("\n")
        assert [(one, other) for one, other in zip(before, after, strict=True) if one != other] == [
            (f"title: {draft.title}" if f"title: {draft.title}" in before else before[1], "title: Een andere titel")
        ]

    def test_windows_line_ends_stay(self) -> None:
        source = "---\r\ntitle: Een\r\nsummary: Twee\r\n---\r\n\r\nTekst.\r\n"

        changed = rules.source_of(TextKind.PAGE, {"title": "Een", "summary": "Drie", "body": "Anders.\nNog."}, source)

        assert changed == "---\r\ntitle: Een\r\nsummary: Drie\r\n---\r\n\r\nAnders.\r\nNog.\r\n"

    @given(title=ANYTHING, summary=ANYTHING, sources=st.lists(ANYTHING, max_size=3), body=st.text(max_size=200))
    def test_what_is_typed_is_read_back(self, title: str, summary: str, sources: list[str], body: str) -> None:
        """Quotes, colons, dashes, emoji, "no" and "2026-01-01" are text, whatever YAML makes of them."""
        lines = [line for source in sources if (line := clean_line(source))]
        typed: dict[str, Any] = {
            "title": clean_line(title),
            "summary": clean_line(summary),
            "sources": "\n".join(lines),
            "body": clean_body(body),
        }
        for base in ("", "---\ntitle: Oud\n# een opmerking\nsources:\n  - oud\n---\n\nOude tekst.\n"):
            source = rules.source_of(TextKind.LEXICON, typed, base)
            file = frontmatter.split(source)
            assert str(file.fields.get("title") or "") == typed["title"]
            assert str(file.fields.get("summary") or "") == typed["summary"]
            assert (file.fields.get("sources") or []) == lines
            assert file.body == (typed["body"].strip("\n") if typed["body"].strip() else "")
            assert rules.source_of(TextKind.LEXICON, typed, source) == source

    def test_a_changed_slug_is_remembered_once(self) -> None:
        base = "---\ntitle: Een\naliases: [eerst]\n---\n"

        once = rules.source_of(TextKind.LEXICON, {"title": "Een", "slug": "derde"}, base, old_slug="tweede")
        back = rules.source_of(TextKind.LEXICON, {"title": "Een", "slug": "eerst"}, base, old_slug="tweede")

        assert "aliases: [eerst, tweede]" in once
        assert "aliases: [tweede]" in back


class TestRead:
    def test_an_empty_form_says_what_to_do_at_each_field(self, vocabulary: Vocabulary) -> None:
        typed = rules.first_typed(TextKind.NEWS, "proef", "", today=date(2026, 11, 25))

        _, broken = rules.read_typed(TextKind.NEWS, "proef", typed, "", vocabulary, is_known=False)

        assert [(problem.field, problem.sentence) for problem in broken] == [
            ("title", "Schrijf een titel."),
            ("summary", "Schrijf een samenvatting."),
            ("themes", "Vink minstens één thema aan."),
            ("stand_of_law", "Vul de dag in waarvan de tekst het recht beschrijft."),
            ("sources", "Noem minstens één bron, bijvoorbeeld art. 40ter Vw."),
            ("kind", "Kies het soort nieuws."),
            ("body", "De tekst onder de velden ontbreekt."),
        ]

    def test_a_date_may_be_typed_the_belgian_way(self) -> None:
        assert rules.read_day("14/3/2027") == rules.read_day("2027-03-14") == date(2027, 3, 14)
        assert rules.read_day("31-02-2027") is rules.read_day("morgen") is None


class TestSteps:
    def test_who_submitted_does_not_approve_unless_the_house_has_one_pair_of_eyes(self) -> None:
        assert not rules.may_approve(submitted_by=1, by=1, four_eyes=True)
        assert rules.may_approve(submitted_by=1, by=2, four_eyes=True)
        assert rules.may_approve(submitted_by=1, by=1, four_eyes=False)

    def test_a_moment_is_read_in_brussels(self) -> None:
        moment = rules.brussels_moment("14-07-2027", "8:30")

        assert moment is not None
        assert moment.astimezone(UTC) == datetime(2027, 7, 14, 6, 30, tzinfo=UTC)
        assert rules.brussels_moment("14-07-2027", "25:00") is None

    def test_initials_and_addresses(self) -> None:
        assert rules.initials("Proef van der jurist") == "pvdj"
        assert slug_from("Één wet, twee gevolgen: § 3 & meer") == "een-wet-twee-gevolgen-3-meer"
