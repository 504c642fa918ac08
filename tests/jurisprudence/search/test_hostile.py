"""Questions nobody means: each gets a clear answer for a bounded amount of work, counted in look-ups, not in time."""

import re

import pytest

from jurisprudence.search import suggest
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.snapshot import Snapshot

MOST_LOOKUPS = 15_000
"""300 words in three languages and six fields, asked for by matching and by snippets; half of that in practice."""

HOSTILE = {
    "very long": "vreemdeling " * 900,
    "ten thousand letters": "a" * 10_000,
    "three hundred unknown words": " ".join(
        f"{chr(97 + number % 26)}{number}qzx kwx{number}y" for number in range(150)
    ),
    "control characters": "\x00\x01\x1b visum \x07\ud800",
    "asterisks": "***",
    "leading wildcard": "*ing",
    "many prefixes": "ver* bes* ond* ger* " * 50,
    "regular expression": "(a+)+$ [[:alpha:]]* .{0,999999} (x|x)*y " * 20,
    "quotation marks": '"' * 999,
    "phrases of small words": '"van de" "in de" "op het" "aan de" ' * 40,
    "operators": "-" * 500 + " NIET" * 200 + " OF" * 200,
    "fields": "hof:" * 300 + " jaar:0..99999 artikel://///// nummer:.....",
    "brackets": "(((((" * 400,
}


class Counter:
    """Counts how often the index is asked for a term, and a word is respelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lookups = 0
        self.respellings = 0
        postings, distances = Snapshot._postings, suggest._edit_distances

        def counted_postings(snapshot: Snapshot, name: str, term: bytes, checksum: int) -> object:
            self.lookups += 1
            return postings(snapshot, name, term, checksum)

        def counted_distances(*arguments: object) -> object:
            self.respellings += 1
            return distances(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(Snapshot, "_postings", counted_postings)
        monkeypatch.setattr(suggest, "_edit_distances", counted_distances)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_question_costs_a_bounded_amount_of_work(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    counted = Counter(monkeypatch)

    found = engine.search(HOSTILE[name])

    assert counted.lookups < MOST_LOOKUPS
    assert counted.respellings <= 50
    assert all(re.sub("</?mark>", "", snippet.html).count("<") == 0 for hit in found.hits for snippet in hit.snippets)


def test_five_hundred_choices_and_a_page_far_past_the_end(engine: SearchEngine) -> None:
    filters = {"hof": [f"x{number}" for number in range(500)], "kwaad": ["y"] * 500}

    found = engine.search("visum", filters=filters, page=10**9)

    assert (found.total, found.hits) == (0, ())
    assert sum(value.selected for value in found.facets["hof"]) == 500


def test_a_page_a_thousand_million_pages_on_is_empty_and_the_total_stays(engine: SearchEngine) -> None:
    found = engine.search("", page=10**9)

    assert (found.total, found.hits) == (5, ())
