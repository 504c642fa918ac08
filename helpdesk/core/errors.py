"""What can go wrong that a page, a command or a form has to explain."""

from collections.abc import Sequence
from dataclasses import dataclass


class NotFound(LookupError):
    """Something that must exist does not; the message names it in Dutch."""


class Rejected(ValueError):
    """A draft breaks rules of the house; `problems` holds one Dutch sentence per broken rule."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Problem:
    """One broken rule: the field of the form where it can be mended, and what to do in Dutch."""

    field: str
    sentence: str


@dataclass(frozen=True, order=True)
class FileProblem:
    """Something wrong in a content file: where, and what to do about it in Dutch."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentBroken(ValueError):
    """Content files break the rules; nothing was imported."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = sorted(problems)

    @property
    def how_many(self) -> str:
        """The number of problems with its noun."""
        return "1 probleem" if len(self.problems) == 1 else f"{len(self.problems)} problemen"
