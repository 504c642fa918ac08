"""What the pages about advice hand to their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, ClassVar

from flask_wtf import FlaskForm

from helpdesk.advice import rules
from helpdesk.advice.forms import (
    AdviceForm,
    CodeField,
    ImportForm,
    LineProblem,
    PresetForm,
    SnippetForm,
    code_choices,
)
from helpdesk.advice.models import (
    CallerPreset,
    Snippet,
)
from helpdesk.advice.queries import AdviceFilter, AdviceRow, FoundSource, OpenDraft
from helpdesk.advice.rules import CallerCodes, Choice, Finding
from helpdesk.core.paging import Page
from helpdesk.core.references import ADVICE
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.web.fields import ThemeGroup, theme_choices, theme_groups
from helpdesk.web.views import PageBase
from jurisprudence.search.results import Hit, Kind


@dataclass(frozen=True)
class CodeList:
    """The suggestions of fields with a typed code; in a short list each has a number that can be typed."""

    id: str
    choices: Sequence[Choice]

    @property
    def has_numbers(self) -> bool:
        """Whether the number of a choice can be typed."""
        return len(self.choices) <= rules.MOST_NUMBERED


def code_lists(form: FlaskForm) -> list[CodeList]:
    """Return the suggestions of the fields of a form, each list once."""
    offered = {field.list_id: field.offered for field in form if isinstance(field, CodeField)}
    return [CodeList(list_id, choices) for list_id, choices in offered.items()]


@dataclass(frozen=True)
class Fill:
    """A button that fills in who calls: what it sends, what it says, its key, and the words by field."""

    value: str
    label: str
    key: str
    words: Mapping[str, str]

    @classmethod
    def of(cls, value: str, label: str, key: str, codes: CallerCodes, vocabulary: Vocabulary) -> "Fill":
        """Return the button for these codes."""
        lists = vocabulary.lists
        words = {
            "caller_category": lists["categorie_vraagsteller"].label(codes.caller_category),
            "caller_sector": lists["sector_vraagsteller"].label(codes.caller_sector),
            "caller_region": lists["regio_vraagsteller"].label(codes.caller_region),
        }
        return cls(value, label, key, words)


MOST_PRESET_KEYS = 9
THEME_KEYS = ("Alt+1", "Alt+2", "Alt+3")
SOURCE_KEYS = ("Alt+4", "Alt+5", "Alt+6", "Alt+7", "Alt+8", "Alt+9")


@dataclass(frozen=True)
class SuggestedTheme:
    """A theme the question may be about, with the key that takes it over."""

    id: str
    title: str
    branch: str
    key: str


@dataclass(frozen=True)
class SuggestedSource:
    """Something to rest the answer on, with the key that attaches it and inserts a dated link."""

    document_id: str
    kind: str
    title: str
    address: str
    sentence: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Assist:
    """What stands beside the form: what may point at a person, themes, and pages, rulings and own advice."""

    findings: list[Finding]
    confirmed: frozenset[str]
    themes: list[SuggestedTheme]
    sources: list[SuggestedSource]
    attached: list[FoundSource]
    roles: Sequence[str] = rules.ROLES

    @property
    def own_advice(self) -> list[int]:
        """The numbers of the own advice among the sources."""
        ids = (one.document_id.partition("/") for one in self.sources)
        return [int(number) for kind, _, number in ids if kind == ADVICE]


def suggested_themes(nodes: Sequence[str], vocabulary: Vocabulary) -> list[SuggestedTheme]:
    """Return the first of these nodes with their keys."""
    tree = vocabulary.themes
    return [
        SuggestedTheme(node, tree.title(node), tree.branch(node).title, key)
        for node, key in zip(nodes, THEME_KEYS, strict=False)
    ]


def suggested_sources(hits: Sequence[Hit], *, base_url: str, today: date) -> list[SuggestedSource]:
    """Return these hits with the sentence that a key inserts: dated, so that one later sees on what basis."""
    sources = []
    for hit, key in zip_longest(hits, SOURCE_KEYS[: len(hits)], fillvalue=""):
        if not isinstance(hit, Hit):
            continue
        is_own = hit.id.startswith(f"{ADVICE}/")
        kind = "eigen advies" if is_own else {Kind.RULING: "uitspraak"}.get(hit.kind, "pagina")
        dated = f" van {hit.dated_on:%d-%m-%Y}" if hit.dated_on else ""
        number = hit.id.partition("/")[2]
        sentence = (
            f"Zie advies {number}{dated}."
            if is_own
            else f"Zie ‘{hit.title}’, {base_url}{hit.address} (geraadpleegd op {today:%d-%m-%Y})."
        )
        sources.append(SuggestedSource(hit.id, kind + dated if is_own else kind, hit.title, hit.address, sentence, key))
    return sources


@dataclass(frozen=True, kw_only=True)
class AssistPage(PageBase):
    """The part beside the form alone, for the script that asks for it while someone types."""

    template: ClassVar[str] = "advice/_assist_answer.html"

    assist: Assist
    title: str = "Bij deze vraag"


def fills_of(last: CallerCodes | None, presets: Sequence[CallerPreset], vocabulary: Vocabulary) -> list[Fill]:
    """Return the buttons that fill in who calls: as in the call before, then the presets by name."""
    fills = [Fill.of("vorige", "Zelfde als vorige oproep", "Alt+Z", last, vocabulary)] if last else []
    for number, preset in enumerate(presets, start=1):
        codes = CallerCodes(
            caller_category=preset.caller_category,
            caller_sector=preset.caller_sector,
            caller_region=preset.caller_region,
        )
        key = f"Alt+Shift+{number}" if number <= MOST_PRESET_KEYS else ""
        fills.append(Fill.of(f"vaste-{preset.id}", preset.name, key, codes, vocabulary))
    return fills


@dataclass(frozen=True, kw_only=True)
class PreferencesPage(PageBase):
    """What a jurist keeps to type less: callers who call often, and texts to insert."""

    template: ClassVar[str] = "advice/preferences.html"

    preset_form: PresetForm
    snippet_form: SnippetForm
    presets: list[tuple[int, Fill]]
    snippets: list[Snippet]
    code_lists: list[CodeList]
    title: str = "Vaste bellers en teksten"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordAdvicePage(PageBase):
    """The form for one piece of advice. `with_sector` are the categories of caller whose sector is asked.

    `code_lists` holds one field of each list of suggestions; `other_drafts` counts what else waits to be finished.
    """

    template: ClassVar[str] = "advice/record.html"

    form: AdviceForm
    theme_groups: list[ThemeGroup]
    code_lists: list[CodeList]
    with_sector: list[str]
    other_drafts: int
    fills: list[Fill]
    snippets: Mapping[str, str]
    assist: Assist
    has_text: bool = True
    title: str = "Advies noteren"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        form: AdviceForm,
        vocabulary: Vocabulary,
        *,
        other_drafts: int,
        fills: list[Fill],
        snippets: Mapping[str, str],
        assist: "Assist",
    ) -> "RecordAdvicePage":
        """Return the page around a form, blank or as typed, with the cursor where it is needed."""
        form.put_focus()
        categories = vocabulary.lists["categorie_vraagsteller"]
        return cls(
            form=form,
            theme_groups=theme_groups(vocabulary.themes, set(form.other_themes.data or ())),
            code_lists=code_lists(form),
            with_sector=[category.code for category in categories if rules.asks_sector(category)],
            other_drafts=other_drafts,
            fills=fills,
            snippets=snippets,
            assist=assist,
        )


@dataclass(frozen=True, kw_only=True)
class OpenDraftsPage(PageBase):
    """What a jurist began and did not finish."""

    template: ClassVar[str] = "advice/drafts.html"

    drafts: list[OpenDraft]
    kept_days: int = rules.DRAFT_KEPT.days
    title: str = "Openstaande ontwerpen"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportPage(PageBase):
    """The form for a file with advice, and what is wrong in the file that was sent."""

    template: ClassVar[str] = "advice/import.html"

    form: ImportForm
    problems: list[LineProblem]
    columns: Sequence[str]
    optional: frozenset[str]
    title: str = "Adviezen inlezen"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class AdviceLine:
    """One record in the list, in words. `excerpt` is None when a colleague recorded it."""

    id: int
    given_on: date
    excerpt: str | None
    is_own: bool
    main_theme: str
    other_themes: int
    category: str
    sector: str
    region: str
    channel: str
    residence_situation: str


@dataclass(frozen=True)
class FilterList:
    """One list to filter on: name in the address, label, and the choices with the chosen one."""

    name: str
    label: str
    chosen: str
    choices: Mapping[str, list[tuple[str, str]]]  # by group; "" is no group


@dataclass(frozen=True, kw_only=True)
class AdviceListPage(PageBase):
    """A filtered list of records, with the addresses of the pages before and after this one."""

    template: ClassVar[str] = "advice/list.html"

    lines: list[AdviceLine]
    page: Page[AdviceRow]
    filters: list[FilterList]
    first_on: date | None
    last_on: date | None
    has_filter: bool
    previous_address: str | None
    next_address: str | None
    shows_all: bool
    exceptions: int
    title: str = "Adviezen"
    may_be_indexed: bool = False

    @property
    def shows_text(self) -> bool:
        """Whether any line opens a question: then the list has a column for it."""
        return any(line.excerpt is not None for line in self.lines)

    @classmethod
    def of(
        cls,
        page: Page[AdviceRow],
        wanted: AdviceFilter,
        *,
        reader_id: int,
        shows_all: bool,
        theme: str | None,
        exceptions: int,
        vocabulary: Vocabulary,
        address: Callable[[dict[str, Any]], str],
    ) -> "AdviceListPage":
        """Return the page around one page of rows.

        `theme` is the node that was asked for; `address` makes the address of the list with these filters.
        """
        filters = _filters(wanted, theme, vocabulary)
        query = {one.name: one.chosen for one in filters if one.chosen}
        query |= {
            name: day.isoformat()
            for name, day in (("van", wanted.first_on), ("tot", wanted.last_on))
            if day is not None
        }
        return cls(
            lines=[_line(row, reader_id, vocabulary) for row in page.items],
            page=page,
            filters=filters,
            first_on=wanted.first_on,
            last_on=wanted.last_on,
            has_filter=bool(query),
            previous_address=address({**query, "pagina": str(page.previous)}) if page.previous else None,
            next_address=address({**query, "pagina": str(page.next)}) if page.next else None,
            shows_all=shows_all,
            exceptions=exceptions,
        )


def _line(row: AdviceRow, reader_id: int, vocabulary: Vocabulary) -> AdviceLine:
    return AdviceLine(
        id=row.id,
        given_on=row.given_on,
        excerpt=row.excerpt,
        is_own=row.recorded_by_id == reader_id,
        main_theme=vocabulary.themes.title(row.nodes[0]) if row.nodes else "–",
        other_themes=max(0, len(row.nodes) - 1),
        category=vocabulary.lists["categorie_vraagsteller"].label(row.category),
        sector=vocabulary.lists["sector_vraagsteller"].label(row.sector),
        region=vocabulary.lists["regio_vraagsteller"].label(row.region),
        channel=vocabulary.lists["kanaal"].label(row.channel),
        residence_situation=vocabulary.lists["verblijfssituatie"].label(row.residence_situation),
    )


def _filters(wanted: AdviceFilter, theme: str | None, vocabulary: Vocabulary) -> list[FilterList]:
    def coded(name: str, label: str, chosen: str | None, code_list: str) -> FilterList:
        return FilterList(name, label, chosen or "", {"": code_choices(vocabulary.lists[code_list])})

    return [
        coded("regio", "Regio", wanted.region, "regio_vraagsteller"),
        coded("categorie", "Categorie", wanted.category, "categorie_vraagsteller"),
        coded("sector", "Sector", wanted.sector, "sector_vraagsteller"),
        FilterList("thema", "Thema", theme or "", theme_choices(vocabulary.themes)),
        coded("kanaal", "Kanaal", wanted.channel, "kanaal"),
        coded("verblijf", "Verblijfssituatie", wanted.residence_situation, "verblijfssituatie"),
    ]
