"""One segment of the index as arrays: what is written once and read by every search."""

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jurisprudence.search.packs import Array, narrow

TEXT_FIELDS = ("reference", "title", "keywords", "summary", "synonyms", "text")
TAG_FIELDS = ("soort", "hof", "thema", "jaar", "taal", "uitkomst", "artikel", "identifier", "title_key")
FACET_FIELDS = TAG_FIELDS[:7]
SHORTEST_SUGGESTION = 3
_PLAIN_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST_SUGGESTION},40}}")


@dataclass(frozen=True)
class StoredDocument:
    """What the index keeps of a document beside its postings; `record` and `sentences` are JSON-ready values."""

    record: dict[str, Any]
    text: str
    sentences: Sequence[int]
    day: int


@dataclass
class FieldPostings:
    """All postings of one field, collected term by term in ascending order of the terms."""

    terms: list[bytes] = field(default_factory=list)
    ends: "array[int]" = field(default_factory=lambda: array("Q", [0]))
    documents: "array[int]" = field(default_factory=lambda: array("I"))
    frequencies: "array[int]" = field(default_factory=lambda: array("I"))
    positions: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, term: bytes, documents: Iterable[int], position_lists: Sequence[bytes]) -> None:
        """Add one term; the positions of each document are packed native 32-bit numbers."""
        self.terms.append(term)
        self.documents.extend(documents)
        if position_lists:
            self.frequencies.extend([len(packed) // 4 for packed in position_lists])
            self.positions.frombytes(b"".join(position_lists))
        self.ends.append(len(self.documents))


def field_arrays(name: str, postings: FieldPostings) -> dict[str, Array]:
    """Return the arrays of one field under names that begin with the field's."""
    frequencies = np.frombuffer(postings.frequencies, dtype=np.uint32)
    arrays = {
        "vocabulary": _bytes(b"".join(postings.terms)),
        "starts": np.cumsum([0, *(len(term) for term in postings.terms)], dtype=np.uint32),
        "ends": np.frombuffer(postings.ends, dtype=np.uint64),
        "documents": narrow(np.frombuffer(postings.documents, dtype=np.uint32)),
    }
    if name in TEXT_FIELDS:
        arrays["frequencies"] = narrow(frequencies)
        arrays["position_ends"] = narrow(np.concatenate(([0], np.cumsum(frequencies, dtype=np.uint64))))
        arrays["positions"] = narrow(np.frombuffer(postings.positions, dtype=np.uint32))
    return {f"{name}.{part}": values for part, values in arrays.items()}


def length_arrays(name: str, lengths: Sequence[int], total: float) -> dict[str, Array]:
    """Return the lengths of one field per document (as quantised by the index) and their exact sum, in index terms."""
    return {
        f"{name}.lengths": narrow(np.array(lengths, dtype=np.uint32)),
        f"{name}.length_total": np.array([total], dtype=np.float64),
    }


def document_arrays(stored: Sequence[StoredDocument]) -> dict[str, Array]:
    """Return the arrays that describe the documents themselves, in document order."""
    return {
        "days": np.array([document.day for document in stored], dtype=np.int32),
        **_blob("records", [json.dumps(document.record, ensure_ascii=False).encode() for document in stored]),
        **_blob("texts", [document.text.encode() for document in stored]),
        **_blob("sentences", [np.array(document.sentences, dtype=np.uint32).tobytes() for document in stored]),
        **_blob("words", _word_lines(stored)),
    }


def _word_lines(stored: Sequence[StoredDocument]) -> list[bytes]:
    """Return "word<tab>number of documents" for every word as it is written, sorted."""
    counted: Counter[str] = Counter()
    for document in stored:
        record = document.record
        everything = "\n".join([record["title"], record["summary"], *record["keywords"], document.text])
        counted.update(set(_PLAIN_WORD.findall(everything.lower())))
    return [f"{word}\t{count}".encode() for word, count in sorted(counted.items())]


def _blob(name: str, pieces: Sequence[bytes]) -> dict[str, Array]:
    lengths = np.array([len(piece) for piece in pieces], dtype=np.uint64)
    return {
        f"{name}.bytes": _bytes(b"".join(pieces)),
        f"{name}.ends": np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(lengths, dtype=np.uint64))),
    }


def _bytes(raw: bytes) -> Array:
    return np.frombuffer(raw, dtype=np.uint8)
