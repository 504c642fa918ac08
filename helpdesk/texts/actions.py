"""Importing, publishing and exporting texts; never commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.core import amount_store, amounts, chapters, frontmatter, markup, outbox, publication_files, references
from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import ContentBroken, FileProblem
from helpdesk.core.frontmatter import checksum, read_files
from helpdesk.core.markup import Explanation, Rendered
from helpdesk.core.publication_files import FileKind, FileRefused, PublicationStore, Received
from helpdesk.core.references import Source
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.actions import importing as ruling_import
from helpdesk.rulings.actions import storing as ruling_store
from helpdesk.rulings.rules.drafts import FOLDER as RULINGS_FOLDER
from helpdesk.rulings.rules.drafts import RulingDraft
from helpdesk.texts import queries, rendering, rules
from helpdesk.texts.models import LibraryState, PublishedText, TextAlias, TextKind, TextTheme, TextVersion
from helpdesk.texts.rendering import Surroundings
from helpdesk.texts.rules import Edition, TextDraft
from jurisprudence.legislation import parse_source

FOLDERS = (*rules.FOLDERS, RULINGS_FOLDER)
FILES_FOLDER = "publicaties"
GONE = "Deze tekst staat niet meer in onze bibliotheek."  # what the public reads when a file was deleted
STATE = 1  # the one row of its table


@dataclass(frozen=True)
class Library:
    """A content folder that was read and found in order."""

    texts: list[TextDraft]
    rulings: list[RulingDraft]
    rendered: dict[str, Rendered]  # by content path, with the amounts of the day it was read for
    parts: frozenset[str]  # which folders are there: one that is absent says nothing about its texts


@dataclass
class ImportReport:
    """What an import did.

    `edited_on_site` are files whose text or ruling was changed on the site since its last import, `gone_but_edited`
    those that were deleted since, `broken_on_site` what the lists no longer know in a text or ruling that was
    changed on the site.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    rendered_again: int = 0
    follows_new_lists: bool = False
    edited_on_site: list[str] = field(default_factory=list)
    gone_but_edited: list[str] = field(default_factory=list)
    broken_on_site: list[FileProblem] = field(default_factory=list)


def read_library(content: Path, vocabulary: Vocabulary, *, on: date) -> Library:
    """Read and check a whole content folder; each amount must have a value on the day it is read for.

    Raises:
        ContentBroken: with every problem of every file, by file and line.
    """
    rulings, problems = ruling_import.read_folder(content, vocabulary)
    paths = [path for folder in rules.FOLDERS for path in (content / folder).rglob("*.md")]
    texts, wrong = read_files(content, paths, lambda path, text: rules.read_text(path, text, vocabulary))
    problems += wrong
    known = {(str(text.kind), slug): text.slug for text in texts for slug in (text.slug, *text.aliases)}
    slugs = {slug for ruling in rulings for slug in (ruling.slug, *ruling.aliases)}
    resolve = rendering.resolver(known, slugs, vocabulary)
    around = Surroundings(resolve, vocabulary.amounts, _terms_of(texts), vocabulary)
    rendered: dict[str, Rendered] = {}
    for draft in texts:
        result, wrong = rendering.render_draft(draft, around, on=on)
        problems += wrong + _unknown_rulings(draft, around)
        rendered[draft.content_path] = result
    problems += _twice(texts) + [problem for draft in texts for problem in _file_problems(content, draft)]
    problems += _chapter_problems(texts, rendered)
    if problems:
        raise ContentBroken(problems)
    return Library(texts, rulings, rendered, frozenset(name for name in FOLDERS if (content / name).is_dir()))


def is_as_imported(session: Session, content: Path, vocabulary: Vocabulary) -> bool:
    """Tell whether a content folder and the lists are, byte for byte, what was imported last and is still live."""
    state = session.get(LibraryState, STATE)
    if state is None or state.lists_digest != vocabulary.digest:
        return False
    paths = [path for folder in FOLDERS for path in (content / folder).rglob("*.md")]
    paths += [path for path in (content / amounts.PATH,) if path.is_file()]
    on_disk = {path.relative_to(content).as_posix(): path.read_bytes() for path in paths}
    if on_disk != {path: source.encode() for path, source in content_files(session).items()}:
        return False
    texts = [text for text, _ in queries.all_texts(session) if text.kind == TextKind.PUBLICATION]
    files = [(text.slug, path) for text in texts for path in _files_of(content, text)]
    return not any(_is_new_file(session, content, slug, path) for slug, path in files)


def content_files(session: Session) -> dict[str, str]:
    """Return every live text, every imported ruling and the register of amounts as a content file, by path."""
    texts = {text.content_path: version.source for text, version in queries.all_texts(session)}
    register = amount_store.live_version(session)
    lists = {amounts.PATH: register.source} if register is not None else {}
    return texts | lists | ruling_import.content_files(session)


def import_library(
    session: Session, library: Library, vocabulary: Vocabulary, *, now: datetime, overwrite: bool
) -> ImportReport:
    """Make the site say what the library says, and announce every difference to the index.

    Each changed text becomes a new version, each changed ruling is stored, and what was imported before but has no file
    any more is withdrawn. A text or ruling that was edited on the site since its last import is left alone unless
    `overwrite`.
    When the lists changed, every live text is rendered again and every document announced.
    """
    rulings = ruling_import.import_rulings(session, library.rulings, vocabulary, now=now, overwrite=overwrite)
    report = ImportReport(rulings.added, rulings.changed, rulings.unchanged, edited_on_site=rulings.edited_on_site)
    register = amount_store.import_register(session, vocabulary.amounts, now=now, overwrite=overwrite)
    report.changed += register.is_changed
    report.edited_on_site += [amounts.PATH] if register.is_edited_on_site else []
    known = {(text.kind, text.slug): text for text in session.scalars(select(PublishedText))}
    moved = queries.old_addresses(session)
    live = {text.id: version for text, version in queries.all_texts(session)}
    for draft in library.texts:
        text = known.get((draft.kind, draft.slug)) or known.get(
            (draft.kind, moved.get((draft.kind, draft.slug), draft.slug))
        )
        version = live.get(text.id) if text else None
        if text is not None and version is not None and version.source == draft.source:
            text.imported_checksum = checksum(draft.source)  # a file that says what was edited here is its import
        if text is not None and version is not None and text.imported_checksum == checksum(draft.source):
            is_as_in_file = text.kind == TextKind.THEME or version.source == draft.source
            is_moved = is_as_in_file and text.content_path != draft.content_path
            report.unchanged += not is_moved
            report.changed += is_moved
            if is_moved:
                text.content_path = draft.content_path  # its theme moved in the tree, or its date was corrected
        elif text is not None and _is_edited_on_site(text, version) and not overwrite:
            report.edited_on_site.append(draft.content_path)
        else:
            report.added += text is None
            report.changed += text is not None
            rendered = library.rendered[draft.content_path]
            edition = Edition(
                note=draft.update_note, is_substantive=rules.is_said_otherwise(draft, rendered, version), by=None
            )
            text = publish(session, text, draft, rendered, vocabulary, edition=edition, now=now)
            text.imported_checksum = checksum(draft.source)
    _withdraw_missing(session, library, report, now=now, overwrite=overwrite)
    session.flush()
    report.follows_new_lists = _note_lists(session, vocabulary, now=now)
    if report.follows_new_lists:
        report.broken_on_site += ruling_import.read_again(session, vocabulary)
        for ruling in ruling_queries.all_rulings(session):
            ruling_store.note_references(session, ruling, vocabulary)
    _render_again(session, _still_good(session, library, vocabulary), vocabulary, report, now=now)
    return report


def publish(
    session: Session,
    text: PublishedText | None,
    draft: TextDraft,
    rendered: Rendered,
    vocabulary: Vocabulary,
    *,
    edition: Edition,
    now: datetime,
) -> PublishedText:
    """Make a draft the live version of its text, in one transaction with its place in the outbox.

    A draft with another slug moves the text: its old address leads to the new one.
    """
    if text is None:
        text = PublishedText(kind=draft.kind, slug=draft.slug, content_path=draft.content_path)
        session.add(text)
        session.flush()
    before = text.document_id
    if text.slug != draft.slug:
        _move(session, text, draft, vocabulary, now=now)
    text.content_path = draft.content_path
    text.withdrawn_reason = text.confirmed_on = None
    text.live_number = _next_number(session, text)
    version = version_of(draft, rendered, number=text.live_number, edition=edition, now=now)
    version.text_id = text.id
    session.add(version)
    text.themes.clear()
    session.flush()  # the old rows go before the new ones with the same key come
    text.themes.extend(TextTheme(node=node, position=place) for place, node in enumerate(draft.themes))
    _note_aliases(session, text, draft.aliases, now=now)
    _note_references(session, text, draft, rendered, vocabulary)
    outbox.announce(session, list(dict.fromkeys([before, text.document_id])), at=now)
    return text


def withdraw(session: Session, text: PublishedText, *, reason: str | None, now: datetime) -> None:
    """Take a text off the site; its versions stay, its address tells the reason."""
    version = queries.find_version(session, text.id, text.live_number) if text.live_number else None
    if version is not None:
        version.withdrawn_at = now
    text.live_number = text.expires_on = None
    text.withdrawn_reason = reason
    references.forget(session, text.document_id)
    outbox.announce(session, [text.document_id], at=now)


def forget_explanation(session: Session, term: PublishedText, hidden: TextVersion) -> None:
    """Let every version of every text that explains a term in the words of a hidden version say what it says today.

    Stored pages hold the explanations of their own day, and old versions are not rendered again.
    """
    live = queries.find_version(session, term.id, term.live_number) if term.live_number else None
    title, words = (live.title, live.summary) if live else (term.slug, "Dit begrip leggen we niet meer uit.")
    before = markup.explained_in_list(term.slug, hidden.title, hidden.summary)
    after = markup.explained_in_list(term.slug, title, words)
    query = select(TextVersion).where(TextVersion.html.contains(before, autoescape=True)).order_by(TextVersion.id)
    for version in session.scalars(query):
        version.html = version.html.replace(before, after)


def receive_files(
    session: Session, library: Library, content: Path, store: PublicationStore
) -> dict[str, tuple[str, Received]]:
    """Take in the files of publications that we do not have yet: by slug its name and what was received.

    Raises:
        ContentBroken: a file is refused; names it.
    """
    received, problems = {}, []
    for draft in library.texts:
        path = content / FILES_FOLDER / (draft.file_name or "")
        if draft.file_name is None or not _is_new_file(session, content, draft.slug, path):
            continue
        try:
            with path.open("rb") as file:
                check = partial(publication_files.refuse_hidden, session, draft.slug)
                taken = store.receive(file, FileKind(path.suffix[1:]), check=check, with_original=True)
            received[draft.slug] = (draft.file_name, taken)
        except FileRefused as refused:
            problems.append(FileProblem(f"{FILES_FOLDER}/{draft.file_name}", 1, str(refused)))
    if problems:
        raise ContentBroken(problems)
    return received


def import_files(session: Session, received: Mapping[str, tuple[str, Received]], *, now: datetime) -> None:
    """Make the files that were received the newest of their publications."""
    for slug, (name, taken) in sorted(received.items()):
        publication_files.add_version(session, slug, name, taken, note="Ingevoerd", by=None, now=now)


def export_files(session: Session, folder: Path, store: PublicationStore) -> int:
    """Write the file that the public gets of each live publication beside its text, as imported; return how many.

    What is put together from pages is left out: it can be printed again. So is what is hidden.
    """
    newest, count = publication_files.newest_files(session), 0
    for text, version in queries.all_texts(session):
        file = newest.get(text.slug) if text.kind == TextKind.PUBLICATION and _names_a_file(version.source) else None
        path = store.original_of(file) if file is not None else None
        if file is not None and path is not None:
            (folder / FILES_FOLDER).mkdir(parents=True, exist_ok=True)
            (folder / FILES_FOLDER / file.name).write_bytes(path.read_bytes())
            count += 1
    return count


def files_kept_back(session: Session) -> list[str]:
    """Return the content paths of live publications whose file is not exported: every version of it is hidden."""
    kept_back = publication_files.slugs_with_files(session) - set(publication_files.newest_files(session))
    return [
        text.content_path
        for text, version in queries.all_texts(session)
        if text.kind == TextKind.PUBLICATION and text.slug in kept_back and _names_a_file(version.source)
    ]


def render(
    session: Session, draft: TextDraft, vocabulary: Vocabulary, *, on: date
) -> tuple[Rendered, list[FileProblem]]:
    """Render a draft that is written on the site as the public would read it on a day, with what leads nowhere."""
    around = rendering.surroundings(session, vocabulary)
    own = {(str(draft.kind), draft.slug): draft.slug}
    known = rendering.known_slugs(session) | own
    resolve = rendering.resolver(known, ruling_queries.all_slugs(session), vocabulary)
    rendered, problems = rendering.render_draft(draft, replace(around, resolve=resolve), on=on)
    return rendered, problems + _unknown_rulings(draft, around)


def _move(session: Session, text: PublishedText, draft: TextDraft, vocabulary: Vocabulary, *, now: datetime) -> None:
    """Give a text another slug; what is kept by its address follows."""
    old, old_id = text.slug, text.document_id
    text.slug, text.content_path = draft.slug, draft.content_path
    session.flush()
    session.merge(TextAlias(kind=text.kind, slug=old, text_id=text.id, noted_at=now))
    address = rules.address_of(text.kind, text.slug, vocabulary)
    references.move(session, old_id, text.document_id, address=address)


def _note_aliases(session: Session, text: PublishedText, aliases: Sequence[str], *, now: datetime) -> None:
    """Let the addresses a file names lead here; the present address of a text is never an old one."""
    own = (TextAlias.kind == text.kind) & (TextAlias.slug == text.slug)
    session.execute(delete(TextAlias).where(own))
    for slug in aliases:
        if slug != text.slug and session.get(TextAlias, (text.kind, slug)) is None:
            session.add(TextAlias(kind=text.kind, slug=slug, text_id=text.id, noted_at=now))


def export_library(session: Session, folder: Path) -> int:
    """Write every live text and every imported ruling to its file, byte for byte; return how many there were."""
    files = content_files(session)
    for content_path, source in files.items():
        path = folder / content_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode())
    return len(files)


def _terms_of(texts: Sequence[TextDraft]) -> tuple[Explanation, ...]:
    terms = (draft for draft in texts if draft.kind == TextKind.LEXICON)
    return rendering.explanations((term.slug, term.title, term.abbreviations, term.summary) for term in terms)


def _unknown_rulings(draft: TextDraft, around: Surroundings) -> list[FileProblem]:
    return [
        FileProblem(
            draft.content_path, draft.file.line_of("rulings"), f"De uitspraak '{slug}' staat niet in rechtspraak/."
        )
        for slug in draft.rulings
        if around.resolve("rechtspraak", slug) is None
    ]


def _file_problems(content: Path, draft: TextDraft) -> list[FileProblem]:
    """Look whether the file of a publication is there and is what its name says; it is read in full when imported."""
    if draft.file_name is None:
        return []
    path, line = content / FILES_FOLDER / draft.file_name, draft.file.line_of("file")
    if not path.is_file():
        return [FileProblem(draft.content_path, line, f"Het bestand {FILES_FOLDER}/{draft.file_name} ontbreekt.")]
    with path.open("rb") as file:
        kind = publication_files.kind_of(file.read(16))
    if kind is None or kind.value != path.suffix[1:]:
        return [FileProblem(draft.content_path, line, f"De inhoud van {draft.file_name} is niet wat de naam zegt.")]
    return []


def _chapter_problems(texts: Sequence[TextDraft], rendered: Mapping[str, Rendered]) -> list[FileProblem]:
    """Look whether the pages and sections that publications are put together from are there.

    A folder without any theme page says nothing about them.
    """
    pages = {draft.slug: rendered[draft.content_path] for draft in texts if draft.kind == TextKind.THEME}
    problems = []
    for draft in texts if pages else []:
        for chapter in draft.chapters:
            page = pages.get(chapter.theme)
            wrong = (
                [f"Het thema '{chapter.theme}' heeft geen eigen tekst: neem een ander hoofdstuk."]
                if page is None
                else [
                    f"Op de pagina van '{chapter.theme}' staat geen kopje '{name}'."
                    for name in chapters.missing_sections(chapter, page.contents)
                ]
            )
            problems += [FileProblem(draft.content_path, draft.file.line_of("chapters"), said) for said in wrong]
    return problems


def _names_a_file(source: str) -> bool:
    return "file" in frontmatter.split(source).fields


def _files_of(content: Path, text: PublishedText) -> list[Path]:
    """Return the files in content/ that may be that of a publication: those its text names."""
    path = content / text.content_path
    try:
        name = frontmatter.split(path.read_text("utf-8")).fields.get("file")
    except (OSError, ValueError):
        return []
    return [content / FILES_FOLDER / name] if isinstance(name, str) else []


def _is_new_file(session: Session, content: Path, slug: str, path: Path) -> bool:
    if not path.is_relative_to(content) or not path.is_file():
        return False
    return publication_files.fingerprint_of(path) not in publication_files.given_before(session, slug)


def _twice(texts: Sequence[TextDraft]) -> list[FileProblem]:
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for draft in texts:
        for slug in dict.fromkeys([draft.slug, *draft.aliases]):
            other = seen.setdefault((draft.kind, slug), draft.content_path)
            if other != draft.content_path:
                problems.append(FileProblem(draft.content_path, 1, f"Het adres '{slug}' is al van {other}."))
    return problems


def _is_edited_on_site(text: PublishedText, live: TextVersion | None) -> bool:
    """Tell whether someone changed or withdrew a text on the site since its last import.

    A text that an import withdrew has no checksum left: when its file comes back it is published again.
    """
    if live is None:
        return text.imported_checksum is not None
    return checksum(live.source) != text.imported_checksum


def _withdraw_missing(
    session: Session, library: Library, report: ImportReport, *, now: datetime, overwrite: bool
) -> None:
    moved = queries.old_addresses(session)
    written = {
        (draft.kind, slug) for draft in library.texts for slug in (draft.slug, moved.get((draft.kind, draft.slug)))
    }
    for text, version in queries.all_texts(session):
        is_of_part = text.content_path.partition("/")[0] in library.parts
        if (text.kind, text.slug) in written or not is_of_part or text.imported_checksum is None:
            continue
        if _is_edited_on_site(text, version) and not overwrite:
            report.gone_but_edited.append(text.content_path)
        else:
            # the page of a node stays without its text: what lies under it is still there
            withdraw(session, text, reason=None if text.kind == TextKind.THEME else GONE, now=now)
            text.imported_checksum = None
            report.withdrawn += 1
    if RULINGS_FOLDER in library.parts:
        withdrawn, edited = ruling_import.withdraw_missing(session, library.rulings, now=now, overwrite=overwrite)
        report.withdrawn += withdrawn
        report.gone_but_edited += edited


def _still_good(session: Session, library: Library, vocabulary: Vocabulary) -> Mapping[str, tuple[TextDraft, Rendered]]:
    """Return what the library rendered, by source; nothing when the site has other amounts or terms."""
    around = rendering.surroundings(session, vocabulary)
    if around.amounts.source != vocabulary.amounts.source or set(around.terms) != set(_terms_of(library.texts)):
        return {}
    return {draft.source: (draft, library.rendered[draft.content_path]) for draft in library.texts}


def _note_lists(session: Session, vocabulary: Vocabulary, *, now: datetime) -> bool:
    """Note which lists are in force. When they are others than last time: announce every document and return True."""
    state = session.get(LibraryState, STATE)
    if state is not None and state.lists_digest == vocabulary.digest:
        return False
    nodes = [theme.id for theme in vocabulary.themes.all]
    before = state.nodes if state is not None else []
    documents = [f"{TextKind.THEME}/{node}" for node in dict.fromkeys([*before, *nodes])]
    documents += [text.document_id for text, _ in queries.all_texts(session)]
    documents += [ruling.document_id for ruling in ruling_queries.all_rulings(session)]
    outbox.announce(session, list(dict.fromkeys(documents)), at=now)
    session.merge(LibraryState(id=STATE, lists_digest=vocabulary.digest, nodes=nodes, noted_at=now))
    return True


def render_live(
    session: Session, vocabulary: Vocabulary, *, now: datetime, with_amounts_only: bool = False
) -> list[PublishedText]:
    """Bring the live texts in line with today's amounts and terms; return those that changed, by their place.

    To be called after a term of the lexicon changed, and every night; `with_amounts_only` when a period of an amount
    starts or an amount changed. A text in which something leads nowhere by now stays as it is.
    """
    return _render_again(session, {}, vocabulary, ImportReport(), now=now, with_amounts_only=with_amounts_only)


def _render_again(
    session: Session,
    ready: Mapping[str, tuple[TextDraft, Rendered]],
    vocabulary: Vocabulary,
    report: ImportReport,
    *,
    now: datetime,
    with_amounts_only: bool = False,
) -> list[PublishedText]:
    """Bring what is derived from every live text in line with the lists; the version itself stays the same.

    `ready` has what was rendered a moment ago, by the source it was made of.
    """
    around, changed = rendering.surroundings(session, vocabulary), []
    for text, version in queries.all_texts(session):
        if with_amounts_only and not markup.amount_ids(version.source):
            continue
        draft, rendered = ready.get(version.source, (None, Rendered("", "")))
        if draft is None or draft.content_path != text.content_path:
            draft, problems = rules.read_text(text.content_path, version.source, vocabulary)
            rendered, dead = rendering.render_draft(draft, around, on=brussels_date(now)) if draft else (rendered, [])
            report.broken_on_site += problems + dead
            if draft is None or dead:
                continue
        if report.follows_new_lists:
            _note_references(session, text, draft, rendered, vocabulary)
        if _put_derived(version, rendered):
            changed.append(text)
            outbox.announce(session, [text.document_id], at=now)
    report.rendered_again = len(changed)
    return changed


def _put_derived(version: TextVersion, rendered: Rendered) -> bool:
    """Store what a text looks like now; tell whether that is different."""
    contents = [list(entry) for entry in rendered.contents]
    if (version.html, version.plain, version.contents) == (rendered.html, rendered.plain, contents):
        return False
    version.html, version.plain, version.contents = rendered.html, rendered.plain, contents
    return True


def _note_references(
    session: Session, text: PublishedText, draft: TextDraft, rendered: Rendered, vocabulary: Vocabulary
) -> None:
    """Note what a text relies on: its sources and the rulings it discusses, and what it names in passing."""
    linked = [target.partition(":")[2] for target in rendered.links if target.startswith("rechtspraak:")]
    rulings = ruling_queries.rulings_once_named(session, list(dict.fromkeys([*draft.rulings, *linked])))
    source = Source(
        id=text.document_id,
        kind=str(draft.kind),
        version=text.live_number,
        address=rules.address_of(draft.kind, draft.slug, vocabulary),
        title=draft.title,
        dated_on=draft.updated_on or draft.dated_on,
    )
    targets = [
        *references.named_articles(parse_source(name, vocabulary.laws) for name in draft.sources),
        *(ruling_store.named(ruling) for ruling in rulings),
        *references.recognised(rendered.plain, vocabulary.recogniser),
    ]
    references.note(session, source, targets)


def _next_number(session: Session, text: PublishedText) -> int:
    numbers = session.scalars(select(TextVersion.number).where(TextVersion.text_id == text.id))
    return max(numbers, default=0) + 1


def version_of(draft: TextDraft, rendered: Rendered, *, number: int, edition: Edition, now: datetime) -> TextVersion:
    """Return a draft as a version that is not stored yet."""
    return TextVersion(
        number=number,
        title=draft.title,
        summary=draft.summary,
        source=draft.source,
        html=rendered.html,
        plain=rendered.plain,
        contents=[list(entry) for entry in rendered.contents],
        stand_of_law=draft.stand_of_law,
        sources=draft.sources,
        to_check=draft.to_check,
        abbreviations=draft.abbreviations,
        synonyms=draft.synonyms,
        rulings=draft.rulings,
        news_kind=draft.news_kind,
        dated_on=draft.dated_on,
        updated_on=draft.updated_on,
        update_note=draft.update_note,
        reviewed_on=draft.reviewed_on,
        reviewed_by=draft.reviewed_by,
        review_after_months=draft.review_after_months,
        published_at=now,
        published_by_id=edition.by,
        change_note=edition.note,
        is_substantive=edition.is_substantive,
    )
