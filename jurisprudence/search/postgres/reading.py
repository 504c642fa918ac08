"""Reading an index in PostgreSQL: what each question needs of it is fetched, the rest is held in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter

import numpy as np

from jurisprudence.search.generations import IndexDamaged
from jurisprudence.search.matching import ARTICLE_STEP, PrefixTerms
from jurisprudence.search.packs import Array
from jurisprudence.search.postgres.connections import Connections, Row
from jurisprudence.search.postgres.tables import BLOBS, key_of, numbers
from jurisprudence.search.question import Article, Identifier, Phrase, Prefix, Question, Term, Word
from jurisprudence.search.segments import TEXT_FIELDS
from jurisprudence.search.snapshot import Contents, Postings, Segment, Snapshot

MOST_HELD = 200
"""Documents of a segment whose texts a process remembers, so that each is fetched once per page of results."""

MOST_KEPT_BYTES = 64_000_000
"""Postings that a process remembers, the ones used last; each is asked for more than once in a question."""

BYTES_OF_A_POSTING = 17
BYTES_OF_A_TERM = 500
"""Memory that a posting takes without its positions, and a term that nothing holds."""

FEW_BYTES = 65_536
"""Positions up to so many bytes come along with the documents of a term; more are fetched when they are needed."""

_NEAR_ARRAYS = "SELECT name, dtype, data FROM search_arrays WHERE segment = %s AND name NOT LIKE 'words.%%'"
_WORD_ARRAYS = "SELECT name, dtype, data FROM search_arrays WHERE segment = %s AND name LIKE 'words.%%'"
_DOCUMENTS = (
    "SELECT segment, number, record, text, sentences, summary_sentences FROM search_documents "
    "JOIN unnest(%s::int[], %s::int[]) AS wanted (segment, number) USING (segment, number)"
)
_RECORDS = "SELECT record FROM search_documents WHERE segment = %s ORDER BY number"
_TERMS = (
    "SELECT key, field, segment, size, documents, frequencies, octet_length(positions), "
    "CASE WHEN octet_length(positions) <= %s THEN positions END "
    "FROM search_postings WHERE key = ANY(%s) AND segment = ANY(%s::int[]) ORDER BY key, field, segment"
)
_POSITIONS = (
    "SELECT positions FROM search_postings WHERE key = %s AND field = %s AND segment = ANY(%s::int[]) ORDER BY segment"
)
_SOME_POSITIONS = (
    "SELECT substring(held.positions FROM wanted.start FOR wanted.size) "
    "FROM unnest(%s::int[], %s::int[], %s::int[]) WITH ORDINALITY AS wanted (segment, start, size, place) "
    "JOIN search_postings AS held ON held.key = %s AND held.field = %s AND held.segment = wanted.segment "
    "ORDER BY wanted.place"
)


class FarContents(Contents):
    """A segment in PostgreSQL: small arrays in memory, postings of words and texts where they are."""

    def __init__(self, connections: Connections, segment: int) -> None:
        self.segment = segment
        self._connections = connections
        arrays = _Arrays(connections, segment)
        if not arrays:
            raise IndexDamaged("A segment of the index in PostgreSQL is gone.")
        super().__init__(arrays)
        self._documents: dict[int, Sequence[bytes]] = {}

    def piece(self, name: str, number: int) -> bytes:
        """Return one byte string: of a document from the table, of a word from memory."""
        if name in BLOBS:
            document = self._documents.get(number) or fetch_documents(self._connections, [(self, number)])[0]
            return document[BLOBS.index(name)]
        return super().piece(name, number)

    def records(self) -> Iterator[bytes]:
        """Yield the record of every document, as JSON."""
        return (record for (record,) in self._connections.rows(_RECORDS, [self.segment]))

    @cached_property
    def ids(self) -> Array:
        """Return the id of every document, as bytes."""
        return self.arrays["ids"]

    def holds(self, number: int) -> bool:
        """Tell whether what is stored of a document was fetched before."""
        return number in self._documents

    def hold(self, number: int, document: Sequence[bytes]) -> None:
        """Remember what is stored of a document until many others were asked for."""
        if len(self._documents) >= MOST_HELD:
            self._documents = {}
        self._documents[number] = document


def fetch_documents(connections: Connections, wanted: Sequence[tuple[FarContents, int]]) -> list[Sequence[bytes]]:
    """Return what is stored of documents of several segments, in any order; their segments remember it."""
    by_segment = {contents.segment: contents for contents, _ in wanted}
    values = [[contents.segment for contents, _ in wanted], [number for _, number in wanted]]
    rows = _whole(connections.rows(_DOCUMENTS, values), len(wanted))
    for segment, number, *document in rows:
        by_segment[segment].hold(number, document)
    return [row[2:] for row in rows]


class _Arrays(dict[str, Array]):
    """The arrays of a segment that a process holds; those about words are fetched when they are first asked for."""

    def __init__(self, connections: Connections, segment: int) -> None:
        self._fetch: Callable[[str], list[tuple[str, str, bytes]]] = lambda query: connections.rows(query, [segment])
        super().__init__(self._arrays(_NEAR_ARRAYS))

    def __missing__(self, name: str) -> Array:
        self.update(self._arrays(_WORD_ARRAYS))
        if name not in self:
            raise KeyError(name)
        return self[name]

    def _arrays(self, query: str) -> dict[str, Array]:
        return {name: np.frombuffer(data, dtype=dtype) for name, dtype, data in self._fetch(query)}


@dataclass(frozen=True)
class _Held:
    """What one segment holds of a term in one field; `positions` are None when they were left behind."""

    segment: int
    size: int
    documents: bytes
    frequencies: bytes
    positions_size: int
    positions: bytes | None


class FarPostings(Postings):
    """Where a term stands in one field; positions are fetched when a phrase or a snippet asks for them."""

    def __init__(
        self, connections: Connections, key: bytes, field: int, held: Sequence[_Held], bases: Mapping[int, int]
    ) -> None:
        self._connections, self._key, self._field, self._held = connections, key, field, held
        self._bases = bases

    @cached_property
    def documents(self) -> Array:
        """Return the numbers of the documents that hold the term, ascending."""
        pieces = ((numbers(one.documents, one.size), self._bases[one.segment]) for one in self._held)
        return np.concatenate([documents.astype(np.uint32) + np.uint32(base) for documents, base in pieces])

    @cached_property
    def frequencies(self) -> Array:
        """Return how often each of those documents holds it."""
        return np.concatenate([numbers(one.frequencies, one.size) for one in self._held])

    @cached_property
    def ends(self) -> Array:
        """Return how many positions there are up to and including each document."""
        return np.cumsum(self.frequencies, dtype=np.int64)

    @cached_property
    def _counts(self) -> list[int]:
        """Return how many positions each segment holds."""
        return [int(numbers(one.frequencies, one.size).sum()) for one in self._held]

    @cached_property
    def positions(self) -> Array:
        """Return the positions in all documents, end to end."""
        raw = [one.positions for one in self._held]
        far = [one.segment for one in self._held if one.positions is None]
        if far:
            rows = self._connections.rows(_POSITIONS, [self._key, self._field, far])
            fetched = iter(_whole(rows, len(far)))
            raw = [next(fetched)[0] if one is None else one for one in raw]
        return np.concatenate([numbers(one or b"", count) for one, count in zip(raw, self._counts, strict=True)])

    def positions_in(self, documents: Array) -> Iterator[tuple[int, list[int]]]:
        """Yield the positions in each of these documents (ascending) that holds the term; fetches no others."""
        if "positions" in self.__dict__ or all(one.positions is not None for one in self._held):
            yield from super().positions_in(documents)
            return
        rows = np.searchsorted(self.documents, documents).clip(max=len(self.documents) - 1)
        rows = rows[self.documents[rows] == documents]
        firsts = np.cumsum([0, *self._counts])
        ends = self.ends[rows]
        places = np.searchsorted(firsts, ends, side="left") - 1
        widths = np.array([one.positions_size // count for one, count in zip(self._held, self._counts, strict=True)])
        sizes = self.frequencies[rows].astype(np.int64)
        starts = (ends - sizes - firsts[places]) * widths[places] + 1
        segments = [self._held[place].segment for place in places.tolist()]
        values = [segments, starts.tolist(), (sizes * widths[places]).tolist(), self._key, self._field]
        found = _whole(self._connections.rows(_SOME_POSITIONS, values), len(rows))
        for row, size, (raw,) in zip(rows.tolist(), sizes.tolist(), found, strict=True):
            yield int(self.documents[row]), numbers(raw, size).tolist()

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory this takes once it was used: as it came, and as arrays."""
        return sum(2 * one.positions_size + BYTES_OF_A_POSTING * one.size for one in self._held)


class FarSnapshot(Snapshot):
    """One generation of an index in PostgreSQL; it stays readable for a while after the next one is made."""

    def __init__(
        self, connections: Connections, segments: Sequence[Segment], ids: Sequence[int], generation: int
    ) -> None:
        super().__init__(segments, generation)
        self._connections = connections
        self._bases = [segment.base for segment in segments]
        self._base_of = dict(zip(ids, self._bases, strict=True))
        self._recent = _Recent()

    def in_text_fields(self, term: bytes) -> Mapping[str, Postings]:
        """Return where a term stands, by text field, in their order; deleted documents included."""
        found = self._recent.get(term)
        return self._fetched([term])[term] if found is None else found

    def prepare(self, question: Question, prefix_terms: PrefixTerms) -> None:
        """Fetch where all terms of a question stand at once."""
        clauses = [(*clause.alternatives, *clause.expansions) for clause in question.clauses]
        terms = dict.fromkeys(term for one in (*clauses, question.excluded) for term in _index_terms(one, prefix_terms))
        wanted = [term for term in terms if self._recent.get(term) is None]
        if wanted:
            self._fetched(wanted)

    def expect(self, numbers: Sequence[int]) -> None:
        """Fetch what is stored of the documents of a page all at once."""
        wanted = []
        for number in dict.fromkeys(numbers):
            segment = self._segment_of(number)
            contents = segment.contents
            if isinstance(contents, FarContents) and not contents.holds(number - segment.base):
                wanted.append((contents, number - segment.base))
        if wanted:
            fetch_documents(self._connections, wanted)

    def _fetched(self, terms: Sequence[bytes]) -> dict[bytes, dict[str, FarPostings]]:
        """Return where each of these terms stands in each field that holds it, and remember it for a while."""
        keys = {key_of(term): term for term in terms}
        found: dict[bytes, dict[str, FarPostings]] = {term: {} for term in terms}
        rows = self._connections.rows(_TERMS, [FEW_BYTES, list(keys), list(self._base_of)])
        for (key, field), of_field in groupby(rows, key=itemgetter(0, 1)):
            held = [_Held(*row[2:]) for row in of_field]
            found[keys[key]][TEXT_FIELDS[field]] = FarPostings(self._connections, key, field, held, self._base_of)
        for term, postings in found.items():
            self._recent.keep(term, postings)
        return found


def _whole(rows: list[Row], count: int) -> list[Row]:
    """Return the rows. Raises IndexDamaged when some are missing: their segment went while somebody was reading it."""
    if len(rows) < count:
        raise IndexDamaged("A segment of the index in PostgreSQL is gone.")
    return rows


def _index_terms(terms: Iterable[Term], prefix_terms: PrefixTerms) -> Iterator[bytes]:
    """Yield the index terms by which the terms of a question are looked up."""
    for term in terms:
        match term:
            case Word():
                yield from chain(term.joined, *term.steps)
            case Phrase():
                yield from chain(*term.steps)
            case Article():
                yield from chain(term.step, ARTICLE_STEP, *term.law_steps)
            case Prefix():
                yield from prefix_terms(term.start)
            case Identifier():
                yield from term.step


class _Recent:
    """The postings used last, up to a number of bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[dict[str, FarPostings], int]] = OrderedDict()
        self._bytes = 0

    def get(self, term: bytes) -> dict[str, FarPostings] | None:
        with self._lock:
            if term not in self._kept:
                return None
            self._kept.move_to_end(term)
            return self._kept[term][0]

    def keep(self, term: bytes, found: dict[str, FarPostings]) -> None:
        size = BYTES_OF_A_TERM + sum(postings.kept_bytes for postings in found.values())
        with self._lock:
            if term in self._kept:
                return
            self._kept[term] = found, size
            self._bytes += size
            while self._bytes > MOST_KEPT_BYTES and len(self._kept) > 1:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
