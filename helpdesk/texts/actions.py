"""Importing, publishing and exporting texts; never commits."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.core import markup, outbox
from helpdesk.core.errors import ContentBroken, FileProblem
from helpdesk.core.frontmatter import read_files
from helpdesk.core.markup import Rendered
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import actions as ruling_actions
from helpdesk.rulings.rules import RulingDraft
from helpdesk.texts import queries, rules
from helpdesk.texts.models import PublishedText, TextKind, TextTheme, TextVersion
from helpdesk.texts.rules import TextDraft

FOLDERS = (*rules.FOLDERS, ruling_actions.FOLDER)


@dataclass(frozen=True)
class Library:
    """A content folder that was read and found in order."""

    texts: list[TextDraft]
    rulings: list[RulingDraft]
    rendered: dict[str, Rendered]  # by content path


@dataclass
class ImportReport:
    """What an import did. `edited_on_site` are files whose text was changed on the site since its last import."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    edited_on_site: list[str] = field(default_factory=list)


def read_library(content: Path, vocabulary: Vocabulary) -> Library:
    """Read and check a whole content folder.

    Raises:
        ContentBroken: with every problem of every file, by file and line.
    """
    rulings, problems = ruling_actions.read_folder(content, vocabulary)
    paths = [path for folder in rules.FOLDERS for path in (content / folder).rglob("*.md")]
    texts, wrong = read_files(content, paths, lambda path, text: rules.read_text(path, text, vocabulary))
    problems += wrong
    resolve = _resolver(texts, {ruling.slug for ruling in rulings}, vocabulary)
    rendered: dict[str, Rendered] = {}
    for draft in texts:
        result, wrong = _render(draft, resolve)
        problems += wrong + _unknown_rulings(draft, resolve)
        rendered[draft.content_path] = result
    problems += _twice(texts)
    if problems:
        raise ContentBroken(problems)
    return Library(texts, rulings, rendered)


def is_as_imported(session: Session, content: Path) -> bool:
    """Tell whether every file of a content folder is, byte for byte, what was imported last and is still live."""
    paths = [path for folder in FOLDERS for path in (content / folder).rglob("*.md")]
    on_disk = {path.relative_to(content).as_posix(): path.read_bytes() for path in paths}
    return on_disk == {path: source.encode() for path, source in content_files(session).items()}


def content_files(session: Session) -> dict[str, str]:
    """Return every live text and every imported ruling as a content file, by path."""
    texts = {text.content_path: version.source for text, version in queries.all_texts(session)}
    return texts | ruling_actions.content_files(session)


def import_library(
    session: Session, library: Library, vocabulary: Vocabulary, *, now: datetime, overwrite: bool
) -> ImportReport:
    """Store each changed text as a new version and each changed ruling; announce them to the index.

    A text that was edited on the site since its last import is left alone unless `overwrite`.
    """
    rulings = ruling_actions.import_rulings(session, library.rulings, now=now)
    report = ImportReport(rulings.added, rulings.changed, rulings.unchanged)
    known = {text.content_path: text for text in session.scalars(select(PublishedText))}
    live = {text.content_path: version for text, version in queries.all_texts(session)}
    for draft in library.texts:
        text = known.get(draft.content_path)
        if text is not None and text.imported_checksum == rules.checksum(draft.source):
            report.unchanged += 1
        elif text is not None and _is_edited_on_site(text, live.get(draft.content_path)) and not overwrite:
            report.edited_on_site.append(draft.content_path)
        else:
            report.added += text is None
            report.changed += text is not None
            publish(session, text, draft, library.rendered[draft.content_path], vocabulary, now=now)
    return report


def publish(
    session: Session,
    text: PublishedText | None,
    draft: TextDraft,
    rendered: Rendered,
    vocabulary: Vocabulary,
    *,
    now: datetime,
) -> PublishedText:
    """Make a draft the live version of its text, in one transaction with its place in the outbox."""
    if text is None:
        text = PublishedText(kind=draft.kind, slug=draft.slug, content_path=draft.content_path)
        session.add(text)
        session.flush()
    text.imported_checksum = rules.checksum(draft.source)
    text.live_number = _next_number(session, text)
    session.add(_version(text, draft, rendered, number=text.live_number, now=now))
    text.themes.clear()
    session.flush()  # the old rows go before the new ones with the same key come
    text.themes.extend(TextTheme(node=node, position=place) for place, node in enumerate(draft.themes))
    address = rules.address_of(draft.kind, draft.slug, vocabulary)
    linked = [target.partition(":")[2] for target in rendered.links if target.startswith("rechtspraak:")]
    ruling_actions.note_mentions(
        session, document_id=text.document_id, address=address, title=draft.title, slugs=[*draft.rulings, *linked]
    )
    outbox.announce(session, [text.document_id], at=now)
    return text


def export_library(session: Session, folder: Path) -> int:
    """Write every live text and every imported ruling to its file, byte for byte; return how many there were."""
    files = content_files(session)
    for content_path, source in files.items():
        path = folder / content_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode())
    return len(files)


def _resolver(
    texts: Sequence[TextDraft], rulings: Collection[str], vocabulary: Vocabulary
) -> Callable[[str, str], str | None]:
    known = {(str(text.kind), text.slug) for text in texts}

    def resolve(scheme: str, identity: str) -> str | None:
        if scheme == TextKind.THEME:
            return rules.address_of(scheme, identity, vocabulary) if identity in vocabulary.themes else None
        if scheme == "rechtspraak":
            return f"/rechtspraak/{identity}" if identity in rulings else None
        return rules.address_of(scheme, identity, vocabulary) if (scheme, identity) in known else None

    return resolve


def _render(draft: TextDraft, resolve: Callable[[str, str], str | None]) -> tuple[Rendered, list[FileProblem]]:
    try:
        rendered = markup.render(draft.body, resolve)
    except markup.MarkupRefused as refused:
        return Rendered("", ""), [FileProblem(draft.content_path, draft.file.body_line, str(refused))]
    problems = [
        FileProblem(
            draft.content_path, draft.file.line_in_body(f"({target}"), f"De link '{target}' leidt nergens heen."
        )
        for target in rendered.dead_links
    ]
    return rendered, problems


def _unknown_rulings(draft: TextDraft, resolve: Callable[[str, str], str | None]) -> list[FileProblem]:
    return [
        FileProblem(
            draft.content_path, draft.file.line_of("rulings"), f"De uitspraak '{slug}' staat niet in rechtspraak/."
        )
        for slug in draft.rulings
        if resolve("rechtspraak", slug) is None
    ]


def _twice(texts: Sequence[TextDraft]) -> list[FileProblem]:
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for draft in texts:
        other = seen.setdefault((draft.kind, draft.slug), draft.content_path)
        if other != draft.content_path:
            problems.append(FileProblem(draft.content_path, 1, f"Dit adres is al van {other}."))
    return problems


def _is_edited_on_site(text: PublishedText, live: TextVersion | None) -> bool:
    return live is None or rules.checksum(live.source) != text.imported_checksum


def _next_number(session: Session, text: PublishedText) -> int:
    numbers = session.scalars(select(TextVersion.number).where(TextVersion.text_id == text.id))
    return max(numbers, default=0) + 1


def _version(text: PublishedText, draft: TextDraft, rendered: Rendered, *, number: int, now: datetime) -> TextVersion:
    return TextVersion(
        text_id=text.id,
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
        published_by_id=None,
    )
