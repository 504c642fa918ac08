"""What recognition finds."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jurisprudence.identifiers import Ecli, RulingNumber
from jurisprudence.legislation import ArticleReference

NO_LAW = "?"


class Kind(StrEnum):
    """What a reference points to."""

    ARTICLE = "article"
    RULING = "ruling"
    ECLI = "ecli"
    EU_CASE = "eu_case"
    ECHR_APPLICATION = "echr_app"


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a text; `start` and `end` are character offsets in the text as it was given.

    `normal` is the normal form: `VW:40ter|§2|l1|1°`, `?:9bis` when no law is named, `RVV:246433`, `HVJ:C-718/19`,
    `ECLI:BE:CASS:…`. `target` is the same up to the article, which is what has a page of its own: `VW:40ter`.
    An article carries `article` (None without a law), a ruling `number`, an ECLI `ecli`; `decided_on`, `division` and
    `parties` are what the text says beside a number.
    """

    start: int
    end: int
    text: str
    kind: Kind
    normal: str
    article: ArticleReference | None = None
    number: RulingNumber | None = None
    ecli: Ecli | None = None
    decided_on: date | None = None
    division: str | None = None
    parties: str | None = None

    @property
    def target(self) -> str:
        """Normal form of what is referred to, without parts of an article; the range stays a range."""
        return self.normal.partition("|")[0]

    @property
    def names_a_law(self) -> bool:
        """Tell whether it is known which law an article belongs to; True for anything but an article."""
        return not self.normal.startswith(NO_LAW)
