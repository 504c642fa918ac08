"""One segment of the index as arrays: what is written once and read by every search."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np

from jurisprudence.search.packs import Array, narrow
from jurisprudence.search.pairs import pair_arrays
from jurisprudence.search.signs import sign_arrays
from jurisprudence.search.stems import fold

TEXT_FIELDS = ("reference", "title", "keywords", "summary", "synonyms", "text")
TAG_FIELDS = ("soort", "hof", "thema", "jaar", "taal", "uitkomst", "artikel", "identifier", "title_key", "id")
FACET_FIELDS = TAG_FIELDS[:7]
PLAIN_WORD = re.compile(r"[^\W\d_]{3,40}")
LETTERS_KEPT = 26
"""Letters of a word kept for respelling, as Latin-1; longer words are not respelled."""

Words = Sequence[tuple[str, int]]
"""Words as written, in lower case, each with the number of documents that hold it."""


@dataclass(frozen=True)
class StoredDocument:
    """What the index keeps of a document beside its postings; `text` is UTF-8.

    `sentences` and `summary_sentences` tell where the sentences and words of text and summary stand (`places.py`).
    """

    record: Mapping[str, Any]
    text: bytes
    sentences: bytes
    summary_sentences: bytes
    day: int


@dataclass(frozen=True)
class FieldPostings:
    """All postings of one field in ascending order of the terms; `ends` begins with 0 and counts postings.

    Tag fields have no frequencies and positions that mean anything.
    """

    terms: Sequence[bytes]
    ends: Array
    documents: Array
    frequencies: Array
    positions: Array


def segment_arrays(
    fields: Mapping[str, FieldPostings], stored: Sequence[StoredDocument], words: Words
) -> dict[str, Array]:
    """Return all arrays of a segment; those of a field have names that begin with the field's."""
    arrays: dict[str, Array] = {}
    for name in (*TEXT_FIELDS, *TAG_FIELDS):
        arrays |= _field_arrays(name, fields[name], len(stored))
    return arrays | _document_arrays(stored) | _word_arrays(words)


def rounded_lengths(arrays: Mapping[str, Array], steps: Array) -> dict[str, Array]:
    """Return the field lengths rounded up to one of the steps, which scores are made of, and their exact sums."""
    found: dict[str, Array] = {}
    for name in TEXT_FIELDS:
        exact = arrays[f"{name}.exact_lengths"]
        found[f"{name}.lengths"] = steps[np.searchsorted(steps, exact).clip(0, len(steps) - 1)]
        found[f"{name}.length_total"] = np.array([exact.sum(dtype=np.uint64)], dtype=np.float64)
    return found


def phrase_arrays(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return what phrases in running text are found by, made of the other arrays of a segment."""
    names = ("ends", "documents", "frequencies", "positions")
    vocabulary = arrays["text.vocabulary"].tobytes()
    terms = [vocabulary[start:end] for start, end in pairwise(arrays["text.starts"].tolist())]
    postings = FieldPostings(terms, *(arrays[f"text.{name}"] for name in names))
    lengths = arrays["text.exact_lengths"]
    return sign_arrays(postings, lengths) | pair_arrays(postings, arrays["text.position_ends"], lengths)


def _field_arrays(name: str, postings: FieldPostings, size: int) -> dict[str, Array]:
    arrays = {
        "vocabulary": _bytes(b"".join(postings.terms)),
        "starts": np.cumsum([0, *(len(term) for term in postings.terms)], dtype=np.uint32),
        "slots": _slots(postings.terms),
        "ends": postings.ends,
        "documents": narrow(postings.documents),
    }
    if name in TEXT_FIELDS:
        arrays["frequencies"] = narrow(postings.frequencies)
        arrays["position_ends"] = narrow(np.concatenate(([0], np.cumsum(postings.frequencies, dtype=np.uint64))))
        arrays["positions"] = narrow(postings.positions)
        arrays["exact_lengths"] = narrow(np.bincount(postings.documents, postings.frequencies, size).astype(np.uint32))
    return {f"{name}.{part}": values for part, values in arrays.items()}


def _slots(terms: Sequence[bytes]) -> Array:
    """Return a table that leads from the sum over a term to its row: row + 1 in the first free slot from there on."""
    size = 1 << (2 * len(terms)).bit_length()
    slots = [0] * size
    for row, term in enumerate(terms, start=1):
        slot = crc32(term) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = row
    return np.array(slots, dtype=np.uint32)


def _document_arrays(stored: Sequence[StoredDocument]) -> dict[str, Array]:
    return {
        "days": np.array([document.day for document in stored], dtype=np.int32),
        **_blob("records", [json.dumps(document.record, ensure_ascii=False).encode() for document in stored]),
        **_blob("texts", [document.text for document in stored]),
        **_blob("text.sentences", [document.sentences for document in stored]),
        **_blob("summary.sentences", [document.summary_sentences for document in stored]),
    }


def _word_arrays(words: Words) -> dict[str, Array]:
    """Return the words sorted by their folded form, and what respelling compares them by."""
    rows = sorted((fold(word), word, count) for word, count in words)
    letters = [folded.encode("latin-1", "replace")[:LETTERS_KEPT].ljust(LETTERS_KEPT, b"\0") for folded, _, _ in rows]
    table = np.frombuffer(b"".join(letters), dtype=np.uint8)
    return {
        **_blob("words.folded", [folded.encode() for folded, _, _ in rows]),
        **_blob("words.written", [word.encode() for _, word, _ in rows]),
        "words.counts": np.array([count for _, _, count in rows], dtype=np.uint32),
        "words.lengths": np.array([min(len(folded), 255) for folded, _, _ in rows], dtype=np.uint8),
        "words.letters": table,
        "words.sets": letter_sets(table.reshape(-1, LETTERS_KEPT)),
    }


def letter_sets(letters: Array) -> Array:
    """Return, per row of letters, which of a to z occur in it, one bit each."""
    sets = np.zeros(len(letters), dtype=np.uint32)
    for column in range(letters.shape[1]):
        places = letters[:, column].astype(np.int32) - ord("a")
        is_letter = (places >= 0) & (places < 26)  # noqa: PLR2004 -- the alphabet
        sets |= np.where(is_letter, np.left_shift(1, places.clip(0, 25)), 0).astype(np.uint32)
    return sets


def written_words(document: StoredDocument) -> set[str]:
    """Return the words of a document as they are written, in lower case."""
    record = document.record
    everything = "\n".join([record["title"], record["summary"], *record["keywords"], document.text.decode()])
    return set(PLAIN_WORD.findall(everything.lower()))


def counted_words(documents: Iterable[StoredDocument]) -> Words:
    """Return every written word with the number of documents that hold it."""
    return list(Counter(word for document in documents for word in written_words(document)).items())


def _blob(name: str, pieces: Sequence[bytes]) -> dict[str, Array]:
    lengths = np.array([len(piece) for piece in pieces], dtype=np.uint64)
    return {
        f"{name}.bytes": _bytes(b"".join(pieces)),
        f"{name}.ends": np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(lengths, dtype=np.uint64))),
    }


def _bytes(raw: bytes) -> Array:
    return np.frombuffer(raw, dtype=np.uint8)
