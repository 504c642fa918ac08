"""Keep the index of this node in step with the database: follow the outbox, or start again from the truth.

The index folder belongs to one node. Beside the index stand `applied`, the number of the last outbox entry it holds,
and `turn`, the lock by which the processes of a node take turns.
"""

import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from helpdesk.core import outbox
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.search import queries
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.index import IndexBusy, IndexDamaged
from jurisprudence.search.quality import Figures, figures_by_kind, load_questions
from jurisprudence.search.searchable import SearchableIndex

RETRY_SECONDS = 30.0
QUALITY = "quality.json"

log = structlog.get_logger()
_retry_at: dict[Path, float] = {}  # by index folder: when this process may try to write again


@dataclass(frozen=True)
class NodeIndex:
    """The index this node searches, and the folder in which it lives or, kept in PostgreSQL, what is said of it."""

    documents: SearchableIndex
    folder: Path


@dataclass(frozen=True)
class Quality:
    """How often the right page came first, per kind of question, and when that was measured (UTC)."""

    figures: Mapping[str, Figures]
    measured_at: datetime


def rebuild(session: Session, index: NodeIndex, vocabulary: Vocabulary) -> int:
    """Build the index again from the database and return how many documents it holds; the old one serves meanwhile."""
    with take_turn(index.folder):
        return _rebuild(session, index, vocabulary)


def keep_up(session: Session, index: NodeIndex, vocabulary: Vocabulary) -> int:
    """Apply the outbox entries this index has not seen; return how many. Waits for the turn of this process.

    A missing or damaged index is built again from the database, with a line in the log.

    Raises:
        OSError: the folder of the index cannot be written: a full disk, missing rights.
    """
    if _is_current(session, index):
        return 0
    with take_turn(index.folder):
        return _catch_up(session, index, vocabulary)


def keep_up_if_possible(session: Session, index: NodeIndex, vocabulary: Vocabulary) -> None:
    """Keep up before answering a search, without making the visitor wait for another process or for a full disk.

    When the index cannot be written the present one answers, and the next attempt is half a minute later. While the
    last good generation of a damaged index serves, building it again is left to the job runner. Only when nothing can
    be searched at all does the visitor wait for the process that is making an index.
    """
    if _retry_at.get(index.folder, 0.0) > time.monotonic() or _is_current(session, index):
        return
    if index.documents.is_serving and not index.documents.is_usable:
        return
    try:
        with take_turn(index.folder, may_wait=not index.documents.is_usable):
            _catch_up(session, index, vocabulary)
    except BlockingIOError:
        return  # another process of this node is at it
    except (OSError, IndexBusy) as failed:
        _retry_at[index.folder] = time.monotonic() + RETRY_SECONDS
        log.error("index_not_written", kind=type(failed).__name__)  # noqa: TRY400 - the kind is enough


def merge(index: NodeIndex, *, most_segments: int = 1) -> int:
    """Take small pieces of the index together when there are more than so many; return how many were taken together.

    For the job runner: nobody who searches waits for this. A damaged index is left to `keep_up`.
    """
    with take_turn(index.folder):
        try:
            return index.documents.merge(most_segments)
        except IndexDamaged:
            return 0


def _is_current(session: Session, index: NodeIndex) -> bool:
    return applied_number(index.folder) == outbox.last_entry(session) and index.documents.is_usable


def _catch_up(session: Session, index: NodeIndex, vocabulary: Vocabulary) -> int:
    """Apply what is missing, or build anew; what other processes did while this one waited is looked at first."""
    newest, applied = outbox.last_entry(session), applied_number(index.folder)
    if applied is None or applied > newest or not index.documents.is_usable:
        log.warning("index_rebuilt", reason="missing or damaged", documents=_rebuild(session, index, vocabulary))
        return 0
    return _apply(session, index, vocabulary, after=applied)


def _apply(session: Session, index: NodeIndex, vocabulary: Vocabulary, *, after: int) -> int:
    count = 0
    while entries := outbox.entries_after(session, after):
        ids = {entry.document_id for entry in entries}
        documents = queries.find_documents(session, ids, vocabulary)
        try:
            index.documents.update(list(documents.values()), remove=sorted(ids - documents.keys()))
        except IndexDamaged:
            log.warning("index_rebuilt", reason="damaged", documents=_rebuild(session, index, vocabulary))
            return count
        after = entries[-1].id
        count += len(entries)
        note_applied_number(index.folder, after)
    return count


def _rebuild(session: Session, index: NodeIndex, vocabulary: Vocabulary) -> int:
    newest = outbox.last_entry(session)  # before the documents: what changes meanwhile is applied once more
    documents = queries.all_documents(session, vocabulary)
    index.documents.replace_all(documents)
    note_applied_number(index.folder, newest)
    return len(documents)


def measure_quality(engine: SearchEngine, index: NodeIndex, questions: Path, *, now: datetime) -> dict[str, Figures]:
    """Ask all judged questions of a list and return the figures per kind; the page about searching shows the last ones.

    Raises:
        InvalidJudgement: the list says something we cannot measure.
    """
    answered = [(judged, [hit.id for hit in engine.search(judged.ask).hits]) for judged in load_questions(questions)]
    measured = figures_by_kind(answered)
    entry = {"measured_at": now.isoformat(), "figures": {kind: asdict(row) for kind, row in measured.items()}}
    fresh = index.folder / f"{QUALITY}.new"
    fresh.write_text(json.dumps(entry), "utf-8")
    fresh.replace(index.folder / QUALITY)
    return measured


def find_quality(index: NodeIndex) -> Quality | None:
    """Return the figures measured last on this node, None when nothing was measured or it cannot be read."""
    try:
        entry = json.loads((index.folder / QUALITY).read_text("utf-8"))
        figures = {kind: Figures(**row) for kind, row in entry["figures"].items()}
        return Quality(figures, datetime.fromisoformat(entry["measured_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def applied_entry(index: NodeIndex) -> int | None:
    """Return the number of the last outbox entry this index holds, None when that is unknown."""
    return applied_number(index.folder)


def applied_number(folder: Path) -> int | None:
    """Return the number of the last change the index in a folder holds, None when that is unknown."""
    try:
        return int((folder / "applied").read_text("ascii"))
    except (OSError, ValueError):
        return None


def note_applied_number(folder: Path, number: int) -> None:
    """Note the number of the last change the index in a folder holds."""
    fresh = folder / "applied.new"
    fresh.write_text(str(number), "ascii")
    fresh.replace(folder / "applied")


@contextmanager
def take_turn(folder: Path, *, may_wait: bool = True) -> Iterator[None]:
    """Take this node's turn to write its index. Raises BlockingIOError when it is taken and one may not wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "turn").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if may_wait else fcntl.LOCK_NB))
        yield
