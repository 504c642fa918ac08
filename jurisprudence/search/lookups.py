"""What a question looked up: each term once, however many parts of the search ask for it."""

from collections.abc import Mapping

from jurisprudence.search.snapshot import Postings, Snapshot


class Lookups(dict[bytes, Mapping[str, Postings]]):
    """Where terms stand in a snapshot, by text field, remembered for as long as one question is answered."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def __missing__(self, term: bytes) -> Mapping[str, Postings]:
        found = self[term] = self.snapshot.in_text_fields(term)
        return found
