"""Recognise every reference in a text."""

from jurisprudence.courts import CourtRegister
from jurisprudence.legislation import Law, LawRegister
from jurisprudence.references.articles import find_articles
from jurisprudence.references.cases import find_rulings
from jurisprudence.references.found import Reference
from jurisprudence.references.names import CourtNames, LawNames
from jurisprudence.references.prepared import prepare


class Recogniser:
    """Finds articles, rulings and ECLIs in Dutch and French legal text. Safe to share between threads."""

    def __init__(self, laws: LawRegister, courts: CourtRegister) -> None:
        self.laws = laws
        self.courts = courts
        self._law_names = LawNames(laws)
        self._court_names = CourtNames(courts)

    def find(self, text: str, *, default_law: Law | None = None, lines_are_paragraphs: bool = False) -> list[Reference]:
        """Return the references of a text in order; none overlap.

        `default_law` is the law of an article for which the text names none (on our pages the Vreemdelingenwet). The
        time it takes grows with the length of the text and with nothing else.
        """
        prepared = prepare(text, lines_are_paragraphs=lines_are_paragraphs)
        found = [*find_articles(prepared, self._law_names, default_law), *find_rulings(prepared, self._court_names)]
        kept: list[Reference] = []
        for reference in sorted(found, key=lambda one: (one.start, -one.end)):
            if not kept or reference.start >= kept[-1].end:
                kept.append(reference)
        return kept
