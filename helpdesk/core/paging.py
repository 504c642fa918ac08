"""Pages of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: `number` counts from 1; `total` is the number of items on all pages."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def count(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def previous(self) -> int | None:
        """Number of the page before this one."""
        return min(self.number - 1, self.count) if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Number of the page after this one."""
        return self.number + 1 if self.number < self.count else None


def page_number(text: str | None, *, most: int = 1_000_000) -> int:
    """Read a page number from an address: 1 when absent or nonsense, never more than `most`."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - 9 digits fit any database
        return 1
    return min(max(1, int(text)), most)
