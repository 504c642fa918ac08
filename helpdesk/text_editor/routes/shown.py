"""The page of one text among those of the editors, and what is said there after an act."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.routes import signed_in
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound, Problem
from helpdesk.core.roles import Role
from helpdesk.rulings.pages import Link
from helpdesk.text_editor import actions, queries, rules
from helpdesk.text_editor.actions import EditedMeanwhile, StepRefused
from helpdesk.text_editor.forms import KIND_NAMES, RemarkForm, WithdrawForm
from helpdesk.text_editor.models import TextWork
from helpdesk.text_editor.pages import EditedTextPage, LiveFacts, WorkFacts
from helpdesk.text_editor.rules import Typed
from helpdesk.texts import queries as text_queries
from helpdesk.texts import rules as text_rules
from helpdesk.texts.models import PublishedText, TextKind, TextVersion
from helpdesk.texts.pages import VersionRow, address_of
from helpdesk.texts.queries import Live
from helpdesk.web.database import db_session
from helpdesk.web.hiding import HideForm, ReasonForm
from helpdesk.web.services import services
from helpdesk.web.views import show

TEXT = "/teksten/<any(thema, nieuws, lexicon, pagina):kind>/<slug>"
OVERTAKEN = "Iemand wijzigde dit intussen: er is niets gedaan. Kijk na wat er nu staat en probeer het dan opnieuw."


def address_of_text(kind: str | None = None, slug: str | None = None, **query: object) -> str:
    """Return the address of a text among the editors' pages, or without one that of the list."""
    if kind is None:
        return url_for("editing.list_texts", **query)  # type: ignore[arg-type]  # Flask takes anything that prints
    return url_for("editing.show_text", kind=kind, slug=slug)


def text_of_editor(kind: str, slug: str) -> PublishedText:
    """Return a text, live or withdrawn. Raises NotFound."""
    text = text_queries.find_any_text(db_session(), kind, slug)
    if text is None:
        raise NotFound(f"Er is geen tekst {kind}/{slug}.")
    return text


def owners() -> list[tuple[int, str]]:
    """Return id and name of who can own a text."""
    return [(user.id, user.display_name) for user in queries.editors(db_session())]


def is_jurist() -> bool:
    """Tell whether who is signed in may sign as a jurist."""
    return Role.JURIST in signed_in().roles


def signature() -> str | None:
    """Return how this editor signs a check as a jurist; None when he did not ask that, or is none."""
    return rules.initials(signed_in().display_name) if request.form.get("sign") and is_jurist() else None


def refused_step(
    kind: str,
    slug: str,
    refused: StepRefused,
    *,
    hide_form: HideForm | None = None,
    reason_form: ReasonForm | None = None,
) -> ResponseReturnValue:
    """Show the text again with why a step was not taken; what was typed beside the button stays."""
    remark_form = RemarkForm()
    remark_form.remark.errors = [problem.sentence for problem in refused.problems if problem.field == "remark"]
    problems = [problem.sentence for problem in refused.problems if problem.field != "remark"]
    page = shown_text(
        kind, slug, problems=problems, remark_form=remark_form, hide_form=hide_form, reason_form=reason_form
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def done(
    kind: str,
    slug: str,
    act: Callable[[], None],
    said: str,
    *,
    hide_form: HideForm | None = None,
    reason_form: ReasonForm | None = None,
) -> ResponseReturnValue:
    """Do something to a text, and answer with its page: with `said`, or with why nothing was done."""
    try:
        act()
    except EditedMeanwhile:
        db_session().rollback()
        said = OVERTAKEN
    except StepRefused as refused:
        db_session().rollback()
        return refused_step(kind, slug, refused, hide_form=hide_form, reason_form=reason_form)
    flash(said)
    return redirect(address_of_text(kind, slug), code=303)


def shown_text(
    kind: str,
    slug: str,
    *,
    problems: Sequence[str] = (),
    remark_form: RemarkForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    hide_form: HideForm | None = None,
    reason_form: ReasonForm | None = None,
) -> str:
    """Return the page of a text among those of the editors; forms that were sent keep what was typed."""
    session, vocabulary = db_session(), services().vocabulary
    text, work = text_queries.find_any_text(session, kind, slug), queries.find_work(session, kind, slug)
    if text is None and work is None:
        raise NotFound(f"Er is geen tekst {kind}/{slug}.")
    live = text_queries.find_text(session, TextKind(kind), slug)
    versions = text_queries.versions_of(session, text.id) if text is not None else []
    address = text_rules.address_of(kind, slug, vocabulary)
    names = account_queries.names_by_id(session)
    title = str(work.typed.get("title") or slug) if work is not None else versions[0].title
    linking = text_queries.texts_linking_to(session, kind, slug) if live is not None else []
    hide_form = (hide_form or HideForm(formdata=None)).offer(_hideable(text, versions))
    hidden = [version.number for version in versions if version.hidden_reason is not None]
    reason_form = (reason_form or ReasonForm(formdata=None)).offer(hidden)
    return show(
        EditedTextPage(
            title=f"Tekst: {title}",
            kind=kind,
            kind_name=KIND_NAMES[TextKind(kind)],
            slug=slug,
            address=address,
            use_address=url_for("editing.show_text_use", kind=kind, slug=slug),
            work=_work_facts(work, live, names) if work is not None else None,
            live=LiveFacts.of(live.text, live.version, names, today=brussels_date(now())) if live else None,
            withdrawn_reason=text.withdrawn_reason if text is not None and live is None else None,
            versions=[VersionRow.of(version, address) for version in versions],
            linking=[Link(one.version.title, address_of(one, vocabulary)) for one in linking],
            owners=owners(),
            remark_form=remark_form or RemarkForm(formdata=None),
            withdraw_form=withdraw_form or WithdrawForm(formdata=None),
            hide_form=hide_form,
            reason_form=reason_form,
            printed={
                version.number: queries.editions_printed_from(session, text, version)
                for version in versions
                if text is not None and version.hidden_reason is not None
            },
            problems=problems,
            is_jurist=is_jurist(),
        )
    )


def sentences(problems: Sequence[Problem]) -> list[str]:
    """Return what is wrong, without the fields."""
    return [problem.sentence for problem in problems]


def _hideable(text: PublishedText | None, versions: Sequence[TextVersion]) -> list[int]:
    """Return the numbers of the versions that can be kept from the public, in the order given."""
    live = text.live_number if text is not None else None
    return [version.number for version in versions if version.number != live and version.hidden_reason is None]


def _work_facts(work: TextWork, live: Live | None, names: dict[int, str]) -> WorkFacts:
    session, vocabulary = db_session(), services().vocabulary
    found = actions.read(session, work, vocabulary, on=brussels_date(now()))
    is_broken = isinstance(found, list)
    problems = found if isinstance(found, list) else []
    dead = [] if isinstance(found, list) else found.dead_links
    before: Typed = {}
    if live is not None:
        draft, _ = text_rules.read_text(live.text.content_path, live.version.source, vocabulary)
        before = rules.typed_of(draft) if draft is not None else {}
    if not is_broken:
        problems = rules.check_publication(work.typed, is_first=work.text_id is None, today=brussels_date(now()))
    return WorkFacts.of(
        work,
        live=live.version if live else None,
        before=before,
        problems=sentences(problems),
        dead_links=sentences(dead),
        names=names,
        by=signed_in().id,
        is_jurist=is_jurist(),
        four_eyes=services().settings.four_eyes,
    )
