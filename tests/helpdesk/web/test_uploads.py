"""Files handed in to do harm: each is refused with a reason or kept harmless, on every route that takes one."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from helpdesk.activities.models import Guidance, Training
from helpdesk.advice.models import Advice
from helpdesk.rulings.models import RulingFile
from helpdesk.settings import PROJECT
from tests.conftest import House
from tests.pageclient import Visitor
from tests.pdfs import a_pdf


def a_zip_bomb() -> bytes:
    """Return what a spreadsheet program would unpack to a hundred megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    return packed.getvalue()


SCRIPT = b"<html><script>alert(1)</script></html>"
HOSTILE = {
    "a page of HTML": SCRIPT,
    "a picture that is a page": b"GIF89a/*" + SCRIPT,
    "a pdf in name only": b"%PDF-1.7\n" + SCRIPT,
    "a script after a pdf": b"MZ" + SCRIPT + a_pdf("Hallo"),
    "a spreadsheet that unpacks without end": a_zip_bomb(),
    "nothing": b"",
    "only NUL": b"\0" * 5_000,
    "one endless line": b"a" * 900_000,
    "quotes that never close": b'"' * 50_001,
    "no UTF-8": b"\xff\xfe\x00" * 200,
    "names of columns without end": b";" * 100_000 + b"\n1\n",
}
NAMES = ["../../../etc/cron.d/x.pdf", "..\\..\\x.pdf", "/x.csv", "a\0.pdf", "x.php.pdf", "a" * 3_000 + ".csv", ""]
ROUTES = {
    "/redactie/uitspraken/nieuw": "pdf",
    "/helpdesk/adviezen/inlezen": "file",
    "/helpdesk/vormingen/invoer": "file",
    "/helpdesk/begeleidingen/invoer": "file",
}


@pytest.fixture
def data_dir(house: House) -> Iterator[Path]:
    """The data folder; files that came into it go afterwards, since no transaction undoes those."""
    folder: Path = house.app.extensions["helpdesk"].settings.data_dir
    before = set(folder.rglob("*"))
    yield folder
    for path in sorted(set(folder.rglob("*")) - before, reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


def hand_in(visitor: Visitor, path: str, data: bytes, name: str = "bestand.pdf", kind: str = "application/pdf") -> Any:  # noqa: ANN401 - an answer
    """Send a file with a form that is otherwise as it stands, as a browser does."""
    field = ROUTES[path]
    form = next(form for form in visitor.get(path).all("form") if form.get("enctype") == "multipart/form-data")
    token = next(one.get("value", "") for one in form.iter() if one.get("name") == "csrf_token")
    file = FileStorage(io.BytesIO(data), name, content_type=kind)
    boundary, body = encode_multipart({"csrf_token": token, "knop": "publiceren", field: file})
    return visitor.fetch(path, method="POST", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def stored(session: Session) -> list[int]:
    return [
        session.scalar(select(func.count()).select_from(one)) or 0 for one in (RulingFile, Advice, Training, Guidance)
    ]


@pytest.fixture
def who(as_editor: Visitor, as_jurist: Visitor, path: str) -> Visitor:
    """The colleague who may hand in a file there."""
    return as_editor if path.startswith("/redactie") else as_jurist


@pytest.mark.stored
@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize("path", ROUTES)
class TestHandedIn:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_hostile_file_is_refused_and_nothing_is_stored(
        self, who: Visitor, session: Session, path: str, name: str
    ) -> None:
        before = stored(session)

        answer = hand_in(who, path, HOSTILE[name])

        assert answer.status_code in {413, 422}
        assert "<script>alert" not in answer.text
        assert stored(session) == before

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    def test_the_name_of_a_file_decides_nothing(self, who: Visitor, data_dir: Path, path: str, name: str) -> None:
        answer = hand_in(who, path, a_pdf("Hallo"), name)

        assert answer.status_code in {413, 422}
        made = [file.relative_to(data_dir).parts[0] for file in data_dir.rglob("*.pdf")]
        assert set(made) <= {"uploads"}

    def test_the_kind_it_says_to_be_decides_nothing(self, who: Visitor, path: str) -> None:
        assert hand_in(who, path, SCRIPT, "x.html", "text/html").status_code == 422

    def test_sixty_megabytes_are_refused(self, who: Visitor, path: str) -> None:
        assert hand_in(who, path, b"%PDF-" + b"0" * 60_000_000).status_code == 413


def test_every_form_that_takes_a_file_is_tried() -> None:
    """A new route for files joins ROUTES, or has tests of its own: publications, readers of the newsletter."""
    sources = (PROJECT / "helpdesk").glob("*/forms.py")
    fields = sum(path.read_text(encoding="utf-8").count("FileField(") for path in sources)

    assert fields == len({"pdf", "advice", "activities", "publications", "newsletters"})
