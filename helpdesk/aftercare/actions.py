"""Writing what happens to an advice after it was recorded; never commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from helpdesk.advice.actions import (
    FormInHand,
    announce,
    columns_of,
    note_references,
    persons_of,
    settle_draft,
    sources_of,
)
from helpdesk.advice.models import Advice, AdviceSource, AdviceTheme
from helpdesk.advice.rules import (
    MOST_SOURCES,
    TRACES_CONFIRMED,
    AdviceDraft,
    AdviceRejected,
    Person,
    broken_rules,
    is_outside_scope,
)
from helpdesk.aftercare import queries, rules
from helpdesk.aftercare.models import AdviceRevision, CallBack, FollowUp, Proposal, SecondReading
from helpdesk.core import audit, references
from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import NotFound
from helpdesk.core.references import ADVICE
from helpdesk.core.vocabulary import Vocabulary


class AdviceChanged(Exception):
    """Somebody corrected this advice since it was opened to be corrected."""


def correct_advice(
    session: Session,
    advice: Advice,
    draft: AdviceDraft,
    *,
    reason: str,
    seen_revision: int,
    vocabulary: Vocabulary,
    by: int,
    now: datetime,
) -> None:
    """Correct an advice and keep what it was, with the reason.

    Raises:
        AdviceRejected: the draft breaks rules, or there is no reason.
        AdviceChanged: it was corrected since `seen_revision`; nothing was stored.
    """
    broken = broken_rules(
        draft, vocabulary=vocabulary, today=brussels_date(now), is_forgotten=rules.is_forgotten(advice.question)
    )
    try:
        rules.check_reason(reason)
    except AdviceRejected as refused:
        broken = [*broken, *refused.broken]
    if broken:
        raise AdviceRejected(broken)
    taken = session.execute(
        update(Advice)
        .where(Advice.id == advice.id, Advice.revision == seen_revision)
        .values(revision=seen_revision + 1)
        .returning(Advice.id)
    ).one_or_none()
    if taken is None:
        raise AdviceChanged
    before = rules.values_of(drafted(advice))
    after = rules.values_of(draft)
    changed = {name: value for name, value in before.items() if value != after[name]}
    session.add(
        AdviceRevision(
            advice_id=advice.id, number=seen_revision, before=changed, reason=reason, changed_by_id=by, changed_at=now
        )
    )
    _overwrite(session, advice, draft, vocabulary=vocabulary, now=now)
    announce(session, advice.recorded_by_id, [advice.id])
    note_references(session, advice, vocabulary)
    if draft.confirmed:
        audit.note(session, TRACES_CONFIRMED, subject_id=advice.id, by=by, at=now)
    audit.note(session, "advice.corrected", subject_id=advice.id, by=by, at=now)
    session.flush()


def correct_from_draft(
    session: Session,
    form: FormInHand,
    advice: Advice,
    draft: AdviceDraft,
    *,
    reason: str,
    seen_revision: int,
    digest: str,
    secret: str,
    vocabulary: Vocabulary,
    now: datetime,
) -> bool:
    """Correct an advice once, however often the form is sent, and empty its draft; return whether it was now.

    Raises:
        AdviceRejected, AdviceChanged: see `correct_advice`; roll back, the draft was touched.
    """

    def store() -> int:
        correct_advice(
            session,
            advice,
            draft,
            reason=reason,
            seen_revision=seen_revision,
            vocabulary=vocabulary,
            by=form.owner,
            now=now,
        )
        return advice.id

    return settle_draft(session, form, store, digest=digest, secret=secret, now=now)[1]


def _overwrite(session: Session, advice: Advice, draft: AdviceDraft, *, vocabulary: Vocabulary, now: datetime) -> None:
    kept = {"recorded_by_id", "recorded_at"}
    columns = columns_of(draft, recorded_by=advice.recorded_by_id, recorded_at=now)
    for name, value in columns.items():
        if name not in kept:
            setattr(advice, name, value)
    if not is_outside_scope(draft, vocabulary):
        advice.scope_exception = None
    old = {source.document_id: source for source in advice.sources}
    advice.themes, advice.other_persons, advice.sources = [], [], []
    session.flush()  # the rows that go make place for the rows that come
    advice.themes = [AdviceTheme(node=node, position=position) for position, node in enumerate(draft.themes)]
    advice.other_persons = persons_of(draft)
    new = [one for one in draft.sources if one not in old]
    today = brussels_date(now)
    fresh = sources_of(session, new, owner=advice.recorded_by_id, vocabulary=vocabulary, today=today)
    kept_sources = [_copied(old[one]) for one in dict.fromkeys(draft.sources) if one in old]
    advice.sources = [*kept_sources, *fresh][:MOST_SOURCES]
    for position, source in enumerate(advice.sources):
        source.position = position


def _copied(source: AdviceSource) -> AdviceSource:
    """Return a source as it was attached, be it withdrawn since: the advice rested on it that day."""
    names = ("document_id", "version", "address", "title", "attached_on")
    return AdviceSource(**{name: getattr(source, name) for name in names})


def drafted(advice: Advice) -> AdviceDraft:
    """Return a record as the draft it would be."""
    return AdviceDraft(
        question=advice.question,
        themes=tuple(theme.node for theme in advice.themes),
        residence_situation=advice.residence_situation,
        nationality=advice.nationality,
        answer=advice.answer,
        outcome=advice.outcome,
        caller_category=advice.caller_category,
        caller_sector=advice.caller_sector,
        caller_region=advice.caller_region,
        channel=advice.channel,
        given_on=advice.given_on,
        time_spent_minutes=advice.time_spent_minutes,
        other_persons=tuple(Person(one.residence_situation, one.nationality) for one in advice.other_persons),
        referred_to=advice.referred_to,
        scope_exception=advice.scope_exception,
        sources=tuple(source.document_id for source in advice.sources),
    )


def follow_up(
    session: Session, advice_id: int, *, due_on: date, owner: int | None, contact: str, by: int, now: datetime
) -> None:
    """Let a colleague, or anyone, come back to an advice; keep how to reach the caller apart. Raises AdviceRejected."""
    rules.check_follow_up(due_on, contact, today=brussels_date(now))
    found = session.get(FollowUp, advice_id) or FollowUp(advice_id=advice_id)
    found.due_on, found.owner_id, found.done_at = due_on, owner, None
    session.add(found)
    if contact:
        session.merge(CallBack(advice_id=advice_id, contact=contact, kept_at=now))
    audit.note(session, "advice.follow_up", subject_id=advice_id, by=by, at=now)
    session.flush()


def claim_follow_up(session: Session, advice_id: int, *, by: int, now: datetime) -> bool:
    """Take on what waits for anyone; return whether this colleague was the first."""
    taken = session.execute(
        update(FollowUp)
        .where(FollowUp.advice_id == advice_id, FollowUp.owner_id.is_(None), FollowUp.done_at.is_(None))
        .values(owner_id=by)
        .returning(FollowUp.advice_id)
    ).one_or_none()
    if taken is not None:
        audit.note(session, "advice.claimed", subject_id=advice_id, by=by, at=now)
    return taken is not None


def finish_follow_up(session: Session, advice_id: int, *, by: int, now: datetime) -> None:
    """End a follow-up and remove how to reach the caller."""
    session.execute(update(FollowUp).where(FollowUp.advice_id == advice_id).values(done_at=now))
    session.execute(delete(CallBack).where(CallBack.advice_id == advice_id))
    audit.note(session, "advice.followed_up", subject_id=advice_id, by=by, at=now)


def ask_second_reading(
    session: Session, advice: Advice, question: str, *, reader: int, offered: Collection[int], by: int, now: datetime
) -> None:
    """Ask a colleague, one of those `offered`, to read an advice; who is asked already is asked the new question.

    Raises AdviceRejected.
    """
    rules.check_second_reading(reader, question, offered=offered)
    reading = queries.find_open_reading(session, advice.id, reader=reader)
    if reading is None:
        reading = SecondReading(advice_id=advice.id, asked_by_id=by, reader_id=reader, remark="", asked_at=now)
        session.add(reading)
    reading.question = question
    audit.note(session, "advice.second_reading_asked", subject_id=f"{advice.id}/{reader}", by=by, at=now)
    session.flush()


def answer_second_reading(session: Session, advice_id: int, remark: str, *, by: int, now: datetime) -> None:
    """Give a remark back; from then on the colleague reads the advice no more.

    Raises:
        NotFound: nothing is asked of this colleague any more.
        AdviceRejected: the remark says nothing, or may point at a person.
    """
    reading = queries.find_open_reading(session, advice_id, reader=by)
    if reading is None:
        raise NotFound("Je collega vraagt niet meer om dit advies na te lezen.")
    rules.check_remark(remark)
    reading.remark, reading.ended_at = remark, now
    audit.note(session, "advice.second_reading_answered", subject_id=advice_id, by=by, at=now)
    session.flush()


def withdraw_second_reading(session: Session, reading_id: int, *, by: int, now: datetime) -> bool:
    """Ask no longer; return False when it was answered or withdrawn meanwhile, or is not one's own."""
    ended = session.scalar(
        update(SecondReading)
        .where(SecondReading.id == reading_id, SecondReading.asked_by_id == by, SecondReading.ended_at.is_(None))
        .values(ended_at=now, seen_at=now)
        .returning(SecondReading.advice_id)
    )
    if ended is not None:
        audit.note(session, "advice.second_reading_withdrawn", subject_id=ended, by=by, at=now)
    return ended is not None


def put_answer_away(session: Session, reading_id: int, *, by: int, now: datetime) -> None:
    """Take the answer to one's own question off the list of what waits; it stays with the advice."""
    session.execute(
        update(SecondReading)
        .where(SecondReading.id == reading_id, SecondReading.asked_by_id == by, SecondReading.ended_at.is_not(None))
        .values(seen_at=now)
    )


def forget_call_backs(session: Session, *, now: datetime) -> int:
    """Remove call-back data of thirty days ago; return how many."""
    gone = session.scalars(
        delete(CallBack).where(CallBack.kept_at < now - rules.CALL_BACK_KEPT).returning(CallBack.advice_id)
    ).all()
    return len(gone)


@dataclass(frozen=True)
class TextRemoved:
    """How much free text was removed: of advice, and of corrections."""

    advice: int
    revisions: int


def remove_old_text(session: Session, *, months: int, now: datetime) -> TextRemoved:
    """Empty the free text of advice given so many months ago, with what corrections kept; the codes stay.

    A correction of codes that came after the text was gone keeps its reason for as many months of its own. Demo
    advice is fictitious and keeps its text. What was read from the text goes too: references, and the index.
    """
    last_on = rules.months_before(brussels_date(now), months)
    old = select(Advice.id).where(Advice.given_on < last_on, ~Advice.is_demo)
    with_text = select(Advice.id).where(Advice.question != "")
    histories = session.execute(
        update(AdviceRevision)
        .where(
            AdviceRevision.advice_id.in_(old),
            AdviceRevision.reason != "",
            AdviceRevision.advice_id.in_(with_text) | (func.date(AdviceRevision.changed_at) < last_on),
        )
        .values(before={}, reason="")
        .returning(AdviceRevision.advice_id),
        execution_options={"synchronize_session": False},
    ).all()
    changed = session.execute(
        update(Advice)
        .where(Advice.id.in_(old), or_(Advice.question != "", Advice.answer != "", Advice.scope_exception != ""))
        .values(question="", answer="", scope_exception=case((Advice.scope_exception.is_(None), None), else_=""))
        .returning(Advice.id, Advice.recorded_by_id),
        execution_options={"synchronize_session": False},
    ).all()
    session.execute(
        update(SecondReading)
        .where(
            SecondReading.advice_id.in_(old),
            or_(SecondReading.question != "", SecondReading.remark != "", SecondReading.ended_at.is_(None)),
        )
        .values(question="", remark="", ended_at=func.coalesce(SecondReading.ended_at, now)),
        execution_options={"synchronize_session": False},
    )
    for advice_id, _ in changed:
        references.forget(session, f"{ADVICE}/{advice_id}")
    for owner in sorted({owner for _, owner in changed}):
        announce(session, owner, [None])  # all of it: a document that is only marked as removed leaves its words there
    session.execute(
        update(Proposal).where(func.date(Proposal.proposed_at) < last_on, Proposal.text != "").values(text=""),
        execution_options={"synchronize_session": False},
    )
    if changed or histories:
        subject = f"{len(changed)} adviezen, {len(histories)} verbeteringen"
        audit.note(session, "advice.text_removed", subject_id=subject, by=None, at=now)
    session.flush()
    session.expire_all()
    return TextRemoved(len(changed), len(histories))


def propose(session: Session, kind: str, title: str, text: str, *, node: str | None, by: int, now: datetime) -> None:
    """Send a proposal to the editors. Raises AdviceRejected."""
    rules.check_proposal(kind, title, text)
    session.add(Proposal(kind=kind, title=title, text=text, node=node, proposed_by_id=by, proposed_at=now))
    session.flush()
    audit.note(session, "proposal.made", subject_id=kind, by=by, at=now)


def handle_proposal(session: Session, proposal_id: int, *, by: int, now: datetime) -> None:
    """Note that an editor dealt with a proposal. Raises NotFound."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("Dit voorstel bestaat niet.")
    proposal.handled_by_id, proposal.handled_at = by, now
    audit.note(session, "proposal.handled", subject_id=proposal_id, by=by, at=now)
