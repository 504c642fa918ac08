"""From a content file to the draft of a text: pure, no database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from helpdesk.core import chapters, frontmatter, markup, plain_words, procedures, province_map, trees
from helpdesk.core.chapters import Chapter
from helpdesk.core.clock import brussels_date
from helpdesk.core.db import too_long
from helpdesk.core.errors import FileProblem
from helpdesk.core.frontmatter import ContentFile, FieldReader
from helpdesk.core.markup import Rendered
from helpdesk.core.trees import Tree
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

FOLDERS: Mapping[str, TextKind] = {
    "themas": TextKind.THEME,
    "nieuws": TextKind.NEWS,
    "lexicon": TextKind.LEXICON,
    "paginas": TextKind.PAGE,
    "beslisbomen": TextKind.TREE,
    "publicaties": TextKind.PUBLICATION,
}
NEWS_KINDS: Mapping[str, str] = {
    "rechtspraak": "Rechtspraak",
    "wetgeving": "Wetgeving",
    "praktijk": "Praktijk",
    "dossier": "Dossier",
    "dienst": "Dienst",
}
SITE_PAGES = ("over", "contact", "privacy", "toegankelijkheid", "hergebruik", "fiches", "per-provincie")
PAGES_OF_LAW = frozenset({"per-provincie"})
SHEET = "fiche-"  # what the file of a sheet begins with: paginas/fiche-werk.md is /fiches/werk
SHEETS = (
    "wettig-verblijf", "gezondheidszorg", "onderwijs", "sociale-hulp", "werk", "huisvesting", "basisbankdienst",
    "huwelijk-en-gezin", "juridische-bijstand", "gedetineerden", "orientatie-naar-verblijf", "toekomst-buiten-belgie",
    "uitwijzing",
)  # fmt: skip
MOST_SUMMARY = 200
MOST_EXPLANATION = 400
DEFAULT_REVIEW_MONTHS = 12
MOST_FILE_NAME = 100
_FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.(?:pdf|png|jpg)")
DATE_LENGTH = len("2026-11-25")
# A little wider than docs/content.md asks, so that one word more is no error.
WORDS_OF_OVERVIEW = (75, 230)  # a node of which we only say what belongs there and for whom
WORDS_OF_PAGE = (231, 1_250)
WORDS_OF_BRANCH = (110, 300)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WORDS_OF_SHEET = (140, 310)
_LINK_TARGET = re.compile(r"\]\([^)]*\)")


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What is said of one publication on the site: why, whether followers are told, and by whom."""

    note: str | None
    is_substantive: bool
    by: int | None


@dataclass(frozen=True, kw_only=True)
class TextDraft:
    """One text as an editor wrote it, checked. `source` is the whole file; `file` knows the line of each field."""

    kind: TextKind
    slug: str
    content_path: str
    source: str
    file: ContentFile
    title: str
    summary: str
    themes: list[str]
    stand_of_law: date | None
    sources: list[str]
    rulings: list[str]
    to_check: list[str]
    abbreviations: list[str]
    synonyms: list[str]
    news_kind: str | None
    dated_on: date | None
    updated_on: date | None
    update_note: str | None
    reviewed_on: date | None
    reviewed_by: str | None
    review_after_months: int
    aliases: list[str]  # slugs it had before, of news and terms
    tree: Tree | None = None  # of a decision tree
    file_name: str | None = None  # of a publication: its file, beside it in content/
    chapters: tuple[Chapter, ...] = ()  # of a publication without a file: the pages it is put together from

    @property
    def body(self) -> str:
        """The Markdown below the fields."""
        return self.file.body


def read_text(path: str, text: str, vocabulary: Vocabulary) -> tuple[TextDraft | None, list[FileProblem]]:
    """Read one content file: a draft, or None with what is wrong. `path` is relative to content/."""
    kind = FOLDERS[path.partition("/")[0]]
    try:
        file = frontmatter.split(text)
    except frontmatter.FrontMatterBroken as broken:
        return None, [FileProblem(path, broken.line, str(broken))]
    reader = FieldReader(path, file)
    draft = read_fields(reader, kind, text, vocabulary)
    return (draft if not reader.problems else None), reader.problems


def body_of(source: str) -> tuple[str, int]:
    """Return the Markdown of a content file and the line it begins on; "" when the fields cannot be read."""
    try:
        file = frontmatter.split(source)
    except frontmatter.FrontMatterBroken as broken:
        return "", broken.line
    return file.body, file.body_line


def read_fields(reader: FieldReader, kind: TextKind, text: str, vocabulary: Vocabulary) -> TextDraft:
    """Read every field of a file, whose whole text this is; what is wrong is in the reader afterwards."""
    draft = _draft(reader, kind, reader.path, text, vocabulary)
    reader.finish()
    return draft


def address_of(kind: str, slug: str, vocabulary: Vocabulary) -> str:
    """Return the path on the site of a text."""
    if kind == TextKind.THEME:
        theme = vocabulary.themes.find(slug)
        return f"/themas/{theme.path}" if theme else "/themas"
    if kind == TextKind.PUBLICATION:
        return f"/publicaties/{slug}"
    if kind == TextKind.PAGE:
        return f"/fiches/{slug.removeprefix(SHEET)}" if slug.startswith(SHEET) else f"/{slug}"
    return f"/{kind}/{slug}"


def count_words(markdown: str) -> int:
    """Count the words a reader sees: signs of the markup and the targets of links are none."""
    return sum(any(sign.isalnum() for sign in word) for word in _LINK_TARGET.sub("]", markdown).split())


def speaks_of_law(slug: str) -> bool:
    """Tell whether a site page describes law and so says of which day: a sheet, or one of a few others."""
    return slug.startswith(SHEET) or slug in PAGES_OF_LAW


def review_due_on(reviewed_on: date, after_months: int) -> date:
    """Return the day from which a review is overdue."""
    months = reviewed_on.year * 12 + reviewed_on.month - 1 + after_months
    return date(months // 12, months % 12 + 1, min(reviewed_on.day, 28))


def next_review_on(text: PublishedText, version: TextVersion) -> date:
    """Return when a live text must be read again: as an editor chose, or counted from the day it was last right."""
    if text.review_on is not None:
        return text.review_on
    last = version.reviewed_on or version.stand_of_law or brussels_date(version.published_at)
    return review_due_on(last, version.review_after_months)


def is_said_otherwise(draft: TextDraft, rendered: Rendered, before: TextVersion | None) -> bool:
    """Tell whether a file that is imported says something else to the reader than the live version."""
    if before is None:
        return True
    told = (before.title, before.summary, before.plain, before.stand_of_law, before.sources, before.rulings)
    return told != (draft.title, draft.summary, rendered.plain, draft.stand_of_law, draft.sources, draft.rulings)


def version_on(versions: Sequence[TextVersion], day: date) -> TextVersion | None:
    """Return which version the public read at the end of a Brussels day; None when there was none.

    `versions` are all of one text, newest first.
    """
    for version in versions:
        if brussels_date(version.published_at) <= day:
            is_gone = version.withdrawn_at is not None and brussels_date(version.withdrawn_at) <= day
            return None if is_gone else version
    return None


def is_slug(text: str) -> bool:
    """Tell whether a text can be the last part of an address: small letters, digits and hyphens."""
    return _SLUG.fullmatch(text) is not None


def _aliases(reader: FieldReader) -> list[str]:
    aliases = reader.texts("aliases")
    for alias in aliases:
        if not is_slug(alias):
            reader.problem(
                "aliases", f"Het vroegere adres '{alias}' mag alleen kleine letters, cijfers en streepjes hebben."
            )
    return aliases


def _draft(reader: FieldReader, kind: TextKind, path: str, text: str, vocabulary: Vocabulary) -> TextDraft:
    is_publication = kind == TextKind.PUBLICATION
    parts = _chapters(reader, vocabulary) if is_publication else ()
    is_page, is_news, is_term = kind == TextKind.PAGE, kind == TextKind.NEWS, kind == TextKind.LEXICON
    draft = TextDraft(
        kind=kind,
        slug=_slug(reader, kind, path),
        content_path=path,
        source=text,
        file=reader.file,
        title=reader.text("title", most=200, required=True) or "",
        summary=reader.text("summary", most=MOST_EXPLANATION if is_term else MOST_SUMMARY, required=True) or "",
        themes=[]
        if is_page
        else [name for name in reader.texts("themes", required=True) if _is_theme(reader, name, vocabulary)],
        stand_of_law=reader.day("stand_of_law", required=not is_page and not is_publication),
        sources=[] if is_page else _sources(reader, vocabulary, required=not is_publication),
        rulings=[] if is_page else reader.texts("rulings"),
        to_check=reader.texts("to_check"),
        abbreviations=reader.texts("abbreviations") if is_term else [],
        synonyms=reader.texts("synonyms") if is_term else [],
        news_kind=reader.choice("kind", NEWS_KINDS, required=True) if is_news else None,
        dated_on=reader.day("published_on", required=True) if is_news or is_publication else None,
        updated_on=reader.day("updated_on") if is_news else None,
        update_note=reader.text("update_note", most=300) if is_news else None,
        reviewed_on=reader.day("reviewed_on"),
        reviewed_by=reader.text("reviewed_by", most=80),
        review_after_months=reader.number("review_after_months", default=DEFAULT_REVIEW_MONTHS, least=1, most=36),
        tree=_tree(reader, text, vocabulary) if kind == TextKind.TREE else None,
        file_name=_file_name(reader, is_required=not parts) if is_publication else None,
        chapters=parts,
        aliases=_aliases(reader) if is_news or is_term else [],
    )
    _check_together(reader, draft, vocabulary)
    return draft


def _slug(reader: FieldReader, kind: TextKind, path: str) -> str:
    stem = PurePosixPath(path).stem
    slug = stem[DATE_LENGTH + 1 :] if kind == TextKind.NEWS else stem
    if markup.fold(slug).replace("-", "").isalnum() and slug == slug.lower() and slug.isascii():
        return slug
    reader.problem("title", "De bestandsnaam mag alleen kleine letters, cijfers en streepjes hebben.")
    return slug


def _is_theme(reader: FieldReader, name: str, vocabulary: Vocabulary) -> bool:
    if name not in vocabulary.themes:
        reader.problem("themes", f"Het thema '{name}' bestaat niet; kijk in lijsten/themas.yaml.")
    return name in vocabulary.themes


def _chapters(reader: FieldReader, vocabulary: Vocabulary) -> tuple[Chapter, ...]:
    """Read which pages a publication is put together from; none when it has a file of its own."""
    read, problems = chapters.read_chapters(reader.entries("chapters"), is_theme=lambda name: name in vocabulary.themes)
    for problem in problems:
        reader.problem("chapters", problem)
    return read


def _file_name(reader: FieldReader, *, is_required: bool) -> str | None:
    """Read the name of the file of a publication, which says what it is: pdf, png or jpg."""
    if not is_required and "file" in reader.file.fields:
        reader.problem("file", "Een publicatie heeft een bestand ('file') of hoofdstukken ('chapters'), niet beide.")
    name = reader.text("file", most=MOST_FILE_NAME, required=is_required)
    if name is not None and not _FILE_NAME.fullmatch(name):
        said = "'file' heeft alleen kleine letters, cijfers en streepjes en eindigt op .pdf, .png of .jpg."
        reader.problem("file", said)
        return None
    return name


def _sources(reader: FieldReader, vocabulary: Vocabulary, *, required: bool) -> list[str]:
    sources = reader.texts("sources", required=required)
    for source in sources:
        try:
            parse_source(source, vocabulary.laws)
        except (UnknownLaw, InvalidSource) as wrong:
            reader.problem("sources", str(wrong).strip("'\""))
    return sources


def _tree(reader: FieldReader, source: str, vocabulary: Vocabulary) -> Tree | None:
    """Read the steps of a decision tree; a problem is named at the line where its step begins."""
    tree, problems = trees.read_tree(
        reader.entries("steps"),
        is_theme=lambda name: name in vocabulary.themes,
        is_source=lambda name: _is_source(name, vocabulary),
    )
    for problem in problems:
        named = re.finditer(rf"^( *- +)id: *['\"]?{re.escape(problem.step)}['\"]? *$", source, re.MULTILINE)
        begin = min(named, key=lambda found: len(found[1]), default=None)  # a choice stands further in than a step
        line = source.count("\n", 0, begin.end()) + 1 if begin and problem.step else reader.file.line_of("steps")
        about = f"Stap '{problem.step}': " if problem.step else ""
        reader.problems.append(FileProblem(reader.path, line, about + problem.message))
    return tree


def _is_source(name: str, vocabulary: Vocabulary) -> bool:
    try:
        parse_source(name, vocabulary.laws)
    except (UnknownLaw, InvalidSource):
        return False
    return True


def _check_together(reader: FieldReader, draft: TextDraft, vocabulary: Vocabulary) -> None:
    """Check what concerns more than one field."""
    if (draft.reviewed_on is None) != (draft.reviewed_by is None):
        reader.problem("reviewed_on", "'reviewed_on' en 'reviewed_by' horen samen: wie keek de tekst wanneer na?")
    for name, words in (("title", draft.title), ("summary", draft.summary)):
        if "{{" in words:
            reader.problem(name, f"Een bedrag hoort in de tekst, niet in '{name}': daar wordt het niet ingevuld.")
    if draft.kind != TextKind.LEXICON and not draft.body.strip():
        reader.body_problem("De tekst onder de velden ontbreekt.")
    for problem in procedures.problems_of(draft.body) + province_map.problems_of(draft.body):
        reader.body_problem(problem)
    if draft.kind == TextKind.THEME:
        _check_theme_page(reader, draft, vocabulary)
    if draft.kind == TextKind.NEWS:
        _check_news(reader, draft)
    if draft.kind == TextKind.PAGE:
        _check_site_page(reader, draft)
    _check_words(reader, draft, vocabulary)
    if not reader.problems:
        _check_lengths(reader, draft)


def _check_words(reader: FieldReader, draft: TextDraft, vocabulary: Vocabulary) -> None:
    """Refuse long sentences and words for which the style guide has a better one, each with its line."""
    average = plain_words.average_words(draft.body)
    if average is not None and average > plain_words.MOST_WORDS:
        message = (
            f"Een zin telt hier gemiddeld {average:.0f} woorden; hou het onder {plain_words.MOST_WORDS}. "
            "Maak van een lange zin er twee."
        )
        reader.body_problem(message)
    for finding in plain_words.find_avoided(draft.body, vocabulary.avoided_words):
        reader.body_problem(_better_word(finding), finding.line)
    for name, text in (("title", draft.title), ("summary", draft.summary)):
        for finding in plain_words.find_avoided(text, vocabulary.avoided_words):
            reader.problem(name, _better_word(finding))


def _better_word(finding: plain_words.Finding) -> str:
    return f"Schrijf niet '{finding.word}' maar '{finding.instead}' (lijsten/schrijfwijzer.yaml)."


def _check_lengths(reader: FieldReader, draft: TextDraft) -> None:
    """Refuse what the database cannot hold; the name of the file is a text like any other."""
    for name, most in (too_long(vars(draft), PublishedText) | too_long(vars(draft), TextVersion)).items():
        field = "de bestandsnaam" if name in {"slug", "content_path"} else f"'{name}'"
        reader.problem(name, f"{field.capitalize()} is te lang om te bewaren: het maximum is {most} tekens.")


def _check_theme_page(reader: FieldReader, draft: TextDraft, vocabulary: Vocabulary) -> None:
    theme = vocabulary.themes.find(draft.slug)
    if theme is None:
        reader.problem("themes", f"Er is geen thema '{draft.slug}'; de bestandsnaam is de id van het thema.")
        return
    if draft.content_path != f"themas/{theme.path}.md":
        reader.problem("themes", f"Dit bestand hoort op de plaats themas/{theme.path}.md te staan.")
    if draft.themes[:1] != [draft.slug]:
        reader.problem("themes", f"Het eerste thema moet '{draft.slug}' zijn.")
    words = count_words(draft.body)
    is_overview = theme.parent is not None and words <= WORDS_OF_OVERVIEW[1]
    if not is_overview and not draft.body.lstrip().startswith("## In het kort"):
        reader.body_problem("De tekst begint met '## In het kort'.")
    least, most = WORDS_OF_BRANCH if theme.parent is None else (WORDS_OF_OVERVIEW[0], WORDS_OF_PAGE[1])
    if not least <= words <= most:
        reader.body_problem(f"De tekst telt {words} woorden; voor dit thema horen het er {least} tot {most} te zijn.")


def is_living(news_kind: str | None, updated_on: date | None) -> bool:
    """Tell whether a news item goes on changing: a dossier, or one that was updated before."""
    return news_kind == "dossier" or updated_on is not None


def _check_site_page(reader: FieldReader, draft: TextDraft) -> None:
    """Check that the page has an address, that it says of which day its law is, and that a sheet is short."""
    if speaks_of_law(draft.slug) and draft.stand_of_law is None:
        kind = "fiche" if draft.slug.startswith(SHEET) else "pagina over het recht"
        reader.problem("stand_of_law", f"Een {kind} zegt welke dag het recht beschrijft: vul 'stand_of_law' in.")
    if draft.slug.startswith(SHEET):
        if draft.slug.removeprefix(SHEET) not in SHEETS:
            reader.problem("title", f"Een fiche heet {SHEET} en dan {', '.join(SHEETS)}.")
        least, most = WORDS_OF_SHEET
        if not least <= (words := count_words(draft.body)) <= most:
            message = f"De fiche telt {words} woorden; het horen er {least} tot {most} te zijn."
            reader.body_problem(message)
    elif draft.slug not in SITE_PAGES:
        reader.problem("title", f"Een vaste pagina heet {', '.join(SITE_PAGES)}, of {SHEET} en de naam van een fiche.")


def _check_news(reader: FieldReader, draft: TextDraft) -> None:
    path = PurePosixPath(draft.content_path)
    if draft.dated_on is not None and not path.stem.startswith(f"{draft.dated_on.isoformat()}-"):
        reader.problem("published_on", "De bestandsnaam begint met de datum van publicatie.")
    if draft.dated_on is not None and path.parent.name != str(draft.dated_on.year):
        reader.problem("published_on", f"Dit bestand hoort in de map nieuws/{draft.dated_on.year}/.")
    if draft.updated_on is not None and draft.dated_on is not None and draft.updated_on < draft.dated_on:
        reader.problem("updated_on", "De tekst kan niet bijgewerkt zijn voor hij gepubliceerd werd.")
