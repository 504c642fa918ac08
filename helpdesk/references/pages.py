"""What the pages about references hand to their templates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self
from urllib.parse import urlencode

from flask_wtf import FlaskForm

from helpdesk.core.references import NotedReference, Origin
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.references.queries import GatheredArticle, LawCount, LetterFinding, OpenTarget
from helpdesk.rulings.models import RulingTreatment
from helpdesk.rulings.pages import Citing, Link, RulingRow, citing, outcome_label
from helpdesk.web.views import PageBase
from jurisprudence.courts import UnknownCourt
from jurisprudence.identifiers import InvalidRulingNumber, parse_ruling_number
from jurisprudence.legislation import ArticleReference, Law
from jurisprudence.treatment import TREATMENTS

MOST_RULINGS = 20
LAW_KINDS: Mapping[str, str] = {
    "grondwet": "Belgische wetten en decreten",
    "wet": "Belgische wetten en decreten",
    "wetboek": "Belgische wetten en decreten",
    "decreet": "Belgische wetten en decreten",
    "ordonnantie": "Belgische wetten en decreten",
    "kb": "Besluiten en akkoorden",
    "samenwerkingsakkoord": "Besluiten en akkoorden",
    "verdrag": "Verdragen",
    "eu-verdrag": "Recht van de Europese Unie",
    "richtlijn": "Recht van de Europese Unie",
    "verordening": "Recht van de Europese Unie",
    "besluit-eu": "Recht van de Europese Unie",
    "uitvoeringsbesluit": "Recht van de Europese Unie",
}


@dataclass(frozen=True)
class LawRow:
    """A law in a list, with how much of this site rests on it."""

    title: str
    abbreviation: str
    address: str
    sources: int
    articles: int


@dataclass(frozen=True)
class ArticleRow:
    """An article in a list."""

    label: str
    address: str
    sources: int


@dataclass(frozen=True, kw_only=True)
class LawsPage(PageBase):
    """All laws this site refers to, by kind."""

    template: ClassVar[str] = "references/laws.html"

    groups: Sequence[tuple[str, Sequence[LawRow]]]
    title: str = "Wetgeving"
    description: str = "Per wet en per artikel: wat onze thema's, de rechtspraak en het nieuws erover zeggen."
    canonical: str | None = "/wetgeving"

    @classmethod
    def of(cls, laws: Sequence[Law], counts: Mapping[str, LawCount]) -> Self:
        """Return the page of all laws; those nobody refers to stand at the end of their group."""
        groups: dict[str, list[LawRow]] = {}
        for law in laws:
            count = counts.get(law.id, LawCount(0, 0))
            row = LawRow(law.title, law.abbreviation, law.address, count.sources, count.articles)
            groups.setdefault(LAW_KINDS[law.kind], []).append(row)
        order = list(dict.fromkeys(LAW_KINDS.values()))
        ordered = sorted(groups.items(), key=lambda group: order.index(group[0]))
        return cls(groups=[(label, sorted(rows, key=lambda row: -row.sources)) for label, rows in ordered])


@dataclass(frozen=True, kw_only=True)
class LawPage(PageBase):
    """One law: its articles on this site, and what refers to the whole."""

    template: ClassVar[str] = "references/law.html"

    abbreviation: str
    official: str | None
    note: str | None
    articles: Sequence[ArticleRow]
    whole: Sequence[Citing]
    missing: str = ""  # the article that was asked and that nobody refers to

    @classmethod
    def of(
        cls, law: Law, articles: Sequence[tuple[str, int]], whole: Sequence[NotedReference], *, missing: str = ""
    ) -> Self:
        """Return the page of a law; with `missing` the answer to an article we have nothing about."""
        return cls(
            title=f"Geen artikel {missing} {law.abbreviation}" if missing else law.title,
            description=f"{law.abbreviation}: de artikelen waarover je hier iets vindt.",
            canonical=None if missing else law.address,
            may_be_indexed=not missing,
            is_counted=not missing,
            abbreviation=law.abbreviation,
            official=law.eli,
            note=law.note,
            articles=[ArticleRow(number, f"{law.address}/{number}", count) for number, count in articles],
            whole=citing(whole),
            missing=missing,
        )


@dataclass(frozen=True)
class OutcomeCount:
    """How many rulings on an article had one outcome, and where they are listed."""

    label: str
    count: int
    address: str


@dataclass(frozen=True, kw_only=True)
class ArticlePage(PageBase):
    """The artikelfiche: everything this site has on one article."""

    template: ClassVar[str] = "references/article.html"

    label: str
    law: Link
    official: str | None
    law_note: str | None
    themes: Sequence[Citing]
    news: Sequence[Citing]
    terms: Sequence[Citing]
    rulings: Sequence[RulingRow]
    rulings_total: int
    rulings_address: str
    outcomes: Sequence[OutcomeCount]
    before: Link | None
    after: Link | None

    @classmethod
    def of(cls, gathered: GatheredArticle, vocabulary: Vocabulary) -> Self:
        """Return the page of an article."""
        article, rulings = gathered.article, gathered.rulings
        law = article.law
        found = citing([row for row in gathered.rows if row.source.kind != "rechtspraak"])
        outcomes = Counter(ruling.outcome for ruling in rulings).most_common()
        return cls(
            title=f"Artikel {article.number} {law.abbreviation}",
            description=f"{article.display}: thema's, rechtspraak en nieuws over dit artikel.",
            canonical=article.address,
            label=article.display,
            law=Link(law.title, law.address),
            official=law.eli,
            law_note=law.note,
            themes=[one for one in found if one.kind == "Thema"],
            news=[one for one in found if one.kind == "Nieuws"],
            terms=[one for one in found if one.kind in {"Lexicon", "Over de site"}],
            rulings=[RulingRow.of(ruling, vocabulary) for ruling in rulings[:MOST_RULINGS]],
            rulings_total=len(rulings),
            rulings_address=f"/rechtspraak?{urlencode({'artikel': article.normal})}",
            outcomes=[_outcome(code, count, article, vocabulary) for code, count in outcomes],
            before=_neighbour(law, gathered.before),
            after=_neighbour(law, gathered.after),
            feed=f"{article.address}/atom.xml",
        )


@dataclass(frozen=True, kw_only=True)
class LetterPage(PageBase):
    """The brieflezer: paste a letter, see what it names."""

    template: ClassVar[str] = "references/letter.html"

    form: FlaskForm
    groups: Sequence[tuple[str, Sequence[LetterFinding]]] = ()
    was_read: bool = False
    title: str = "Brieflezer"
    description: str = (
        "Plak een brief of een beslissing: je krijgt uitleg bij de artikelen en documenten die erin staan."
    )
    canonical: str | None = "/brieflezer"

    @classmethod
    def read(cls, form: FlaskForm, findings: Sequence[LetterFinding]) -> Self:
        """Return the page with what a letter names, by group."""
        groups: dict[str, list[LetterFinding]] = {}
        for finding in findings:
            groups.setdefault(finding.group, []).append(finding)
        return cls(form=form, groups=list(groups.items()), was_read=True)


@dataclass(frozen=True)
class OpenRow:
    """A ruling that is cited and that we do not hold."""

    label: str
    sources: int
    doubt: str
    example: Link
    add_address: str

    @classmethod
    def of(cls, target: OpenTarget, doubt: str, vocabulary: Vocabulary) -> Self:
        """Return the row of a target, with the address of the form to add it, filled in as far as we know."""
        return cls(
            label=normal_label(target.normal, vocabulary),
            sources=target.sources,
            doubt=doubt,
            example=Link(target.example_title, target.example_address),
            add_address=f"/redactie/uitspraken/nieuw?{urlencode(_prefill(target))}",
        )


@dataclass(frozen=True, kw_only=True)
class WorklistPage(PageBase):
    """What editors have to look at: rulings to add, references that cannot be right."""

    template: ClassVar[str] = "references/worklist.html"

    rows: Sequence[OpenRow]
    doubtful: Sequence[tuple[str, str, Link]]  # what it says, why it cannot be right, where
    title: str = "Verwijzingen"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class ReferenceRow:
    """One reference of a document, as an editor sees it."""

    label: str
    target: str
    address: str
    origin: str
    context: str
    may_be_removed: bool


ORIGINS: Mapping[str, str] = {
    Origin.RECORD: "uit een veld",
    Origin.AUTOMATIC: "herkend in de tekst",
    Origin.EDITOR: "door de redactie",
    Origin.SUPPRESSED: "verwijderd",
}


@dataclass(frozen=True, kw_only=True)
class DocumentReferencesPage(PageBase):
    """The references of one document, to remove what is wrong."""

    template: ClassVar[str] = "references/document.html"

    document: Link
    source_id: str
    rows: Sequence[ReferenceRow]
    removed: Sequence[ReferenceRow]
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        document: Link,
        source_id: str,
        rows: Sequence[NotedReference],
        removed: Sequence[NotedReference],
        vocabulary: Vocabulary,
    ) -> Self:
        """Return the page of a document; a target stands there once, where it is recognised when it is."""
        distinct = {row.target: row for row in sorted(rows, key=lambda row: (row.position >= 0, -row.position))}
        shown = sorted(distinct.values(), key=lambda row: (row.position, row.target))
        return cls(
            title=f"Verwijzingen in {document.title}",
            document=document,
            source_id=source_id,
            rows=[_reference_row(row, vocabulary) for row in shown],
            removed=[_reference_row(row, vocabulary) for row in removed],
        )


@dataclass(frozen=True)
class TreatmentRow:
    """One treatment in the list of the editors."""

    id: int
    treating: str
    words: str
    treated: str
    note: str
    treated_on: date
    may_be_removed: bool


@dataclass(frozen=True, kw_only=True)
class TreatmentsPage(PageBase):
    """How rulings treat each other, with the form to add one."""

    template: ClassVar[str] = "references/treatments.html"

    form: FlaskForm
    rows: Sequence[TreatmentRow]
    title: str = "Behandeling van uitspraken"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, form: FlaskForm, treatments: Sequence[RulingTreatment]) -> Self:
        """Return the page with all treatments."""
        return cls(
            form=form,
            rows=[
                TreatmentRow(
                    id=one.id,
                    treating=one.treating_slug or one.treating_text or "",
                    words=TREATMENTS[one.kind].treats,
                    treated=one.treated_slug or one.treated_text or "",
                    note=one.note,
                    treated_on=one.treated_on,
                    may_be_removed=one.content_slug is None,
                )
                for one in treatments
            ],
        )


def normal_label(normal: str, vocabulary: Vocabulary) -> str:
    """Return a normal form of a ruling as a reader knows it: "RvV 246.433", "C-718/19", an ECLI as it is."""
    court_id, _, number = normal.partition(":")
    if court_id == "ECLI":
        return normal
    try:
        court = vocabulary.courts.get_court(court_id)
        return f"{court.abbr_nl} {parse_ruling_number(court_id, number).display}"
    except (UnknownCourt, InvalidRulingNumber):
        return normal


def _prefill(target: OpenTarget) -> dict[str, str]:
    court, _, number = target.normal.partition(":")
    known = {"ecli": target.normal} if court == "ECLI" else {"hof": court, "nummer": number}
    return known | ({"datum": target.dates[0].isoformat()} if len(target.dates) == 1 else {})


def _neighbour(law: Law, number: str | None) -> Link | None:
    return Link(f"Art. {number}", f"{law.address}/{number}") if number else None


def _outcome(code: str | None, count: int, article: ArticleReference, vocabulary: Vocabulary) -> OutcomeCount:
    query = {"artikel": article.normal} | ({"uitkomst": code} if code else {})
    label = outcome_label(code, vocabulary) or "Uitkomst niet bekend"
    return OutcomeCount(label, count, f"/rechtspraak?{urlencode(query)}" if code else "")


def _reference_row(row: NotedReference, vocabulary: Vocabulary) -> ReferenceRow:
    if row.law is not None:
        law = vocabulary.laws.get_law(row.law)
        article = ArticleReference(law, row.number, row.to_number)
        label, address = article.display, article.address
    else:
        label, address = normal_label(row.target, vocabulary), ""
    return ReferenceRow(
        label=label,
        target=row.target,
        address=address,
        origin=ORIGINS[row.origin],
        context=row.context,
        may_be_removed=row.origin in {Origin.AUTOMATIC, Origin.EDITOR},
    )
