"""What a search engine needs of an index, wherever it is kept: in a folder (`index.py`) or in PostgreSQL."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from jurisprudence.search.results import Document
from jurisprudence.search.snapshot import Snapshot


class SearchableIndex(Protocol):
    """An index of documents for any number of threads and processes; reading never waits for writing.

    What reads raises IndexDamaged when there is no usable index; what writes raises IndexBusy when another writer is at
    work for too long.
    """

    @property
    def is_usable(self) -> bool:
        """Tell whether the newest generation can be read."""

    @property
    def is_serving(self) -> bool:
        """Tell whether searching works, be it on an older generation."""

    @property
    def generation(self) -> int:
        """Return the number of the newest generation; it grows with every change."""

    def snapshot(self) -> Snapshot:
        """Return the newest generation."""

    def document_count(self) -> int:
        """Return how many documents can be found."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of every document by its id."""

    def replace_all(self, documents: Iterable[Document], progress: Callable[[int], None] = ...) -> int:
        """Build the index anew and return how many documents there are; the old one answers meanwhile."""

    def update(self, documents: Iterable[Document], remove: Iterable[str] = ()) -> None:
        """Add documents, replacing those with the same id, and remove the ids given."""

    def merge(self, most_segments: int = 1) -> int:
        """Take small segments together when there are more than so many; return how many were."""

    def purge(self) -> int:
        """Write anew every segment in which something was deleted; return how many were."""
