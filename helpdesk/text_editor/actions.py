"""Writing working drafts and taking them from concept to publication; never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.core import audit, frontmatter
from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import Problem
from helpdesk.core.markup import Rendered
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.text_editor import queries, rules
from helpdesk.text_editor.models import TextOpened, TextWork, WorkState
from helpdesk.text_editor.rules import Typed
from helpdesk.texts import actions as text_actions
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.rules import Edition, TextDraft

EXPIRED = "Deze tekst gold tot {day} en is daarom van de site gehaald."
PLAN_BROKEN = "Niet gepubliceerd op het geplande moment: {why}"


class EditedMeanwhile(Exception):
    """Someone else changed the draft or the text since the editor looked at it; nothing was stored."""


class AddressTaken(Exception):
    """A text or a draft has this address, or had it before; `slug` is where it is now."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class StepRefused(Exception):
    """A draft may not go on; `problems` says at which field and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Ready:
    """A draft that was read: the text, how the public would read it, and the links that lead nowhere."""

    draft: TextDraft
    rendered: Rendered
    dead_links: list[Problem]


def begin(session: Session, text: PublishedText, vocabulary: Vocabulary, *, by: int, now: datetime) -> TextWork:
    """Return the working draft of a text; make one of its newest version when there is none."""
    work = queries.find_work(session, text.kind, text.slug)
    if work is not None:
        return work
    version = text_queries.versions_of(session, text.id)[0]
    draft, _ = text_rules.read_text(text.content_path, version.source, vocabulary)
    typed = rules.typed_of(draft) if draft is not None else _typed_of_broken(text, version)
    typed["owner"] = str(text.owner_id or "")
    return _add(
        session,
        TextWork(
            kind=text.kind,
            slug=text.slug,
            text_id=text.id,
            base_number=text.live_number,
            base_source=version.source,
            typed=typed,
        ),
        by=by,
        now=now,
    )


def begin_new(session: Session, kind: TextKind, slug: str, typed: Typed, *, by: int, now: datetime) -> TextWork:
    """Make a working draft of a text that is not there yet.

    Raises:
        AddressTaken: a text or a draft has this address, or had it before.
    """
    taken = queries.find_address_taken(session, kind, slug)
    if taken is not None:
        raise AddressTaken(taken)
    work = TextWork(kind=kind, slug=slug, text_id=None, base_number=None, base_source="", typed=dict(typed))
    return _add(session, work, by=by, now=now)


def save(session: Session, work: TextWork, typed: Typed, *, seen: int, by: int, now: datetime) -> bool:
    """Store what was typed; return whether anything changed. What was submitted or approved is a concept again.

    Raises:
        EditedMeanwhile: someone else changed the draft since; nothing was stored.
    """
    forget_unsaved(session, work, by=by)
    _join(session, work)
    if not rules.differing_fields(typed, work.typed):
        return False
    _claim(session, work, seen)
    work.typed = dict(typed)
    work.state, work.edited_by_id, work.edited_at = WorkState.CONCEPT, by, now
    work.approved_by_id = work.approved_at = work.checked_by = work.checked_on = work.publish_at = None
    _note(session, work, "text.edited", by=by, now=now)
    return True


def take_in_live(session: Session, work: TextWork, *, number: int | None) -> None:
    """Note that an editor saw a live version that came after his draft was begun: publishing replaces it."""
    version = text_queries.find_version(session, work.text_id, number) if work.text_id and number else None
    work.base_number = number
    if version is not None:
        work.base_source = version.source


def keep_unsaved(
    session: Session, work: TextWork, typed: Typed | None, *, revision: int, by: int, now: datetime
) -> None:
    """Note that an editor has a draft open, and what he typed that is not saved yet; this makes no version."""
    opened = session.get(TextOpened, (work.id, by))
    if opened is None:
        opened = TextOpened(work_id=work.id, user_id=by)
        session.add(opened)
    opened.seen_at, opened.revision = now, revision
    if typed is not None:
        is_new = bool(rules.differing_fields(typed, work.typed))
        opened.typed, opened.typed_at = (dict(typed), now) if is_new else (None, None)


def forget_unsaved(session: Session, work: TextWork, *, by: int) -> None:
    """Let go of what an editor typed and did not save: it was saved, or he does not want it."""
    opened = session.get(TextOpened, (work.id, by))
    if opened is not None:
        opened.typed = opened.typed_at = None


def read(
    session: Session, work: TextWork, vocabulary: Vocabulary, typed: Typed | None = None, *, on: date
) -> Ready | list[Problem]:
    """Read a draft, or what is typed over it, as the text it would become; every problem when it is none yet."""
    typed = work.typed if typed is None else typed
    text = session.get(PublishedText, work.text_id) if work.text_id else None
    slug = text.slug if text else work.slug
    draft, broken = rules.read_typed(work.kind, slug, typed, work.base_source, vocabulary, is_known=text is not None)
    wanted = rules.slug_of(work.kind, slug, typed)
    if wanted != work.slug and queries.find_address_taken(session, work.kind, wanted, besides=work.text_id):
        broken = [*broken, Problem("slug", f"Het adres ‘{wanted}’ is al van een andere tekst: kies een ander.")]
    if draft is None or broken:
        return broken
    rendered, dead = text_actions.render(session, draft, vocabulary, on=on)
    problems = [Problem("body", problem.message) for problem in dead]
    return problems if problems and not rendered.html else Ready(draft, rendered, problems)


def submit(session: Session, work: TextWork, vocabulary: Vocabulary, *, seen: int, by: int, now: datetime) -> None:
    """Ask a colleague to approve a draft that is complete.

    Raises:
        StepRefused: something is missing or wrong, or it was submitted already.
        EditedMeanwhile: someone else changed the draft since.
    """
    if work.state != WorkState.CONCEPT:
        raise StepRefused([Problem("", "Dit ontwerp is al ingediend.")])
    _ready(session, work, vocabulary, now=now)
    _claim(session, work, seen)
    work.state, work.remark = WorkState.SUBMITTED, None
    work.submitted_by_id, work.submitted_at = by, now
    _note(session, work, "text.submitted", by=by, now=now)


def give_back(session: Session, work: TextWork, remark: str, *, seen: int, by: int, now: datetime) -> None:
    """Return a draft to who submitted it, with a remark.

    Raises:
        StepRefused: no remark, or the draft is not with anybody.
        EditedMeanwhile: someone else changed the draft since.
    """
    broken = rules.check_words(remark, what="wat er nog moet gebeuren", field="remark", most=rules.MOST_REMARK)
    if work.state == WorkState.CONCEPT:
        broken = [Problem("", "Dit ontwerp is niet ingediend.")]
    if broken:
        raise StepRefused(broken)
    _claim(session, work, seen)
    work.state, work.remark, work.publish_at = WorkState.CONCEPT, remark, None
    work.approved_by_id = work.approved_at = work.checked_by = work.checked_on = None
    _note(session, work, "text.returned", by=by, now=now)


def approve(
    session: Session,
    work: TextWork,
    *,
    seen: int,
    by: int,
    signs_as: str | None,
    four_eyes: bool,
    now: datetime,
) -> None:
    """Approve a submitted draft; `signs_as` are the initials of a jurist who checked it as one.

    Raises:
        StepRefused: it was not submitted, or the same person submitted it.
        EditedMeanwhile: someone else changed the draft since.
    """
    if work.state != WorkState.SUBMITTED:
        raise StepRefused([Problem("", "Dit ontwerp wacht niet op goedkeuring.")])
    if not rules.may_approve(submitted_by=work.submitted_by_id, by=by, four_eyes=four_eyes):
        raise StepRefused([Problem("", "Je diende dit ontwerp zelf in: vraag een collega om het goed te keuren.")])
    _claim(session, work, seen)
    work.state, work.approved_by_id, work.approved_at = WorkState.APPROVED, by, now
    work.checked_by, work.checked_on = signs_as, brussels_date(now) if signs_as else None
    is_alone = work.submitted_by_id == by
    _note(session, work, "text.approved", by=by, now=now, detail="door wie het indiende" if is_alone else None)


def plan(
    session: Session,
    work: TextWork,
    publish_at: datetime | None,
    *,
    seen: int,
    by: int,
    four_eyes: bool,
    now: datetime,
) -> None:
    """Let the job runner publish an approved draft at a moment.

    Raises:
        StepRefused: it was not approved, or the moment has passed.
        EditedMeanwhile: someone else changed the draft since.
    """
    broken = rules.check_moment(publish_at, now)
    if not rules.may_publish(work.state, four_eyes=four_eyes):
        broken = [Problem("", "Dit ontwerp is nog niet goedgekeurd.")]
    if broken:
        raise StepRefused(broken)
    _claim(session, work, seen)
    work.state, work.publish_at = WorkState.PLANNED, publish_at
    _note(session, work, "text.planned", by=by, now=now)


def unplan(session: Session, work: TextWork, *, seen: int, by: int, now: datetime) -> None:
    """Take a planned draft back to approved: nothing is published by itself. Raises StepRefused, EditedMeanwhile."""
    if work.state != WorkState.PLANNED:
        raise StepRefused([Problem("", "Dit ontwerp is niet gepland.")])
    _claim(session, work, seen)
    work.state, work.publish_at = WorkState.APPROVED, None
    _note(session, work, "text.unplanned", by=by, now=now)


def publish(
    session: Session,
    work: TextWork,
    vocabulary: Vocabulary,
    *,
    seen: int,
    by: int | None,
    four_eyes: bool,
    now: datetime,
) -> PublishedText:
    """Make an approved draft the live version of its text; the draft is done. `by` is None for the job runner.

    Raises:
        StepRefused: not approved, not complete, a link leads nowhere, or another version went live meanwhile.
        EditedMeanwhile: someone else changed the draft since.
    """
    if not rules.may_publish(work.state, four_eyes=four_eyes):
        raise StepRefused([Problem("", "Dit ontwerp is nog niet goedgekeurd.")])
    text = session.get(PublishedText, work.text_id) if work.text_id else None
    ready = _ready(session, work, vocabulary, now=now)
    if ready.dead_links:
        raise StepRefused(ready.dead_links)
    if text is not None and text.live_number != work.base_number:
        raise StepRefused([Problem("", "De gepubliceerde tekst is intussen gewijzigd: open het ontwerp en vergelijk.")])
    is_first = text is None
    substantive = rules.is_substantive(work.typed, is_first=is_first)
    draft = _signed(ready.draft, work, is_substantive=substantive, vocabulary=vocabulary)
    _claim(session, work, seen)
    note = str(work.typed.get("change_note", "")).strip() or None
    edition = Edition(note=note, is_substantive=substantive, by=by if by is not None else work.approved_by_id)
    try:
        with session.begin_nested():
            text = text_actions.publish(session, text, draft, ready.rendered, vocabulary, edition=edition, now=now)
    except IntegrityError as taken:
        there = "Op dit adres staat intussen een andere tekst: bewaar het ontwerp opnieuw en vergelijk."
        raise StepRefused([Problem("slug", there)]) from taken
    _keep_settings(text, work, draft, today=brussels_date(now))
    session.delete(work)
    audit.note(session, "text.published", subject_id=text.document_id, by=by, at=now, detail=note)
    return text


def discard(session: Session, work: TextWork, *, seen: int, by: int, now: datetime) -> None:
    """Throw a working draft away; the live version stays as it is. Raises EditedMeanwhile."""
    _claim(session, work, seen)
    _note(session, work, "text.discarded", by=by, now=now)
    session.delete(work)


def withdraw(session: Session, text: PublishedText, *, reason: str, seen: int, by: int, now: datetime) -> None:
    """Take a text off the site with a reason that its address tells. `seen` is the version the editor saw.

    Raises:
        EditedMeanwhile: another version went live since, or the text is off the site already.
    """
    _claim_live(session, text, seen)
    text_actions.withdraw(session, text, reason=reason, now=now)
    audit.note(session, "text.withdrawn", subject_id=text.document_id, by=by, at=now, detail=reason[:300])


def hide(session: Session, text: PublishedText, version: TextVersion, *, reason: str, by: int, now: datetime) -> None:
    """Keep an old version from the public, with the reason its address tells: it held what should not be read.

    Raises:
        StepRefused: it is what the public reads now, or it is hidden already.
    """
    if version.number == text.live_number:
        raise StepRefused([Problem("", "Deze versie staat nu op de site: publiceer eerst een betere, of trek ze in.")])
    _set_reason(session, version, reason, was_hidden=False)
    if text.kind == TextKind.LEXICON:
        text_actions.forget_explanation(session, text, version)
    detail = f"versie {version.number}: {reason}"[:300]
    audit.note(session, "text.version_hidden", subject_id=text.document_id, by=by, at=now, detail=detail)


def change_reason(
    session: Session, text: PublishedText, version: TextVersion, *, reason: str, by: int, now: datetime
) -> None:
    """Give a hidden version another reason: the first may itself say too much. Raises StepRefused: it is not hidden."""
    _set_reason(session, version, reason, was_hidden=True)
    detail = f"versie {version.number}: {reason}"[:300]
    audit.note(session, "text.reason_changed", subject_id=text.document_id, by=by, at=now, detail=detail)


def show_again(session: Session, text: PublishedText, version: TextVersion, *, by: int, now: datetime) -> None:
    """Let the public read a hidden version again. Raises StepRefused when it is not hidden."""
    _set_reason(session, version, None, was_hidden=True)
    detail = f"versie {version.number}"
    audit.note(session, "text.version_shown", subject_id=text.document_id, by=by, at=now, detail=detail)


def confirm(
    session: Session,
    text: PublishedText,
    vocabulary: Vocabulary,
    *,
    seen: int,
    signs_as: str | None,
    by: int,
    now: datetime,
) -> None:
    """Note that the live version is still right and move its review date ("nog juist").

    `signs_as` are the initials of a jurist: his check is written in the file of the text, as an editorial version. The
    check of another editor stands beside the text only.

    Raises:
        EditedMeanwhile: another version went live since.
        StepRefused: the file of the text breaks the rules of today: it must be edited first.
    """
    _claim_live(session, text, seen)
    version = text_queries.find_version(session, text.id, seen)
    today = brussels_date(now)
    if version is None:
        raise EditedMeanwhile
    if signs_as is not None:
        work = queries.find_work(session, text.kind, text.slug)
        text = _sign_live(session, text, version, signs_as, vocabulary, by=by, now=now)
        if work is not None and work.base_number == seen:
            take_in_live(session, work, number=text.live_number)
    else:
        text.confirmed_on = today
    text.review_on = text_rules.review_due_on(today, version.review_after_months)
    act = "text.confirmed" if signs_as is None else "text.checked"
    audit.note(session, act, subject_id=text.document_id, by=by, at=now)


def keep_settings(
    session: Session,
    text: PublishedText,
    *,
    owner_id: int | None,
    review_on: date | None,
    expires_on: date | None,
    by: int,
    now: datetime,
) -> None:
    """Change who owns a text, when it is read again and when it expires, without a version."""
    text.owner_id, text.review_on, text.expires_on = owner_id, review_on, expires_on
    audit.note(session, "text.settings_changed", subject_id=text.document_id, by=by, at=now)


def publish_due(session: Session, work: TextWork, vocabulary: Vocabulary, *, now: datetime) -> bool:
    """Publish a planned draft whose moment has come; one that cannot be published goes back with the reason.

    Returns whether it was published. Raises EditedMeanwhile: someone is changing it right now.
    """
    seen = work.revision
    try:
        publish(session, work, vocabulary, seen=seen, by=None, four_eyes=True, now=now)
    except StepRefused as refused:
        _claim(session, work, work.revision)
        work.state, work.publish_at = WorkState.CONCEPT, None
        work.remark = PLAN_BROKEN.format(why=str(refused))[: rules.MOST_REMARK]
        _note(session, work, "text.plan_failed", by=None, now=now)
        return False
    return True


def expire(session: Session, text: PublishedText, *, now: datetime) -> None:
    """Take a text off the site whose last day has passed."""
    day = text.expires_on or brussels_date(now)
    reason = EXPIRED.format(day=f"{day.day}-{day.month}-{day.year}")
    text_actions.withdraw(session, text, reason=reason, now=now)
    audit.note(session, "text.expired", subject_id=text.document_id, by=None, at=now)


def _join(session: Session, work: TextWork) -> None:
    """Let the draft of a new text be that of the text which an import put at its address meanwhile."""
    text = text_queries.find_any_text(session, work.kind, work.slug) if work.text_id is None else None
    if text is not None:
        work.text_id, work.base_source = text.id, text_queries.versions_of(session, text.id)[0].source


def _ready(session: Session, work: TextWork, vocabulary: Vocabulary, *, now: datetime) -> Ready:
    """Return a draft that is complete. Raises StepRefused with everything that is missing or wrong."""
    found = read(session, work, vocabulary, on=brussels_date(now))
    broken = rules.check_publication(work.typed, is_first=work.text_id is None, today=brussels_date(now))
    if isinstance(found, list):
        raise StepRefused([*found, *broken])
    if broken:
        raise StepRefused(broken)
    return found


def _signed(draft: TextDraft, work: TextWork, *, is_substantive: bool, vocabulary: Vocabulary) -> TextDraft:
    """Return a draft with the check it has: of the jurist who approved it, or none when its substance changed."""
    if work.checked_by is not None:
        changes: dict[str, Any] = {"reviewed_on": work.checked_on, "reviewed_by": work.checked_by}
    elif is_substantive and draft.reviewed_on is not None:
        changes = {"reviewed_on": None, "reviewed_by": None}
    else:
        return draft
    return _rewritten(draft.content_path, draft.source, changes, vocabulary)


def _rewritten(path: str, source: str, changes: dict[str, Any], vocabulary: Vocabulary) -> TextDraft:
    draft, broken = text_rules.read_text(path, frontmatter.rewrite(source, changes), vocabulary)
    if draft is None:
        raise StepRefused([Problem("body", problem.message) for problem in broken])
    return draft


def _sign_live(
    session: Session,
    text: PublishedText,
    version: TextVersion,
    signs_as: str,
    vocabulary: Vocabulary,
    *,
    by: int,
    now: datetime,
) -> PublishedText:
    changes = {"reviewed_on": brussels_date(now), "reviewed_by": signs_as}
    draft = _rewritten(text.content_path, version.source, changes, vocabulary)
    rendered, _ = text_actions.render(session, draft, vocabulary, on=brussels_date(now))
    edition = Edition(note="Nagekeken door een jurist: nog juist.", is_substantive=False, by=by)
    kept = text.expires_on
    text = text_actions.publish(session, text, draft, rendered, vocabulary, edition=edition, now=now)
    text.expires_on = kept
    return text


def _keep_settings(text: PublishedText, work: TextWork, draft: TextDraft, *, today: date) -> None:
    owner = str(work.typed.get("owner", ""))
    text.owner_id = int(owner) if owner.isdigit() else None
    chosen = rules.read_day(str(work.typed.get("review_on", "")))
    text.review_on = chosen or text_rules.review_due_on(today, draft.review_after_months)
    text.expires_on = rules.read_day(str(work.typed.get("expires_on", "")))


def _typed_of_broken(text: PublishedText, version: TextVersion) -> dict[str, Any]:
    """Return the form of a text whose file breaks a rule of today: its words, so that it can be mended."""
    file = frontmatter.split(version.source)
    values = {name: file.fields.get(name) for name in rules.FIELDS[text.kind]}
    typed = {name: value if name == "themes" else rules.as_text(value) for name, value in values.items()}
    typed |= {"slug": text.slug} if text.kind in rules.MOVABLE else {}
    return typed | {"body": file.body} | dict.fromkeys(rules.OF_PUBLICATION, "")


def _add(session: Session, work: TextWork, *, by: int, now: datetime) -> TextWork:
    work.state, work.revision = WorkState.CONCEPT, 1
    work.begun_by_id = work.edited_by_id = by
    work.begun_at = work.edited_at = now
    try:
        with session.begin_nested():
            session.add(work)
    except IntegrityError as taken:  # a colleague pressed the same button at the same moment
        there = queries.find_work(session, work.kind, work.slug)
        if there is None or work.text_id is None:
            raise AddressTaken(work.slug) from taken
        return there
    _note(session, work, "text.begun", by=by, now=now)
    return work


def _note(
    session: Session, work: TextWork, act: str, *, by: int | None, now: datetime, detail: str | None = None
) -> None:
    audit.note(session, act, subject_id=f"{work.kind}/{work.slug}", by=by, at=now, detail=detail)


def _claim(session: Session, work: TextWork, seen: int) -> None:
    """Take the turn to change a draft: only one of those who saw the same revision gets it."""
    counted = update(TextWork).where(TextWork.id == work.id, TextWork.revision == seen).values(revision=seen + 1)
    if session.execute(counted, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        raise EditedMeanwhile
    session.refresh(work, ["revision"])


def _set_reason(session: Session, version: TextVersion, reason: str | None, *, was_hidden: bool) -> None:
    """Change what is not so yet, in one statement: of two editors at once only the first changes anything."""
    is_due = TextVersion.hidden_reason.is_not(None) if was_hidden else TextVersion.hidden_reason.is_(None)
    changed = update(TextVersion).where(TextVersion.id == version.id, is_due).values(hidden_reason=reason)
    if session.execute(changed, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        was = (
            "niet (meer) afgeschermd" if was_hidden else "al afgeschermd, misschien door een collega: zijn reden blijft"
        )
        raise StepRefused([Problem("", f"Deze versie was {was}.")])
    session.refresh(version, ["hidden_reason"])


def _claim_live(session: Session, text: PublishedText, seen: int) -> None:
    """Take the turn to change a text whose live version is the one that was seen."""
    own = (PublishedText.id == text.id) & (PublishedText.live_number == seen)
    counted = update(PublishedText).where(own).values(live_number=seen)
    if session.execute(counted, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        raise EditedMeanwhile
