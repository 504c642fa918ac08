"""Where one subscribes and leaves, and where editors compose, approve and send."""

import csv
import io
from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import queries as accounts
from helpdesk.accounts.routes import signed_in
from helpdesk.core import audit, signing
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.core.mail import Delivery, MailServerGone, MailServerRefused
from helpdesk.core.paging import page_number
from helpdesk.newsletters import actions, letters, queries, rules
from helpdesk.newsletters.actions import EditedMeanwhile, StepRefused, TooManyRequests
from helpdesk.newsletters.forms import AddressForm, BranchesForm, ImportForm, IssueForm, PlanForm, SubscribeForm
from helpdesk.newsletters.letters import Edition, Masthead
from helpdesk.newsletters.models import Issue, Subscriber, SubscriberState
from helpdesk.newsletters.pages import (
    ArchivedIssuePage,
    ArchivePage,
    ButtonPage,
    DonePage,
    IssueListPage,
    IssuePage,
    PlainTextPage,
    PreferencesPage,
    ReadersPage,
    SendingPage,
    SubscribePage,
    masthead_of,
    masthead_to_be,
)
from helpdesk.newsletters.rules import FROZEN, DraftItem, IssueDraft, Step
from helpdesk.web.audiences import editing, public
from helpdesk.web.database import db_session
from helpdesk.web.incoming import accepts_bytes
from helpdesk.web.services import services
from helpdesk.web.transaction import commit_even_if_refused
from helpdesk.web.views import show

GONE = "Dit adres staat niet meer op de lijst. Je krijgt geen nieuwsbrief."
TOO_OFTEN = "Van hier kwamen het laatste uur te veel aanvragen. Probeer het over een uur opnieuw."
MEANWHILE = (
    "Een collega wijzigde deze nieuwsbrief net. Er is niets bewaard; wat je typte staat hieronder. Open de nieuwsbrief "
    "in een tweede venster, vergelijk, en neem over wat je wilt houden."
)


# Readers ----------------------------------------------------------------------------------------------------------


@public.route("/nieuwsbrief", methods=["GET", "POST"])
def subscribe() -> ResponseReturnValue:
    """Let someone ask for the newsletter; the answer does not tell whether the address was known."""
    themes = services().vocabulary.themes
    if request.method == "GET":
        return _subscribe_page(SubscribeForm(formdata=None).tick((), themes))
    form = SubscribeForm()
    branches, email = form.chosen(themes), form.address()
    if branches is None or email is None:
        return _subscribe_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        actions.note_request(db_session(), _source(), now=now())
    except TooManyRequests:
        commit_even_if_refused()
        return _subscribe_page(form, problems=[TOO_OFTEN]), HTTPStatus.TOO_MANY_REQUESTS
    actions.ask(db_session(), email, branches, now=now(), key=_key())
    return _after_sending(make_response(redirect(url_for("public.asked"), code=303)))


@public.get("/nieuwsbrief/gevraagd")
def asked() -> ResponseReturnValue:
    """Tell what happens now."""
    return show(
        DonePage(
            title="Kijk in je mailbox",
            sentences=[
                "We stuurden een mail met een link. Pas als je die opent en op de knop drukt, ben je ingeschreven.",
                "Kwam er niets? Kijk bij ongewenste mail. We sturen hoogstens één zo’n mail per dag naar een adres.",
            ],
        )
    )


@public.route("/nieuwsbrief/bevestigen/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """Let a reader confirm; a mail scanner that follows the link changes nothing."""
    reader = _reader(token, rules.CONFIRM_LINK)
    if request.method == "GET" and reader is not None:
        return show(
            ButtonPage(
                title="Bevestig je inschrijving",
                sentences=[rules.CONSENT_WORDS],
                button="Ja, stuur mij de nieuwsbrief",
                address=url_for("public.confirm", token=token),
            )
        )
    if reader is None or not actions.confirm(db_session(), reader, now=now(), key=_key()):
        return _too_late()
    return show(
        DonePage(
            title="Je bent ingeschreven",
            sentences=["Je krijgt de volgende nieuwsbrief. Onderaan staat telkens hoe je je uitschrijft."],
        )
    )


@public.route("/nieuwsbrief/voorkeuren/<token>", methods=["GET", "POST"])
def change_preferences(token: str) -> ResponseReturnValue:
    """Let a reader choose the branches he reads about."""
    reader = _reader(token)
    if reader is None or reader.state != SubscriberState.ACTIVE:
        return _gone()
    themes = services().vocabulary.themes
    if request.method == "GET":
        return _preferences_page(BranchesForm(formdata=None).tick(reader.branches, themes), token)
    form = BranchesForm()
    branches = form.chosen(themes)
    if branches is None:
        return _preferences_page(form, token), HTTPStatus.UNPROCESSABLE_ENTITY
    actions.change_preferences(db_session(), reader, branches, now=now())
    flash("Je voorkeuren zijn bewaard.")
    return redirect(url_for("public.change_preferences", token=token), code=303)


@public.route("/nieuwsbrief/uitschrijven/<token>", methods=["GET", "POST"])
def leave(token: str) -> ResponseReturnValue:
    """Let a reader leave: a page with a button, or one POST of a mail program (RFC 8058), which has no form of ours."""
    reader = _reader(token)
    if reader is None or reader.state == SubscriberState.LEFT:
        return _gone()
    if request.method == "GET":
        return show(
            ButtonPage(
                title="Uitschrijven",
                sentences=["Druk op de knop en je krijgt de nieuwsbrief niet meer."],
                button="Schrijf mij uit",
                address=url_for("public.leave", token=token),
            )
        )
    actions.leave(db_session(), reader, now=now(), key=_key())
    done = DonePage(
        title="Je bent uitgeschreven",
        sentences=["Je krijgt de nieuwsbrief niet meer. Was dat een vergissing?"],
        button="Schrijf mij weer in",
        address=url_for("public.subscribe_again", token=token),
    )
    return _after_sending(make_response(show(done)))


@public.route("/nieuwsbrief/terug/<token>", methods=["GET", "POST"])
def subscribe_again(token: str) -> ResponseReturnValue:
    """Let a reader who left come back."""
    reader = _reader(token)
    if reader is None:
        return _gone()
    if request.method == "GET":
        return show(
            ButtonPage(
                title="Terug naar de nieuwsbrief",
                sentences=[rules.CONSENT_WORDS],
                button="Schrijf mij weer in",
                address=url_for("public.subscribe_again", token=token),
            )
        )
    if not actions.come_back(db_session(), reader, now=now(), key=_key()):
        return _gone()
    return show(DonePage(title="Welkom terug", sentences=["Je krijgt de volgende nieuwsbrief."]))


@public.route("/nieuwsbrief/wissen/<token>", methods=["GET", "POST"])
def erase(token: str) -> ResponseReturnValue:
    """Let a reader have everything about him deleted."""
    reader = _reader(token)
    if reader is None:
        return _gone()
    if request.method == "GET":
        return show(
            ButtonPage(
                title="Mijn gegevens wissen",
                sentences=[
                    "We wissen je adres, je voorkeuren en je toestemming.",
                    "We houden een code over die je adres herkent als iemand het invult: er gaat dan niets naartoe.",
                ],
                button="Wis mijn gegevens",
                address=url_for("public.erase", token=token),
            )
        )
    actions.erase(db_session(), reader, now=now(), key=_key())
    return show(DonePage(title="Je gegevens zijn gewist", sentences=["Je hoort niets meer van ons."]))


@public.get("/nieuwsbrief/archief")
def list_issues() -> ResponseReturnValue:
    """List the issues that were sent."""
    return show(ArchivePage.of(queries.archived_issues(db_session())))


@public.get("/nieuwsbrief/archief/<int:year>/<int:number>")
def show_issue(year: int, number: int) -> ResponseReturnValue:
    """Show an issue as it was sent, without the words of what was hidden since."""
    if max(year, number) > rules.MOST_IMPORT_ROWS:
        raise NotFound("Deze nieuwsbrief is er niet.")
    issue = queries.get_archived(db_session(), year, number)
    base_url = services().settings.base_url
    draft = rules.withholding(rules.draft_of(issue), queries.items_of_hidden(db_session(), issue))
    return show(ArchivedIssuePage.of(draft, _masthead(issue), base_url=base_url))


def _subscribe_page(form: SubscribeForm, *, problems: Sequence[str] = ()) -> str:
    newest = queries.archived_issues(db_session(), limit=1)
    return show(SubscribePage(form=form, last=masthead_of(newest[0]) if newest else None, problems=problems))


def _preferences_page(form: BranchesForm, token: str) -> str:
    return show(
        PreferencesPage(
            form=form,
            address=url_for("public.change_preferences", token=token),
            leave_address=url_for("public.leave", token=token),
            erase_address=url_for("public.erase", token=token),
        )
    )


def _reader(token: str, purpose: str = rules.READER_LINK) -> Subscriber | None:
    """Return whom a link is for, None when he was erased. Raises NotFound: the link was not made by us."""
    try:
        return queries.find_by_key(db_session(), signing.read(_key(), purpose, token))
    except signing.ForgedLink as forged:
        raise NotFound(str(forged)) from forged


def _gone() -> ResponseReturnValue:
    return show(DonePage(title="Je staat niet op de lijst", sentences=[GONE]))


def _too_late() -> ResponseReturnValue:
    page = DonePage(
        title="Deze link werkt niet meer",
        sentences=["Bevestigen kan zeven dagen lang. Vraag de nieuwsbrief opnieuw aan op de pagina Nieuwsbrief."],
    )
    return show(page), HTTPStatus.GONE


def _source() -> str:
    return rules.source_digest(request.remote_addr or "-", brussels_date(now()), key=_key())


def _key() -> str:
    return services().settings.secret_key


def _after_sending(answer: Response) -> Response:
    """Send the letters that wait once the visitor has his answer: how long that takes tells nobody anything.

    What cannot go now, the job runner sends.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way

    def send() -> None:
        with app.app_context():
            letters.send_waiting_letters(db_session(), services().settings, clock=now)

    answer.call_on_close(send)
    return answer


# Editors ----------------------------------------------------------------------------------------------------------


@editing.get("/nieuwsbrief")
def list_newsletters() -> ResponseReturnValue:
    """List the issues, and how many read them."""
    session, year = db_session(), brussels_date(now()).year
    return show(
        IssueListPage.of(
            queries.issues(session),
            readers=queries.count_active(session),
            this_year=queries.issues_in_year(session, year),
            year=year,
        )
    )


@editing.post("/nieuwsbrief/nieuw")
def start_newsletter() -> ResponseReturnValue:
    """Begin a new issue."""
    issue = actions.start_issue(db_session(), by=signed_in().id, now=now())
    return redirect(url_for("editing.compose_newsletter", issue_id=issue.id), code=303)


@editing.route("/nieuwsbrief/<int:issue_id>", methods=["GET", "POST"])
def compose_newsletter(issue_id: int) -> ResponseReturnValue:
    """Let an editor compose an issue; the buttons beside an item move it or take it out, and store the rest as well."""
    issue = _issue(issue_id)
    if issue.state in FROZEN:
        return redirect(url_for("editing.follow_newsletter", issue_id=issue.id), code=303)
    if request.method == "GET":
        return _issue_page(issue, IssueForm.of(issue), rules.draft_of(issue))
    form = IssueForm()
    wanted = set(request.form.getlist("kandidaat"))
    added = [item for item in _candidates(issue) if item.source in wanted]
    draft, anchor = _pressed(form.draft(issue, request.form, added), request.form.get("knop", ""))
    if problems := rules.check_stored(draft):
        rest = form.point_out(problems)
        return _issue_page(issue, form, draft, problems=rest), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        actions.save_issue(db_session(), issue, draft, seen=form.seen, by=signed_in().id, now=now())
    except EditedMeanwhile:
        return _issue_page(issue, form, draft, problems=[MEANWHILE]), HTTPStatus.CONFLICT
    except StepRefused as refused:
        return _issue_page(issue, form, draft, problems=refused.problems), HTTPStatus.CONFLICT
    flash("De nieuwsbrief is bewaard.")
    return redirect(url_for("editing.compose_newsletter", issue_id=issue.id, _anchor=anchor), code=303)


@editing.post("/nieuwsbrief/<int:issue_id>/stap")
def bring_newsletter_further(issue_id: int) -> ResponseReturnValue:
    """Let an editor submit, approve, plan, send, pause, resume or discard an issue."""
    issue, plan = _issue(issue_id), PlanForm()
    named = request.form.get("stap", "")
    if named not in set(Step):
        raise NotFound("Deze stap bestaat niet.")
    step = Step(named)
    try:
        actions.take_step(
            db_session(),
            issue,
            step,
            by=signed_in().id,
            now=now(),
            four_eyes=services().settings.four_eyes,
            planned_at=plan.moment() if step is Step.PLAN else None,
        )
    except StepRefused as refused:
        if issue.state in FROZEN:
            flash(" ".join(refused.problems))
            return redirect(url_for("editing.follow_newsletter", issue_id=issue.id), code=303)
        page = _issue_page(issue, IssueForm.of(issue), rules.draft_of(issue), plan=plan, problems=refused.problems)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    if step is Step.DISCARD:
        flash("De nieuwsbrief is weggegooid.")
        return redirect(url_for("editing.list_newsletters"), code=303)
    flash(f"Gedaan: {step.value}.")
    return redirect(url_for("editing.compose_newsletter", issue_id=issue.id), code=303)


@editing.get("/nieuwsbrief/<int:issue_id>/voorbeeld")
def preview_newsletter(issue_id: int) -> ResponseReturnValue:
    """Show an issue as a mail."""
    return show(_edition(_issue(issue_id)).preview())


@editing.get("/nieuwsbrief/<int:issue_id>/tekst")
def preview_newsletter_text(issue_id: int) -> ResponseReturnValue:
    """Show an issue as the plain text of a mail."""
    issue = _issue(issue_id)
    return show(PlainTextPage.of(issue, _edition(issue)))


@editing.get("/nieuwsbrief/<int:issue_id>/archief")
def preview_archived_newsletter(issue_id: int) -> ResponseReturnValue:
    """Show an issue as it will stand in the archive."""
    issue, base_url = _issue(issue_id), services().settings.base_url
    return show(ArchivedIssuePage.of(rules.draft_of(issue), _masthead(issue), base_url=base_url, is_preview=True))


@editing.post("/nieuwsbrief/<int:issue_id>/proef")
def send_proof(issue_id: int) -> ResponseReturnValue:
    """Send an issue to the editor who asks."""
    issue, settings = _issue(issue_id), services().settings
    letter = _edition(issue).letter_for_proof(queries.email_of(db_session(), signed_in().id), now())
    try:
        with letters.door_of(settings)() as door:
            answer = door.send(letter)
    except (MailServerGone, MailServerRefused) as failed:
        flash(f"De proef is niet verstuurd. {failed}")
    else:
        went = answer.delivery is Delivery.SENT
        flash("De proef is verstuurd naar jouw adres." if went else "De mailserver weigerde de proef.")
    return redirect(url_for("editing.compose_newsletter", issue_id=issue.id), code=303)


@editing.get("/nieuwsbrief/<int:issue_id>/verzending")
def follow_newsletter(issue_id: int) -> ResponseReturnValue:
    """Show how far the sending of an issue is."""
    session, issue = db_session(), _issue(issue_id)
    if issue.state not in FROZEN:
        return redirect(url_for("editing.compose_newsletter", issue_id=issue.id), code=302)
    progress = queries.progress_of(session, issue.id)
    doubtful = queries.doubtful_copies(session, issue.id)
    return show(SendingPage.of(issue, _masthead(issue), progress, doubtful, now=now()))


@editing.post("/nieuwsbrief/<int:issue_id>/brief/<int:delivery_id>")
def decide_copy(issue_id: int, delivery_id: int) -> ResponseReturnValue:
    """Let an editor decide about a copy of which nobody knows whether it arrived."""
    delivery = queries.find_delivery(db_session(), delivery_id)
    if delivery is None or delivery.issue_id != issue_id:
        raise NotFound("Deze brief is er niet.")
    again = request.form.get("besluit") == "opnieuw"
    try:
        actions.decide(db_session(), delivery, again=again, by=signed_in().id, now=now())
    except StepRefused as refused:
        flash(" ".join(refused.problems))
    else:
        flash("De brief gaat opnieuw." if again else "De brief telt als verstuurd.")
    return redirect(url_for("editing.follow_newsletter", issue_id=issue_id), code=303)


@editing.get("/nieuwsbrief/lezers")
def list_readers() -> ResponseReturnValue:
    """List the readers."""
    return _readers_page(ImportForm(formdata=None), AddressForm(formdata=None))


@editing.post("/nieuwsbrief/lezers/invoer")
@accepts_bytes(text=10_000, files=rules.MOST_IMPORT_BYTES)
def import_readers() -> ResponseReturnValue:
    """Take in a list of readers, whole or not at all."""
    form = ImportForm()
    text = form.text()
    if text is None:
        return _readers_page(form, AddressForm(formdata=None)), HTTPStatus.UNPROCESSABLE_ENTITY
    readers, problems = rules.read_import(text, services().vocabulary.themes)
    if problems:
        return _readers_page(form, AddressForm(formdata=None), problems=problems), HTTPStatus.UNPROCESSABLE_ENTITY
    done = actions.import_readers(
        db_session(), readers, words=form.words.data or "", by=signed_in().id, now=now(), key=_key()
    )
    flash(
        f"Toegevoegd: {done.added}. Stonden er al: {done.known}. "
        f"Overgeslagen omdat ze geen post willen of kunnen krijgen: {done.suppressed}."
    )
    return redirect(url_for("editing.list_readers"), code=303)


@editing.post("/nieuwsbrief/lezers/uitvoer")
def export_readers() -> ResponseReturnValue:
    """Hand over the readers as CSV, in the form an import takes; the log says who took it."""
    session = db_session()
    readers = queries.active_subscribers(session)
    audit.note(session, "newsletter.readers_exported", subject_id=len(readers), by=signed_in().id, at=now())
    rows = io.StringIO()
    write = csv.writer(rows, delimiter=";", lineterminator="\r\n")
    write.writerow(["e-mailadres", "takken", "toestemming_op"])
    for reader in readers:
        agreed = brussels_date(reader.confirmed_at or reader.asked_at)
        write.writerow([reader.email, " ".join(sorted(reader.branches)), agreed.isoformat()])
    answer = make_response("\ufeff" + rows.getvalue())
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = 'attachment; filename="nieuwsbrief-lezers.csv"'
    return answer


@editing.post("/nieuwsbrief/lezers/<int:reader_id>/wissen")
def erase_reader(reader_id: int) -> ResponseReturnValue:
    """Delete all we hold of a reader, on request."""
    reader = queries.get_subscriber(db_session(), reader_id)
    actions.erase(db_session(), reader, now=now(), key=_key(), by=signed_in().id)
    flash("De lezer is gewist. Er gaat nooit meer iets naar dit adres.")
    return redirect(url_for("editing.list_readers"), code=303)


@editing.post("/nieuwsbrief/lezers/adres")
def handle_address() -> ResponseReturnValue:
    """Block an address or free it again, on request of its owner; nobody can see which addresses are blocked."""
    form, session = AddressForm(), db_session()
    email = form.address()
    if email is None:
        return _readers_page(ImportForm(formdata=None), form), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.form.get("besluit") == "vrijgeven":
        freed = actions.lift(session, rules.address_digest(email, key=_key()), by=signed_in().id, now=now())
        flash("Het adres kan zich weer inschrijven." if freed else "Dit adres was niet geblokkeerd.")
    else:
        actions.block(session, email, by=signed_in().id, now=now(), key=_key())
        flash("Er gaat niets meer naar dit adres.")
    return redirect(url_for("editing.list_readers"), code=303)


def _issue(issue_id: int) -> Issue:
    if issue_id > 2**31 - 1:
        raise NotFound("Deze nieuwsbrief is er niet.")
    return queries.get_issue(db_session(), issue_id)


def _masthead(issue: Issue) -> Masthead:
    """Return what an issue is called, or would be if it left today."""
    today = brussels_date(now())
    return masthead_of(issue) or masthead_to_be(queries.next_number(db_session(), today.year), today)


def _edition(issue: Issue) -> Edition:
    return Edition(rules.draft_of(issue), _masthead(issue), services().settings, name=f"issue {issue.id}")


def _candidates(issue: Issue) -> list[DraftItem]:
    return queries.candidates(db_session(), services().vocabulary, since=issue.since_at)


def _pressed(draft: IssueDraft, button: str) -> tuple[IssueDraft, str]:
    """Return the draft after the button that was pressed beside an item, and the place on the page to go back to."""
    act, _, digits = button.partition("-")
    place = int(digits) - 1 if digits.isascii() and digits.isdigit() and len(digits) < 4 else -1  # noqa: PLR2004 - 40 items
    if act not in {"omhoog", "omlaag", "weg"} or not 0 <= place < len(draft.items):
        return draft, "berichten" if button == "toevoegen" else ""
    if act == "weg":
        return rules.without(draft, draft.items[place].source), "berichten"
    step = -1 if act == "omhoog" else 1
    target = min(max(place + step, 0), len(draft.items) - 1)
    moved = IssueDraft(subject=draft.subject, intro=draft.intro, items=rules.moved(draft.items, place, step))
    return moved, f"bericht-{target + 1}"


def _issue_page(
    issue: Issue,
    form: IssueForm,
    draft: IssueDraft,
    *,
    plan: PlanForm | None = None,
    problems: Sequence[str] = (),
) -> str:
    session = db_session()
    advice = [problem.sentence for problem in rules.check_issue(draft)]
    return show(
        IssuePage.of(
            issue,
            form,
            draft,
            plan=plan or PlanForm(formdata=None),
            candidates=_candidates(issue),
            masthead=_masthead(issue),
            readers=queries.count_active(session),
            names=accounts.names_by_id(session),
            may_approve=rules.may_approve(issue, signed_in().id, four_eyes=services().settings.four_eyes),
            advice=[] if set(advice) <= set(problems) else advice,
            problems=problems,
        )
    )


def _readers_page(form: ImportForm, block_form: AddressForm, *, problems: Sequence[str] = ()) -> str:
    session, searched = db_session(), request.args.get("zoek", "").strip()[:254]
    return show(
        ReadersPage.of(
            queries.subscribers_page(session, searched, number=page_number(request.args.get("pagina"))),
            searched,
            services().vocabulary.themes,
            active=queries.count_active(session),
            suppressed=queries.count_suppressed(session),
            import_form=form,
            block_form=block_form,
            problems=problems,
            address=lambda query: url_for("editing.list_readers", **query),
        )
    )
