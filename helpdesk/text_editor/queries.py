"""Reading working drafts: the editors' lists, who else is at work, and what a text can link to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, defer

from helpdesk.accounts.models import User, UserRole
from helpdesk.core import chapters, frontmatter, publication_files
from helpdesk.core.errors import NotFound
from helpdesk.core.publication_files import PublicationFile
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.naming import ruling_title
from helpdesk.text_editor.models import TextOpened, TextWork, WorkState
from helpdesk.text_editor.rules import FIELDS
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from jurisprudence.identifiers import NBSP
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

MOST_LINKS = 8  # offered of each kind
PUBLISHED, WITHDRAWN = "gepubliceerd", "ingetrokken"
STATES = (*WorkState, PUBLISHED, WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class TextFilter:
    """What the editors' list is limited to; `is_overdue` asks for what had to be read again."""

    text: str = ""
    kind: TextKind | None = None
    state: str | None = None
    owner: int | None = None
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class ListedText:
    """One text in the editors' list, with its working draft when there is one; `states` are one or two."""

    kind: str
    slug: str
    title: str
    states: tuple[str, ...]
    owner_id: int | None
    review_on: date | None
    changed_at: datetime
    work: TextWork | None

    @property
    def is_published(self) -> bool:
        """Whether the public reads it now."""
        return PUBLISHED in self.states


@dataclass(frozen=True)
class LinkTarget:
    """Something a text can link to: what is inserted, what it is called, and what kind it is."""

    markdown: str
    title: str
    kind: str


@dataclass(frozen=True)
class PrintedEdition:
    """An edition of a publication that says the words of a version of a text.

    `is_by_date` when nothing was noted of what it was printed from: it was made while that version was on the site.
    """

    slug: str
    title: str
    number: int
    is_hidden: bool
    is_by_date: bool


def find_work(session: Session, kind: str, slug: str) -> TextWork | None:
    """Return the working draft at an address, or None."""
    return session.scalar(select(TextWork).where(TextWork.kind == kind, TextWork.slug == slug))


def get_work(session: Session, kind: str, slug: str) -> TextWork:
    """Return the working draft at an address. Raises NotFound."""
    work = find_work(session, kind, slug)
    if work is None:
        raise NotFound(f"Er is geen ontwerp van {kind}/{slug}: misschien is het intussen gepubliceerd of weggegooid.")
    return work


def find_work_by_id(session: Session, work_id: int) -> TextWork | None:
    """Return a working draft, or None when it is done meanwhile."""
    return session.get(TextWork, work_id)


def find_opened(session: Session, work_id: int, user_id: int) -> TextOpened | None:
    """Return what an editor typed in a draft and did not save, or None."""
    return session.get(TextOpened, (work_id, user_id))


def others_at(session: Session, work_id: int, *, besides: int, since: datetime) -> list[str]:
    """Return the names of the other editors who had a draft open after a moment, in alphabetical order."""
    query = (
        select(User.display_name)
        .join(TextOpened, TextOpened.user_id == User.id)
        .where(TextOpened.work_id == work_id, TextOpened.user_id != besides, TextOpened.seen_at > since)
    )
    return list(session.scalars(query.order_by(User.display_name, User.id)))


def works(session: Session) -> list[TextWork]:
    """Return every working draft, edited last first."""
    return list(session.scalars(select(TextWork).order_by(TextWork.edited_at.desc(), TextWork.id)))


def waiting_for(session: Session, user_id: int, *, four_eyes: bool) -> dict[str, list[TextWork]]:
    """Return what waits for an editor: to approve, returned to him, approved and not published, planned."""
    waiting: dict[str, list[TextWork]] = {"goedkeuren": [], "teruggestuurd": [], "publiceren": [], "gepland": []}
    for work in works(session):
        if work.state == WorkState.SUBMITTED and (not four_eyes or work.submitted_by_id != user_id):
            waiting["goedkeuren"].append(work)
        elif work.state == WorkState.CONCEPT and work.remark and work.submitted_by_id == user_id:
            waiting["teruggestuurd"].append(work)
        elif work.state == WorkState.APPROVED:
            waiting["publiceren"].append(work)
        elif work.state == WorkState.PLANNED:
            waiting["gepland"].append(work)
    return waiting


def due_works(session: Session, now: datetime) -> list[TextWork]:
    """Return the planned drafts whose moment has come, the longest ago first."""
    query = select(TextWork).where(TextWork.state == WorkState.PLANNED, TextWork.publish_at <= now)
    return list(session.scalars(query.order_by(TextWork.publish_at, TextWork.id)))


def find_address_taken(session: Session, kind: str, slug: str, *, besides: int | None = None) -> str | None:
    """Return the present slug of the text, draft or former address that has this address; None when it is free.

    `besides` is the id of a text whose own addresses do not count.
    """
    for text in (text_queries.find_any_text(session, kind, slug), text_queries.find_moved_text(session, kind, slug)):
        if text is not None and text.id != besides:
            return text.slug
    work = find_work(session, kind, slug)
    return work.slug if work is not None and (besides is None or work.text_id != besides) else None


def editors(session: Session) -> list[User]:
    """Return the active colleagues who may edit, by name."""
    is_editor = select(UserRole.user_id).where(UserRole.role == Role.EDITOR)
    query = select(User).where(User.is_active, User.id.in_(is_editor))
    return list(session.scalars(query.order_by(User.display_name, User.id)))


def listed_texts(session: Session, wanted: TextFilter, today: date) -> list[ListedText]:
    """Return the texts an editor looks for: first what had to be read again longest ago, then by title."""
    by_text = {work.text_id: work for work in works(session) if work.text_id is not None}
    rows = [_listed(text, version, by_text.get(text.id)) for text, version in _newest(session)]
    rows += [_listed_work(work) for work in works(session) if work.text_id is None]
    found = [row for row in rows if _fits(row, wanted, today)]
    return sorted(found, key=lambda row: (row.review_on or date.max, row.title.casefold(), row.kind, row.slug))


def link_targets(session: Session, words: str, vocabulary: Vocabulary) -> list[LinkTarget]:
    """Return what a text can link to for some words: an article, themes, texts, rulings; few of each."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    themes = [
        LinkTarget(f"[{_label(theme.title)}](thema:{theme.id})", theme.title, "thema")
        for theme in vocabulary.themes.all
        if all(word in " ".join((theme.title, theme.id, *theme.words)).casefold() for word in wanted)
    ]
    return [
        *_articles(words, vocabulary),
        *themes[:MOST_LINKS],
        *_texts(session, wanted),
        *_rulings(session, words, vocabulary),
    ]


def _newest(session: Session) -> list[tuple[PublishedText, TextVersion]]:
    """Return every text, live or withdrawn, with its newest version, without what is long."""
    last = select(TextVersion.text_id, func.max(TextVersion.number).label("number")).group_by(TextVersion.text_id)
    newest = last.subquery()
    query = (
        select(PublishedText, TextVersion)
        .join(TextVersion, TextVersion.text_id == PublishedText.id)
        .join(newest, (newest.c.text_id == TextVersion.text_id) & (newest.c.number == TextVersion.number))
        .where(PublishedText.kind.in_(FIELDS))  # a guided path and a publication are written in their files
        .options(defer(TextVersion.source), defer(TextVersion.html), defer(TextVersion.plain))
    )
    return [(text, version) for text, version in session.execute(query.order_by(PublishedText.id))]


def _listed(text: PublishedText, version: TextVersion, work: TextWork | None) -> ListedText:
    is_live = text.live_number is not None
    return ListedText(
        kind=text.kind,
        slug=text.slug,
        title=version.title,
        states=(PUBLISHED if is_live else WITHDRAWN, *([work.state] if work else [])),
        owner_id=text.owner_id,
        review_on=text_rules.next_review_on(text, version) if is_live else None,
        changed_at=work.edited_at if work else version.published_at,
        work=work,
    )


def _listed_work(work: TextWork) -> ListedText:
    return ListedText(
        kind=work.kind,
        slug=work.slug,
        title=str(work.typed.get("title") or work.slug),
        states=(work.state,),
        owner_id=int(owner) if (owner := str(work.typed.get("owner", ""))).isdigit() else None,
        review_on=None,
        changed_at=work.edited_at,
        work=work,
    )


def _fits(row: ListedText, wanted: TextFilter, today: date) -> bool:
    words = wanted.text.casefold().split()
    return (
        all(word in f"{row.title} {row.slug}".casefold() for word in words)
        and wanted.kind in (None, row.kind)
        and (wanted.state is None or wanted.state in row.states)
        and wanted.owner in (None, row.owner_id)
        and (not wanted.is_overdue or (row.review_on is not None and row.review_on <= today))
    )


def _articles(words: str, vocabulary: Vocabulary) -> list[LinkTarget]:
    for asked in (words, f"art. {words}"):
        try:
            found = parse_source(asked.strip(), vocabulary.laws)
        except (UnknownLaw, InvalidSource):
            continue
        written = found.display.replace(NBSP, " ")
        return [LinkTarget(written, f"{written} ({found.law.title})", "artikel")]
    return []


def _texts(session: Session, wanted: Sequence[str]) -> list[LinkTarget]:
    """Return news, terms and site pages whose title holds all words: they link by their own identity."""
    query = (
        select(PublishedText.kind, PublishedText.slug, TextVersion.title)
        .join(
            TextVersion,
            (TextVersion.text_id == PublishedText.id) & (TextVersion.number == PublishedText.live_number),
        )
        .where(
            PublishedText.kind != TextKind.THEME,
            *(
                or_(
                    func.lower(TextVersion.title).contains(word, autoescape=True),
                    PublishedText.slug.contains(word, autoescape=True),
                )
                for word in wanted
            ),
        )
        .order_by(PublishedText.kind, TextVersion.title, PublishedText.slug)
    )
    rows = session.execute(query.limit(2 * MOST_LINKS))
    return [LinkTarget(f"[{_label(title)}]({kind}:{slug})", title, kind) for kind, slug, title in rows]


def _rulings(session: Session, words: str, vocabulary: Vocabulary) -> list[LinkTarget]:
    normal = "".join(sign for sign in words.casefold() if sign.isalnum())
    is_named = [Ruling.slug.contains(words.strip().casefold().replace(" ", "-"), autoescape=True)]
    if normal:
        is_named.append(func.replace(func.replace(Ruling.number, ".", ""), "/", "").contains(normal, autoescape=True))
    query = select(Ruling).where(Ruling.published_at.is_not(None), or_(*is_named))
    found = session.scalars(query.order_by(Ruling.decided_on.desc(), Ruling.slug).limit(MOST_LINKS))
    return [
        LinkTarget(f"[{_label(title)}](rechtspraak:{ruling.slug})", title, "rechtspraak")
        for ruling in found
        for title in [ruling_title(ruling, vocabulary)]
    ]


def _label(title: str) -> str:
    """Return a title fit for the words of a link: brackets would close it."""
    return title.replace("[", "(").replace("]", ")")


def editions_printed_from(session: Session, text: PublishedText, version: TextVersion) -> list[PrintedEdition]:
    """Return the editions of publications that say the words of a version, by publication, newest first.

    Known from what was noted when an edition was made. For those made before anything was noted: they were made while
    this version was on the site, by chapters that named its page.
    """
    noted = publication_files.editions_with(session, text.id, version.number)
    told = [*noted, *(file for file in _made_then(session, text, version) if file not in noted)]
    titles = {file.slug: _title_of_publication(session, file.slug) for file in told}
    return [
        PrintedEdition(file.slug, titles[file.slug], file.number, file.hidden_reason is not None, file not in noted)
        for file in sorted(told, key=lambda file: (titles[file.slug], file.slug, -file.number))
    ]


def _made_then(session: Session, text: PublishedText, version: TextVersion) -> list[PublicationFile]:
    if text.kind != TextKind.THEME:
        return []
    after = text_queries.find_version(session, text.id, version.number + 1)
    ends = [moment for moment in (version.withdrawn_at, after.published_at if after else None) if moment is not None]
    made = publication_files.files_stored_between(session, version.published_at, min(ends, default=None))
    return [file for file in made if text.slug in _chapters_then(session, file)]


def _chapters_then(session: Session, file: PublicationFile) -> set[str]:
    """Return the themes a publication named as its chapters when a file of it was stored."""
    text = text_queries.find_any_text(session, TextKind.PUBLICATION, file.slug)
    versions = text_queries.versions_of(session, text.id) if text is not None else []
    then = next((one for one in versions if one.published_at <= file.stored_at), None)
    return chapters.named_themes(frontmatter.split(then.source).fields.get("chapters")) if then is not None else set()


def _title_of_publication(session: Session, slug: str) -> str:
    text = text_queries.find_any_text(session, TextKind.PUBLICATION, slug)
    versions = text_queries.versions_of(session, text.id) if text is not None else []
    return versions[0].title if versions else slug
