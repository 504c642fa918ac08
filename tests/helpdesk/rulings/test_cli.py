import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User
from helpdesk.core.clock import now
from helpdesk.core.outbox import entries_after, last_entry
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import load_vocabulary
from helpdesk.rulings import queries
from helpdesk.rulings.actions import by_hand, importing
from helpdesk.rulings.actions.storing import GONE
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.drafts import draft_of
from helpdesk.settings import PROJECT
from tests.conftest import EMAILS
from tests.pageclient import Visitor
from tests.shipped import RULINGS

GOOD = {
    "court": "RVV",
    "number": "301 234",
    "decided_on": "2024-02-29",
    "language": "fr",
    "keywords": "BGV – gezinsleven – verwerping",
    "summary": "Een samenvatting.",
    "full_text": "La partie requérante.\n\nDeuxième alinéa.",
    "themes": ["bgv"],
    "articles": ["VW:74/13", "art. 8 EVRM"],
    "outcome": "dismissed",
}
SLUG = "rvv-2024-02-29-301-234"
Run = Callable[..., Result]


@pytest.fixture
def run(house_app: Flask, session: Session) -> Run:
    """Run a command about rulings on the database of the test."""
    session.commit()

    def runner(*arguments: str | Path) -> Result:
        done = house_app.test_cli_runner().invoke(args=["rulings", *map(str, arguments)])
        session.expire_all()
        return done

    return runner


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write records to a file of JSON Lines."""

    def writer(*records: object, name: str = "in.jsonl") -> Path:
        path = tmp_path / name
        lines = "".join(json.dumps(record) + "\n" for record in records).encode()
        path.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
        return path

    return writer


def ruling(session: Session, slug: str = SLUG) -> Ruling:
    """Return a stored ruling."""
    return session.scalars(select(Ruling).where(Ruling.slug == slug)).one()


class TestImport:
    @pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz"])
    def test_a_new_ruling_is_published_and_announced(
        self, run: Run, write: Callable[..., Path], session: Session, as_visitor: Visitor, name: str
    ) -> None:
        before = last_entry(session)

        done = run("import", write(GOOD, name=name))

        assert (done.exit_code, done.stdout) == (0, "1 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd\n")
        stored = ruling(session)
        assert (stored.number_normal, stored.full_text) == ("RVV:301234", GOOD["full_text"])
        assert [(row.normal, row.label) for row in stored.articles] == [
            ("VW:74/13", "art. 74/13 Vw."),
            ("EVRM:8", "art. 8 EVRM"),
        ]
        assert [entry.document_id for entry in entries_after(session, before)] == [f"rechtspraak/{SLUG}"]
        assert "RvV 29\xa0februari 2024, nr.\xa0301.234" in as_visitor.get(f"/rechtspraak/{SLUG}").source
        assert f"/rechtspraak/{SLUG}" in as_visitor.get("/rechtspraak?q=301.234").source

    def test_a_second_import_changes_nothing_and_a_changed_record_updates_the_ruling(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        """Court, normalised number and date identify a ruling, however the number is written."""
        run("import", write(GOOD))
        stored_at, entry = ruling(session).updated_at, last_entry(session)

        same = run("import", write(GOOD, GOOD | {"number": "nr. 301.234"}, GOOD | {"number": 301234}))
        other = run("import", write(GOOD | {"summary": "Een betere samenvatting."}))

        assert (same.exit_code, same.stdout) == (0, "0 nieuw, 0 gewijzigd, 3 ongewijzigd, 0 geweigerd\n")
        assert (other.exit_code, other.stdout) == (0, "0 nieuw, 1 gewijzigd, 0 ongewijzigd, 0 geweigerd\n")
        assert ruling(session).summary == "Een betere samenvatting."
        assert ruling(session).updated_at > stored_at
        assert last_entry(session) == entry + 1

    def test_what_a_record_leaves_empty_stays_as_it_is(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        """A list of numbers and dates from elsewhere must not wipe what the editors wrote."""
        run("import", write(GOOD))
        bare = {name: GOOD[name] for name in ("court", "number", "decided_on", "language")}

        assert run("import", write(bare)).stdout.startswith("0 nieuw, 0 gewijzigd, 1 ongewijzigd")
        assert run("import", write(bare | {"outcome": "annulled", "summary": ""})).stdout.startswith(
            "0 nieuw, 1 gewijzigd"
        )

        stored = ruling(session)
        assert (stored.outcome, stored.summary, stored.full_text) == ("annulled", GOOD["summary"], GOOD["full_text"])
        assert [row.node for row in stored.themes] == ["bgv"]

    def test_a_wrong_record_stops_no_other_and_is_named_with_its_line(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        wrong = [
            GOOD | {"court": "XYZ"}, GOOD | {"number": "een"}, GOOD | {"themes": ["geen-thema"]},
            GOOD | {"articles": ["?:9bis"]}, GOOD | {"outcome": "gewonnen"}, GOOD | {"language": "zz"},
            GOOD | {"court": "HVJ", "number": "C-1/24", "ecli": "ECLI:EU:C:2023:1"}, GOOD | {"source_url": "x"},
            GOOD | {"division": "x" * 101}, {"court": "RVV"},
        ]  # fmt: skip

        done = run("import", write(*wrong, GOOD))

        assert (done.exit_code, done.stdout) == (1, "1 nieuw, 0 gewijzigd, 0 ongewijzigd, 10 geweigerd\n")
        report = done.stderr.splitlines()[-10:]
        for place, (told, words) in enumerate(
            zip(
                report,
                [
                    "Onbekend hof: 'XYZ'", "'een' is geen nummer", "'geen-thema' bestaat niet", "Onbekende wet",
                    "'gewonnen' staat niet in", "kies uit: nl", "past niet bij de datum", "begint met https",
                    "het maximum is 100", "'decided_on' ontbreekt",
                ],
                strict=True,
            ),
            start=1,
        ):  # fmt: skip
            assert told.startswith(f"in.jsonl:{place}: ")
            assert words in told
        assert ruling(session).outcome == "dismissed"

    def test_a_dry_run_tells_the_same_and_writes_nothing(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        entry = last_entry(session)

        done = run("import", write(GOOD, GOOD | {"court": "XYZ"}), "--dry-run")

        assert done.exit_code == 1
        assert done.stdout == "1 nieuw, 0 gewijzigd, 0 ongewijzigd, 1 geweigerd (proef: er is niets bewaard)\n"
        assert session.scalars(select(Ruling).where(Ruling.slug == SLUG)).all() == []
        assert last_entry(session) == entry

    @pytest.mark.parametrize(
        ("name", "written", "told"),
        [
            ("in.jsonl", b"", "geen enkele uitspraak"),
            ("in.jsonl", b"\n\n", "geen enkele uitspraak"),
            ("in.csv", b"", "in.csv:1: Hier moeten de namen van de velden staan"),
            ("in.csv", b"court,nummer\n", "in.csv:1: De kolom 'nummer' ken ik niet"),
            ("in.jsonl.gz", b"geen gzip", "in.jsonl.gz:1: Dit is geen geldig gzip-bestand"),
            ("in.jsonl", b"\xff\xfe{", "in.jsonl:1: Dit bestand is als UTF-16 bewaard"),
            ("in.jsonl", b"x" * 10_000_000, "in.jsonl:1: Deze regel is langer dan 4 miljoen bytes"),
            ("in.jsonl", b'{"court": "\xe9"}', "in.jsonl:1: Byte 12 van deze regel is geen UTF-8"),
            ("in.txt", b"", "onbekende soort"),
        ],
    )
    def test_a_file_that_is_none_of_ours_is_told_without_traceback(
        self, run: Run, tmp_path: Path, name: str, written: bytes, told: str
    ) -> None:
        (tmp_path / name).write_bytes(written)

        done = run("import", tmp_path / name)

        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert told in done.stderr

    def test_a_gzip_that_breaks_off_keeps_what_came_before(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        path = write(*[GOOD | {"number": str(200_001 + place)} for place in range(150)], name="in.jsonl.gz")
        path.write_bytes(path.read_bytes()[:-8])

        done = run("import", path)

        assert (done.exit_code, done.stdout) == (1, "150 nieuw, 0 gewijzigd, 0 ongewijzigd, 1 geweigerd\n")
        assert "in.jsonl.gz:151: Het gzip-bestand is beschadigd" in done.stderr
        assert ruling(session, "rvv-2024-02-29-200-150").published_at is not None

    def test_a_ruling_that_left_with_its_file_is_published_again(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        run("import", write(GOOD))
        ruling(session).published_at, ruling(session).withdrawn_reason = None, GONE
        session.commit()

        assert run("import", write(GOOD)).stdout.startswith("0 nieuw, 1 gewijzigd")
        assert ruling(session).published_at is not None

    @pytest.mark.parametrize(
        ("reason", "says"), [("Er stond een naam in.", "trok deze uitspraak in"), (None, "een ontwerp")]
    )
    def test_what_an_editor_took_off_the_site_or_has_not_published_stays_so(
        self, run: Run, write: Callable[..., Path], session: Session, reason: str | None, says: str
    ) -> None:
        run("import", write(GOOD))
        ruling(session).published_at, ruling(session).withdrawn_reason = None, reason
        session.commit()

        done = run("import", write(GOOD | {"summary": "Anders."}))

        assert done.exit_code == 1
        assert says in done.output
        assert (ruling(session).published_at, ruling(session).summary) == (None, GOOD["summary"])

    def test_a_ruling_an_editor_moved_does_not_come_back_under_its_old_address(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        run("import", write(GOOD))
        moved = ruling(session)
        draft = replace(draft_of(moved), number="301 235", number_normal="RVV:301235", slug="rvv-verbeterd")
        lists = load_vocabulary(PROJECT / "content" / "lijsten")
        by = session.scalars(select(User.id).where(User.email == EMAILS[Role.EDITOR])).one()
        by_hand.correct_ruling(session, moved, draft, lists, seen=moved.revision, publish=True, by=by, now=now())
        session.commit()

        done = run("import", write(GOOD))

        assert "staat nu op /rechtspraak/rvv-verbeterd" in done.output
        assert queries.find_ruling(session, "rvv-verbeterd") is not None

    def test_the_address_of_a_ruling_stays_when_it_is_told_with_fewer_joined_cases(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        """Others link to it; the first of the joined cases identifies the ruling."""
        joined = GOOD | {"court": "HVJ", "number": "C-758/24 en C-759/24"}
        run("import", write(joined))

        done = run("import", write(joined | {"number": "C-758/24"}))

        assert done.stdout.startswith("0 nieuw, 1 gewijzigd")
        assert ruling(session, "hvj-2024-02-29-c-758-24-en-c-759-24").number == "C-758/24"

    def test_a_record_that_would_write_a_file_nobody_can_read_is_refused(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        """An export would have held it, and nothing of that export could be imported again."""
        record = {
            "court": "RVV", "number": "269.083", "decided_on": "2022-02-28", "language": "nl",
            "keywords": "BGV – " + "x" * 1_001, "summary": "Anders.",
        }  # fmt: skip

        done = run("import", write(record))

        assert done.exit_code == 1
        assert ruling(session, "rvv-2022-02-28-269-083").summary != "Anders."

    def test_two_numbers_that_would_share_an_address_are_told(self, run: Run, write: Callable[..., Path]) -> None:
        court = {"court": "ARBRL"}

        done = run("import", write(GOOD | court | {"number": "15/3105/A"}, GOOD | court | {"number": "15-3105-A"}))

        assert (done.exit_code, done.stdout) == (1, "1 nieuw, 0 gewijzigd, 0 ongewijzigd, 1 geweigerd\n")
        assert "in.jsonl:2: Op het adres arbrl-2024-02-29-15-3105-a staat al" in done.stderr

    def test_the_name_of_a_case_is_kept_only_where_the_court_publishes_it(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        """The house shows the rulings of the other courts without names of people."""
        strasbourg = GOOD | {"court": "EHRM", "number": "41738/10", "title": "Janssens t. België"}

        run("import", write(GOOD | {"title": "Janssens t. Belgische Staat"}, strasbourg))

        assert ruling(session).parties is None
        assert ruling(session, "ehrm-2024-02-29-41738-10").parties == "Janssens t. België"

    def test_a_role_number_will_do(self, run: Run, write: Callable[..., Path], session: Session) -> None:
        record = GOOD | {"court": "arbrl", "number": None, "role_number": "15/3105/A, 15/3106/A"}

        assert run("import", write(record)).exit_code == 0
        stored = ruling(session, "arbrl-2024-02-29-15-3105-a")
        assert (stored.number, stored.role_numbers) == ("15/3105/A", ["15/3106/A"])

    def test_the_identifier_of_a_ruling_is_confirmed_only_as_long_as_it_is_the_same(
        self, run: Run, write: Callable[..., Path], session: Session
    ) -> None:
        known = ruling(session, "cass-2015-05-15-c-14-0295-n")
        record = {"court": "CASS", "number": known.number, "decided_on": "2015-05-15", "language": "nl"}

        same = run("import", write(record | {"ecli": known.ecli}))
        other = run("import", write(record | {"ecli": "ecli:be:cass:2015:arr.20150515.4"}))

        assert same.stdout.startswith("0 nieuw, 0 gewijzigd, 1 ongewijzigd")
        assert other.stdout.startswith("0 nieuw, 1 gewijzigd")
        stored = ruling(session, "cass-2015-05-15-c-14-0295-n")
        assert (stored.ecli, stored.ecli_status) == ("ECLI:BE:CASS:2015:ARR.20150515.4", None)


class TestBusyDatabase:
    def test_a_ruling_that_someone_else_stores_meanwhile_is_looked_at_again(
        self, run: Run, write: Callable[..., Path], session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = importing.import_records, []

        def collide_once(*arguments: Any, **more: Any) -> importing.RecordsCount:  # noqa: ANN401 - passed on
            calls.append(1)
            if len(calls) == 1:
                raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))
            return real(*arguments, **more)

        monkeypatch.setattr(importing, "import_records", collide_once)

        done = run("import", write(GOOD))

        assert (done.exit_code, done.stdout) == (0, "1 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd\n")
        assert ruling(session).published_at is not None

    def test_a_database_that_refuses_is_told_without_traceback(
        self, run: Run, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_arguments: Any, **_more: Any) -> importing.RecordsCount:  # noqa: ANN401 - passed on
            raise OperationalError("INSERT", {}, Exception("database is locked"))

        monkeypatch.setattr(importing, "import_records", refuse)

        done = run("import", write(GOOD))

        assert done.exit_code == 1
        assert "De databank is bezet of onbereikbaar" in done.stderr


class TestExport:
    @pytest.mark.parametrize("form", ["jsonl", "csv"])
    def test_taking_in_what_was_handed_out_changes_nothing(
        self, run: Run, tmp_path: Path, session: Session, form: str
    ) -> None:
        entry, path = last_entry(session), tmp_path / f"uit.{form}"

        handed_out = run("export", "--format", form, "--output", path)
        taken_in = run("import", path)

        assert (handed_out.exit_code, handed_out.stderr) == (0, f"{RULINGS} uitspraken geschreven\n")
        assert taken_in.stdout == f"0 nieuw, 0 gewijzigd, {RULINGS} ongewijzigd, 0 geweigerd\n"
        assert last_entry(session) == entry

    @pytest.mark.parametrize("form", ["jsonl", "csv"])
    def test_an_empty_house_hands_out_again_what_it_took_in(
        self, run: Run, tmp_path: Path, session: Session, form: str
    ) -> None:
        path = tmp_path / f"uit.{form}"
        run("export", "--format", form, "--output", path)
        before = path.read_bytes()
        session.execute(delete(Ruling))
        session.commit()

        taken_in = run("import", path)
        run("export", "--format", form, "--output", path)

        assert taken_in.stdout == f"{RULINGS} nieuw, 0 gewijzigd, 0 ongewijzigd, 0 geweigerd\n"
        assert path.read_bytes() == before

    def test_rulings_come_by_address_and_only_when_published(self, run: Run, session: Session) -> None:
        ruling(session, "rvv-2022-02-28-269-083").published_at = None
        session.commit()

        done = run("export", "--format", "jsonl")

        numbers = [json.loads(line)["number"] for line in done.stdout.splitlines()]
        assert len(numbers) == RULINGS - 1
        assert "269.083" not in numbers

    def test_only_rulings_that_state_an_ecli_have_ecli_metadata(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "uit.xml"

        done = run("export", "--format", "ecli", "--output", path)

        assert done.stderr == "90 uitspraken geschreven\n"
        assert path.read_text(encoding="utf-8").count("<dcterms:isVersionOf>ECLI:") == 90

    def test_a_file_is_complete_or_as_it_was(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "uit.ris"
        path.write_text("vorige keer")
        monkeypatch.setattr("helpdesk.rulings.cli.record_of", lambda *_args, **_more: 1 / 0)

        done = run("export", "--format", "ris", "--output", path)

        assert done.exit_code == 1
        assert path.read_text() == "vorige keer"
