"""Fill a database as people fill it, with the commands and screens of the release it runs in, and write it as SQL.

Run it in a checkout of that release, with that checkout on the path; README.md says how. It uses what every release
has: `create_app`, the commands, and the visitor of the tests, who types into the forms on the screen.
"""

import gzip
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from click.testing import Result
from flask import Flask

from helpdesk.app import create_app
from helpdesk.cli import main
from helpdesk.settings import PROJECT, read_settings
from tests.helpdesk.activities.examples import guidance_values, training_values
from tests.helpdesk.advice.examples import advice_form_values
from tests.pageclient import Visitor
from tests.pdfs import a_pdf

PASSWORD = "een lang proefwachtwoord"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROLES = ("jurist", "redacteur", "coordinator", "beheerder")
DEMO_KEPT = 40  # of the demo year
THEMES_KEPT = 6
DROPPED = re.compile(r'(INSERT INTO|CREATE TABLE) "?huey')
NEW_ADVICE = "/helpdesk/adviezen/nieuw"
NEW_RULING = "/redactie/uitspraken/nieuw"
PREFERENCES = "/helpdesk/voorkeuren"
MOVED, WITHDRAWN, TREATED = "rvv-2022-02-28-269-083", "ehrm-2014-07-08-29179-13", "gwh-2019-10-24-149-2019"
REPORT = "/helpdesk/cijfers/jaarverslag/2019"


def fill(target: Path) -> None:
    """Write the database of a small installation to a compressed file of SQL."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        content = _small_library(room / "content")
        given = {"DATA_DIR": str(room / "data"), "CONTENT_DIR": str(content), "SECRET_KEY": "0123456789abcdef" * 4}
        settings = read_settings({f"HELPDESK_{name}": value for name, value in given.items()})
        app = create_app(replace(settings, testing=True))  # visits are stored at once
        _run(app, "init")
        for role in ROLES:
            _run(app, "users", "add", f"{role}@voorbeeld.test", "--name", f"Proef {role}", "--role", role)
        _second_import(app, content)
        _run(app, "demo")
        _give_advice(_signed_in(app, "jurist"))
        _note_activities(_signed_in(app, "jurist"))
        _count_and_close(_signed_in(app, "coordinator"))
        _edit_rulings(_signed_in(app, "redacteur"))
        _visit(Visitor(app.test_client()))
        _write(room / "data" / "helpdesk.sqlite", target)


def _small_library(folder: Path) -> Path:
    """Copy the library but for most theme pages: those are long, and no other text needs them."""
    shutil.copytree(PROJECT / "content", folder)
    for page in sorted((folder / "themas").rglob("*.md"))[THEMES_KEPT:]:
        page.unlink()
    return folder


def _second_import(app: Flask, content: Path) -> None:
    """Let an import change a text, so that it has two versions, and withdraw one."""
    term = min((content / "lexicon").glob("*.md"))
    term.write_text(f"{term.read_text(encoding='utf-8')}\nEr kwam een zin bij.\n", encoding="utf-8")
    min((content / "nieuws").rglob("*.md")).unlink()
    _run(app, "content", "import")


def _run(app: Flask, *words: str) -> Result:
    done = app.test_cli_runner().invoke(main, list(words), input=f"{PASSWORD}\n")
    if done.exit_code:
        raise SystemExit(f"{' '.join(words)}: {done.output}")
    return done


def _signed_in(app: Flask, role: str) -> Visitor:
    """Return a colleague who signed in at the second try: the first was refused and counted."""
    visitor = Visitor(app.test_client())
    typed = {"email": f"{role}@voorbeeld.test"}
    page = visitor.get("/aanmelden").fill({**typed, "password": "vergeten"}).submit(expect=422)
    page.fill({**typed, "password": PASSWORD}).submit()
    return visitor


def _give_advice(jurist: Visitor) -> None:
    """Record advice with two persons and sources, correct it, plan what follows, propose it; leave a draft open."""
    for fields in (
        {"other_themes": ["huwelijk"], "residence_situation_2": "onwettig", "nationality_2": "SY"},
        {"outcome": "3", "referred_to": "unia", "nationality": "BE"},
        {"answer": "Zie art. 40ter Vw. en RvV nr. 269.083 – “wél” €."},
    ):
        form = jurist.get(NEW_ADVICE).fill(advice_form_values(**fields))
        form.data.setlist("sources", ["lexicon/bgv", f"rechtspraak/{TREATED}"])
        page = form.submit("Bewaren")
    later = page.fill({"due_on": "2099-01-05", "whose": "ik", "contact": "An, 0475 12 34 56"})
    later.submit("Opvolging bewaren")
    corrected = jurist.get(page.path).follow("Verbeteren")
    corrected.fill({"caller_region": "limburg", "reason": "Verkeerde regio."}).submit("Verbetering bewaren")
    proposed = jurist.get(page.path).follow("Voorstel aan de redactie")
    proposed.fill({"title": "Werken tijdens de aanvraag", "text": "Deze vraag komt vaak."}).submit(
        "Naar de redactie sturen"
    )
    draft = jurist.get(NEW_ADVICE).fill(advice_form_values(answer="Half ant"), action=NEW_ADVICE)
    _expect(jurist.fetch("/helpdesk/adviezen/ontwerp", method="POST", data=draft.data).status_code, {200})
    preset = {"name": "OCMW", "caller_category": "3", "caller_sector": "wel", "caller_region": "limburg"}
    jurist.get(PREFERENCES).fill(preset).submit("Beller bewaren")
    jurist.get(PREFERENCES).fill({"name": "slot", "text": "Bel gerust terug."}).submit("Tekst bewaren")


def _note_activities(jurist: Visitor) -> None:
    jurist.get("/helpdesk/vormingen/nieuw").fill(training_values()).submit()
    jurist.get("/helpdesk/begeleidingen/nieuw").fill(guidance_values()).submit()
    jurist.get("/helpdesk/cijfers/verkennen?rij=kanaal").fill({"name": "Kanalen"}).submit()


def _count_and_close(coordinator: Visitor) -> None:
    """Enter a number and a line of the annual report, and close the year."""
    entered = {"which": "cijfer_publicaties/enieuwsbrieven", "value": "9", "source": "Eigen telling"}
    coordinator.get(f"{REPORT}/invoer").fill(entered).submit()
    coordinator.get(f"{REPORT}/invoer").fill({"acties": "Kwaliteitskader vernieuwd"}).submit()
    coordinator.get(REPORT).fill({}, action=f"{REPORT}/afsluiten").submit()


def _edit_rulings(editor: Visitor) -> None:
    """Add a ruling with its file, correct and move one that came from content/, withdraw another, mark a treatment."""
    typed = {
        "court": "RVV",
        "number": "nr. 269999",
        "decided_on": "14-03-2022",
        "language": "nl",
        "keywords": "BGV - openbare orde - art. 74/13 Vw. - verwerping",
        "outcome": "dismissed",
        "articles": "art 74/13 Vw.",
        "themes": ["bgv"],
        "summary": "Een bevel na een veroordeling.",
        "full_text": "De Raad verwerpt het beroep.",
    }
    form = editor.get(NEW_RULING).fill(typed)
    data: dict[str, object] = {name: form.data.getlist(name) for name in form.data} | {"knop": "publiceren"}
    data["pdf"] = (BytesIO(a_pdf("De Raad verwerpt het beroep.")), "arrest.pdf", "application/pdf")
    sent = editor.fetch(NEW_RULING, method="POST", data=data, content_type="multipart/form-data")
    _expect(sent.status_code, {302, 303})
    page = editor.get(f"/redactie/uitspraken/{MOVED}")
    page.fill({"summary": "Beter gezegd.", "number": "269.084"}).submit("Bewaren op de site")
    page = editor.get(f"/redactie/uitspraken/{WITHDRAWN}")
    page.fill({"reason": "Vernietigd door de Raad van State."}).submit("Intrekken")
    treatment = {
        "treating": "Wet van 18 juli 2025",
        "kind": "supersedes",
        "treated_on": "2025-07-18",
        "note": "De wet wijzigt de voorwaarden.",
    }
    editor.get(f"/redactie/behandelingen?uitspraak={TREATED}").fill(treatment).submit()


def _visit(visitor: Visitor) -> None:
    """Be counted on two pages and for a search."""
    for data in ({"pad": "/themas"}, {"pad": "/nieuws"}, {"pad": "/zoeken", "zoek": "bulletje", "gevonden": "0"}):
        visitor.fetch("/telling", method="POST", data=data, headers={"User-Agent": FIREFOX})


def _expect(status: int, allowed: Iterable[int]) -> None:
    if status not in allowed:
        raise SystemExit(f"answered {status}")


def _write(database: Path, target: Path) -> None:
    """Leave most of the demo year out, and write the rest as SQL; the same rows give the same bytes."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        oldest = "SELECT id FROM advice WHERE is_demo ORDER BY id LIMIT -1 OFFSET ?"
        connection.execute(f"DELETE FROM advice WHERE id IN ({oldest})", (DEMO_KEPT,))  # noqa: S608 - a constant
        connection.commit()
        lines = [line for line in connection.iterdump() if not DROPPED.match(line)]
    target.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    fill(Path(sys.argv[1]).resolve())
