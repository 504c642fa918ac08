"""What readers and editors type: addresses, preferences, an issue with its items, a list of readers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import EmailField, HiddenField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.validators import Optional

from helpdesk.core.clock import BRUSSELS
from helpdesk.core.errors import Problem
from helpdesk.core.mail import NoAddress, normal_address
from helpdesk.core.vocabulary import ThemeTree
from helpdesk.newsletters.models import Issue
from helpdesk.newsletters.rules import MOST_IMPORT_BYTES, MOST_ITEMS, DraftItem, IssueDraft, draft_of, read_branches
from helpdesk.web.fields import DutchDateField, clean_text
from jurisprudence.identifiers import NBSP

NO_BRANCH = "Kies minstens één tak."


class BranchesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The branches of law someone wants to read about."""

    branches = SelectMultipleField("Waarover wil je lezen?", validate_choice=False, choices=[])

    def offer(self, themes: ThemeTree) -> Self:
        """Fill the boxes; return the form itself."""
        self.branches.choices = [(branch.id, branch.title) for branch in themes.branches]
        return self

    def tick(self, branches: Iterable[str], themes: ThemeTree) -> Self:
        """Tick these branches, all of them when there are none; return the form itself."""
        self.branches.data = list(branches) or [branch.id for branch in themes.branches]
        return self.offer(themes)

    def chosen(self, themes: ThemeTree) -> tuple[str, ...] | None:
        """Return the chosen branches, none for all of them; None with an error at the field when nothing is ticked."""
        self.offer(themes)
        ticked = self.branches.data or []
        if not any(branch.id in ticked for branch in themes.branches):
            self.branches.errors = [NO_BRANCH]
            return None
        return read_branches(ticked, themes)


class SubscribeForm(BranchesForm):
    """What a reader types to subscribe."""

    email = EmailField("E-mailadres", filters=[clean_text], render_kw={"autocomplete": "email", "maxlength": 254})

    def address(self) -> str | None:
        """Return the address in its normal form; None with an error at the field when it is none."""
        return _address(self.email)


class AddressForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One address, for an editor who acts on request of its owner."""

    email = EmailField("E-mailadres", filters=[clean_text], render_kw={"autocomplete": "off", "maxlength": 254})

    def address(self) -> str | None:
        """Return the address in its normal form; None with an error at the field when it is none."""
        return _address(self.email)


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A list of readers who agreed elsewhere."""

    file = FileField("CSV-bestand", render_kw={"accept": "text/csv,.csv"})
    words = StringField("Waar en hoe gaven zij toestemming?", filters=[clean_text], render_kw={"maxlength": 300})

    def text(self) -> str | None:
        """Return what the file holds; None with errors at the fields when there is none, or nothing says why."""
        wire = self.file.data.stream.read(MOST_IMPORT_BYTES + 1) if self.file.data else b""
        if not wire:
            self.file.errors = ["Kies een CSV-bestand."]
        elif len(wire) > MOST_IMPORT_BYTES:
            self.file.errors = ["Het bestand is te groot: verdeel het over meer bestanden."]
        if not self.words.data:
            self.words.errors = ["Schrijf waar en hoe deze lezers toestemming gaven: dat moeten we kunnen aantonen."]
        if self.file.errors or self.words.errors:
            return None
        try:
            return str(wire.decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.file.errors = ["Bewaar het bestand als ‘CSV (UTF-8)’ en probeer het opnieuw."]
            return None


class PlanForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """When an issue has to leave."""

    day = DutchDateField("Dag", [Optional()])
    hour = TimeField("Uur", [Optional()])

    def moment(self) -> datetime | None:
        """Return the moment in Brussels; None when a day or an hour is missing or cannot be read."""
        self.validate()
        day: date | None = self.day.data
        hour: time | None = self.hour.data
        return datetime.combine(day, hour, BRUSSELS) if day is not None and hour is not None else None


class IssueForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One issue: subject, introduction, and of each item its title and words; what it points at is ours to say."""

    subject = StringField("Onderwerp", filters=[clean_text], render_kw={"autocomplete": "off"})
    intro = TextAreaField("Inleiding", filters=[clean_text], render_kw={"rows": 4})
    revision = HiddenField(default="0")  # the one this editor saw

    @classmethod
    def of(cls, issue: Issue) -> Self:
        """Return the form of a stored issue."""
        return cls(formdata=None, subject=issue.subject, intro=issue.intro, revision=str(issue.revision))

    @property
    def seen(self) -> int:
        """The revision this editor saw; 0 when that is no number."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0

    def draft(self, issue: Issue, sent: Mapping[str, str], added: Sequence[DraftItem]) -> IssueDraft:
        """Return the typed draft: the items as the screen showed them, then those that were added."""
        known = {item.source: item for item in draft_of(issue).items}
        items = []
        for number in range(1, MOST_ITEMS + 1):
            item = known.pop(sent.get(f"bron-{number}", ""), None)
            if item is not None:
                items.append(
                    DraftItem(
                        item.source,
                        item.kind,
                        clean_text(" ".join(sent.get(f"titel-{number}", "").split())) or "",
                        clean_text(sent.get(f"tekst-{number}", "").replace(NBSP, " ")) or "",
                        item.address,
                        item.branches,
                    )
                )
        there = {item.source for item in items}
        items += [item for item in added if item.source not in there]
        return IssueDraft(
            subject=" ".join((self.subject.data or "").split()), intro=self.intro.data or "", items=tuple(items)
        )

    def point_out(self, problems: Iterable[Problem]) -> list[str]:
        """Put each problem at its field; return the sentences about items, which have no field of their own."""
        rest = []
        for problem in problems:
            if problem.field in {"subject", "intro"}:
                field = self[problem.field]
                field.errors = [*field.errors, problem.sentence]
            else:
                rest.append(problem.sentence)
        return rest


def _address(field: EmailField) -> str | None:
    try:
        return normal_address(field.data or "")
    except NoAddress as wrong:
        field.errors = [str(wrong)]
        return None
