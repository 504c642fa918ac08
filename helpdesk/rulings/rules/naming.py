"""How a ruling, its file and its articles are named and cited, and which ruling a reference means."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from helpdesk.core import references
from helpdesk.core.references import NotedReference
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from jurisprudence.citation import CitedRuling, cite_va, cite_vena
from jurisprudence.identifiers import (
    InvalidRulingNumber,
    parse_ecli,
    parse_ruling_number,
)
from jurisprudence.legislation import ArticleReference, InvalidSource, UnknownLaw, parse_source
from jurisprudence.official import official_address


def file_label(pages: int, size_bytes: int) -> str:
    """Return "pdf, 12 pagina's, 340 kB"."""
    count = "1 pagina" if pages == 1 else f"{pages} pagina's"
    return f"pdf, {count}, {max(1, round(size_bytes / 1_000))} kB"


def ruling_title(ruling: Ruling, vocabulary: Vocabulary) -> str:
    """Return "RvV 28 februari 2022, nr. 269.083" with the case name when the court publishes one."""
    return cite(ruling, vocabulary, with_ecli=False)


def cite(ruling: Ruling, vocabulary: Vocabulary, *, with_ecli: bool = True) -> str:
    """Return the reference of a ruling in the usual Belgian form (V&A)."""
    return cite_va(_cited(ruling, vocabulary, with_ecli=with_ecli))


def cite_in_vena(ruling: Ruling, vocabulary: Vocabulary) -> str:
    """Return the reference of a ruling in the VENA form."""
    return cite_vena(_cited(ruling, vocabulary, with_ecli=True))


def _cited(ruling: Ruling, vocabulary: Vocabulary, *, with_ecli: bool) -> CitedRuling:
    may_show_ecli = with_ecli and ruling.ecli and ruling.ecli_status == "verified"
    return CitedRuling(
        court=vocabulary.courts.get_court(ruling.court),
        number=parse_ruling_number(ruling.court, ruling.number).display,
        decided_on=ruling.decided_on,
        ecli=parse_ecli(ruling.ecli) if may_show_ecli and ruling.ecli else None,
        parties=ruling.parties,
        division=ruling.division,
        historic_court_name=ruling.historic_court_name,
    )


def normals_of(ruling: Ruling) -> list[str]:
    """Return every normal form by which a ruling is cited: its number, joined cases, roll numbers and ECLI.

    Not an ECLI it had before: that may have been the one of another ruling.
    """
    numbers = [ruling.number, *ruling.role_numbers]
    normals: list[str] = []
    for number in numbers:
        with suppress(InvalidRulingNumber):
            normals += parse_ruling_number(ruling.court, number).normals
    return list(dict.fromkeys([*normals, *([ruling.ecli] if ruling.ecli else [])]))


def read_labels(ruling: Ruling, vocabulary: Vocabulary) -> Iterator[tuple[str, ArticleReference | None]]:
    """Yield each article as the record names it, with what it means; None when the lists no longer know the law."""
    for article in ruling.articles:
        try:
            yield article.label, parse_source(article.label, vocabulary.laws)
        except (UnknownLaw, InvalidSource):
            yield article.label, None


def fits(reference: NotedReference, ruling: Ruling) -> bool:
    """Tell whether a reference by number means this ruling: the date it gives, if any, is that of the ruling."""
    return reference.decided_on in {None, ruling.decided_on} and reference.source_id != ruling.document_id


def where_to(address: str, held: Mapping[str, Sequence[str]]) -> str | None:
    """Return where a link made from a reference leads: the one ruling of ours, the choice, the court's own site.

    None when we do not hold the ruling and its number does not say where it stands. Other addresses stay as they are.
    """
    normal = references.normal_of(address)
    if normal is None:
        return address
    slugs = held.get(normal, ())
    if len(slugs) == 1:
        return f"/rechtspraak/{slugs[0]}"
    return address if slugs else official_address(normal)
