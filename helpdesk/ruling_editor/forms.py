"""What an editor types for a ruling, why one is withdrawn, and what the list is filtered on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version
from wtforms.validators import Optional

from helpdesk.core.errors import Problem
from helpdesk.core.frontmatter import ContentFile, FieldReader
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.ruling_editor.queries import RulingFilter
from helpdesk.ruling_editor.rules import ADAPTED, CLEARED, NO_OUTCOME, PrivacyAnswer
from helpdesk.rulings.models import RulingState
from helpdesk.rulings.pages import OTHER_LANGUAGES
from helpdesk.rulings.rules.drafts import FIELD_NAMES, RulingDraft, values_of
from helpdesk.rulings.rules.files import ECLI_STATUS, FULL_TEXT, QUALITY, body, read_record
from helpdesk.web.fields import DutchDateField
from jurisprudence.identifiers import NBSP, InvalidRulingNumber, parse_ruling_number
from jurisprudence.keywords import parse_keywords
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source

UNVERIFIABLE = {
    "court": "rechtscollege",
    "number": "nummer",
    "date": "datum",
    "parties": "partijen",
    "language": "taal",
    "articles": "artikelen",
    "ecli": "ECLI",
    "summary": "samenvatting",
}  # in the order of the content files
MISSING = {
    "court": "Kies een rechtscollege.",
    "number": "Vul het nummer in.",
    "decided_on": "Vul de datum van de uitspraak in.",
    "language": "Kies de taal van de uitspraak.",
    "keywords": "Schrijf de trefwoordenketen.",
    "summary": "Schrijf een samenvatting.",
    "themes": "Vink minstens één thema aan.",
}
COURT_GROUPS = {"overheid": "Overheden en commissies"}
MOST_SEARCHED = 100  # characters
MOST_READ = 5_000  # characters of a field of one line: far over every limit, and quick to parse
MOST_ARTICLE = 300  # characters
MOST_ITEMS = 200  # lines of a list


def clean_line(text: str | None) -> str:
    """Return text on one line, without characters that cannot be printed."""
    return " ".join(clean_lines(text).split("\n")).strip()


def clean_lines(text: str | None) -> str:
    """Return text with plain line ends and blanks, without characters that cannot be printed."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign if sign.isprintable() or sign in f"\n{NBSP}" else " " if sign.isspace() else "" for sign in lines)
    return "".join(kept).strip()


class RulingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One ruling; the fields stand in the order of a record. Rules are those of a content file, so none stands here."""

    court = SelectField(FIELD_NAMES["court"], validate_choice=False, choices=[])
    number = StringField(FIELD_NAMES["number"], filters=[clean_line], render_kw={"autocomplete": "off"})
    decided_on = DutchDateField(FIELD_NAMES["decided_on"], [Optional()])  # that it is missing, the rules say
    language = SelectField(FIELD_NAMES["language"], validate_choice=False, choices=[])
    ecli = StringField(FIELD_NAMES["ecli"], filters=[clean_line], render_kw={"autocomplete": "off"})
    ecli_status = SelectField(FIELD_NAMES["ecli_status"], validate_choice=False, choices=[])
    division = StringField(FIELD_NAMES["division"], filters=[clean_line])
    historic_court_name = StringField(FIELD_NAMES["historic_court_name"], filters=[clean_line])
    role_numbers = TextAreaField(FIELD_NAMES["role_numbers"], filters=[clean_lines], render_kw={"rows": 2})
    parties = StringField(FIELD_NAMES["parties"], filters=[clean_line], render_kw={"autocomplete": "off"})
    keywords = TextAreaField(FIELD_NAMES["keywords"], filters=[clean_line], render_kw={"rows": 4})
    outcome = SelectField(FIELD_NAMES["outcome"], validate_choice=False, choices=[])
    articles = TextAreaField(FIELD_NAMES["articles"], filters=[clean_lines], render_kw={"rows": 4})
    themes = SelectMultipleField(FIELD_NAMES["themes"], validate_choice=False, choices=[])
    summary = TextAreaField(FIELD_NAMES["summary"], filters=[clean_lines], render_kw={"rows": 8})
    full_text = TextAreaField(FIELD_NAMES["full_text"], filters=[clean_lines], render_kw={"rows": 10})
    pdf = FileField("Pdf van de uitspraak", render_kw={"accept": "application/pdf,.pdf"})
    without_pdf = BooleanField("De pdf weghalen")
    source_url = StringField(FIELD_NAMES["source_url"], filters=[clean_line], render_kw={"inputmode": "url"})
    sources = TextAreaField(FIELD_NAMES["sources"], filters=[clean_lines], render_kw={"rows": 3})
    unverified = SelectMultipleField(FIELD_NAMES["unverified"], validate_choice=False, choices=[])
    quality = SelectField(FIELD_NAMES["quality"], validate_choice=False, choices=[])
    confirm = BooleanField("Ik heb dit nagekeken: het klopt")
    privacy_answer = RadioField(
        "Persoonsgegevens",
        validate_choice=False,
        choices=[
            SelectChoice(ADAPTED, "Ik heb de tekst aangepast: kijk ze opnieuw na"),
            SelectChoice(CLEARED, "Wat er staat is geen persoonsgegeven, of het hof publiceert dit zelf"),
        ],
    )
    privacy_reason = StringField("Waarom mag het blijven staan?", filters=[clean_line], render_kw={"maxlength": 300})
    revision = HiddenField(default="0")  # the one this editor saw
    pending_pdf = HiddenField(default="")  # fingerprint of a file that was handed in with an earlier try
    confirmed_doubts = HiddenField(default="")  # fingerprint of what the tick confirms
    privacy_about = HiddenField(default="")  # fingerprint of what the answer is about

    @classmethod
    def blank(cls, vocabulary: Vocabulary, given: Mapping[str, str]) -> Self:
        """Return an empty form, with what an address gives: hof, nummer, datum, ecli. Nonsense is left out."""
        court = given.get("hof", "").upper()
        form = cls(
            formdata=None,
            court=court if court in {one.id for one in vocabulary.courts.courts} else "",
            number=clean_line(given.get("nummer", "")[:MOST_SEARCHED]),
            decided_on=_date_or_none(given.get("datum", "")),
            ecli=clean_line(given.get("ecli", "")[:MOST_SEARCHED]).upper(),
            language="nl",
        )
        form._offer(vocabulary)
        return form

    @classmethod
    def of(cls, draft: RulingDraft, revision: int, vocabulary: Vocabulary) -> Self:
        """Return the form of a stored ruling."""
        values: dict[str, Any] = dict(values_of(draft))
        values |= {name: "\n".join(values[name]) for name in ("role_numbers", "articles", "sources")}
        values["decided_on"] = draft.decided_on
        values["outcome"] = draft.outcome or NO_OUTCOME
        form = cls(formdata=None, **values, revision=str(revision))
        form._offer(vocabulary)
        return form

    @classmethod
    def sent(cls, vocabulary: Vocabulary) -> Self:
        """Return the form as the browser sent it; a date that cannot be read has its error."""
        form = cls()
        form._offer(vocabulary)
        form.validate()
        return form

    @property
    def seen(self) -> int:
        """The revision this editor saw; 0 when that is no number."""
        return _revision(self.revision.data)

    @property
    def answer(self) -> PrivacyAnswer:
        """What was answered about personal data."""
        return PrivacyAnswer(
            self.privacy_about.data or "", self.privacy_answer.data or "", self.privacy_reason.data or ""
        )

    def read(
        self, vocabulary: Vocabulary, known_themes: Sequence[str] = ()
    ) -> tuple[RulingDraft | None, list[Problem]]:
        """Read the draft by the rules of a content file; None with every problem when it breaks one.

        Themes that the ruling had keep their order, new ones come after them.
        """
        reader = _FormReader(self._written(vocabulary, known_themes), self._body())
        draft = read_record(reader, vocabulary)
        if draft.summary != (self.summary.data or ""):
            reader.problem("summary", f"De regel ‘{FULL_TEXT}’ mag niet in de samenvatting staan.")
        for name in ("role_numbers", "articles", "sources"):
            lines = _lines(self[name].data)
            if len(lines) > MOST_ITEMS or any(len(line) > MOST_READ for line in lines):
                reader.problem(name, f"Schrijf ten hoogste {MOST_ITEMS} regels van elk {MOST_READ} tekens.")
        unread = {name for name in FIELD_NAMES if self[name].errors}
        broken = [problem for problem in reader.broken if problem.field not in unread]
        return (None if broken or unread else draft), broken

    def typed(self, vocabulary: Vocabulary) -> dict[str, str | list[str]]:
        """Return what was typed, by field, as `values_of` returns what is stored."""
        written = self._written(vocabulary, ())
        written |= {"summary": self.summary.data, "full_text": self.full_text.data}
        day = self.decided_on.data
        written["decided_on"] = day.isoformat() if day else " ".join(self.decided_on.raw_data or ())
        return {name: written.get(name) or "" for name in FIELD_NAMES}

    def point_out(self, broken: Iterable[Problem]) -> None:
        """Put each problem at its field."""
        for problem in broken:
            field = self[problem.field]
            field.errors = [*field.errors, problem.sentence]

    def _body(self) -> str:
        return body(self.summary.data or "", self.full_text.data or None)

    def _written(self, vocabulary: Vocabulary, known_themes: Sequence[str]) -> dict[str, Any]:
        """Return the fields as a content file holds them; what is empty is not there."""
        ticked = self.themes.data or []
        kept = [theme for theme in known_themes if theme in ticked]
        outcome = self.outcome.data
        written = {
            "court": self.court.data,
            "division": _start(self.division.data),
            "historic_court_name": _start(self.historic_court_name.data),
            "number": _number(self.court.data or "", _start(self.number.data)),
            "role_numbers": [
                item for line in _items(self.role_numbers.data) for item in re.split(r"\s*[,;]\s*", line) if item
            ],
            "decided_on": self.decided_on.data,
            "ecli": _start(self.ecli.data),
            "ecli_status": self.ecli_status.data,
            "language": self.language.data,
            "parties": _start(self.parties.data),
            "keywords": parse_keywords(_start(self.keywords.data), vocabulary.outcomes).text,
            "outcome": outcome if outcome != NO_OUTCOME else None,
            "themes": list(dict.fromkeys([*kept, *ticked])),
            "articles": [_article(line, vocabulary) for line in _items(self.articles.data)],
            "source_url": _start(self.source_url.data),
            "sources": _items(self.sources.data),
            "unverified": self.unverified.data,
            "quality": self.quality.data,
        }
        return {name: value for name, value in written.items() if value}

    def _offer(self, vocabulary: Vocabulary) -> None:
        self.court.choices = [
            SelectChoice("", "Kies …"),
            *(
                SelectChoice(court.id, court.name_nl, optgroup=COURT_GROUPS.get(court.kind, "Rechtscolleges"))
                for court in vocabulary.courts.courts
            ),
        ]
        self.language.choices = [("", "Kies …"), *LANGUAGES.items(), *OTHER_LANGUAGES.items()]
        self.ecli_status.choices = [("", "Geen ECLI"), *ECLI_STATUS.items()]
        self.outcome.choices = [
            ("", "Kies …"),
            *((outcome.code, outcome.label) for outcome in vocabulary.outcomes.outcomes),
            (NO_OUTCOME, "geen, of niet uit de keten te lezen"),
        ]
        self.themes.choices = [(theme.id, theme.title) for theme in vocabulary.themes.all]
        self.unverified.choices = list(UNVERIFIABLE.items())
        self.quality.choices = [("", "Niet gezegd"), *QUALITY.items()]


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why a ruling is withdrawn: the public reads it."""

    reason = TextAreaField("Waarom trek je deze uitspraak in?", filters=[clean_line], render_kw={"rows": 2})
    revision = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """The revision this editor saw; 0 when that is no number."""
        return _revision(self.revision.data)


class _FormReader(FieldReader):
    """Reads what was typed as if it were a content file, and says what is wrong in the words of the screen."""

    def __init__(self, fields: Mapping[str, Any], body: str) -> None:
        super().__init__("", ContentFile(fields=fields, lines={}, body=body, body_line=1))
        self.broken: list[Problem] = []

    def problem(self, name: str, message: str) -> None:
        """Keep what is wrong at its field; a field that was left empty says what to do."""
        super().problem(name, message)
        is_missing = name in MISSING and name not in self.file.fields and (name != "summary" or not self.file.body)
        said = MISSING[name] if is_missing else message.replace(f"'{name}'", f"‘{FIELD_NAMES.get(name, name)}’")
        problem = Problem(name, said)
        if problem not in self.broken:
            self.broken.append(problem)


def read_filter(arguments: Mapping[str, str], vocabulary: Vocabulary) -> RulingFilter:
    """Read what the address asks to list; anything that is no court or no state is no limit."""
    court, state = arguments.get("hof", "").upper(), arguments.get("stand", "")
    return RulingFilter(
        text=clean_line(arguments.get("zoek", "")[:MOST_SEARCHED]),
        court=court if court in {one.id for one in vocabulary.courts.courts} else None,
        state=RulingState(state) if state in set(RulingState) else None,
    )


def _date_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _revision(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _items(text: str | None) -> list[str]:
    """Return the lines of a list that are read; that there are more, or longer ones, is a problem of its own."""
    return [_start(line) for line in _lines(text)[:MOST_ITEMS]]


def _start(text: str | None) -> str:
    return (text or "")[:MOST_READ]


def _number(court: str, text: str) -> str:
    """Return a number the way the site prints it; one that is no number of the court is left to the rules."""
    with suppress(InvalidRulingNumber):
        return parse_ruling_number(court, text).display
    return text


def _article(text: str, vocabulary: Vocabulary) -> str:
    """Return a reference as the site prints it, with plain blanks; one that cannot be read is left to the rules."""
    if len(text) > MOST_ARTICLE:
        return text
    with suppress(UnknownLaw, InvalidSource):
        return parse_source(text, vocabulary.laws).display.replace(NBSP, " ")
    return text
