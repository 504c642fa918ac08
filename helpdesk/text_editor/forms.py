"""What an editor types for a text, why one is returned or withdrawn, and what the list is filtered on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its types describe an older version

from helpdesk.accounts.models import User
from helpdesk.core.errors import Problem
from helpdesk.core.markup import fold
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.text_editor.queries import STATES, TextFilter
from helpdesk.text_editor.rules import (
    EDITORIAL,
    FIELD_NAMES,
    FIELDS,
    MOVABLE,
    OF_PUBLICATION,
    SUBSTANTIVE,
    Typed,
)
from helpdesk.texts.models import TextKind
from helpdesk.texts.rules import NEWS_KINDS, SITE_PAGES, is_slug
from helpdesk.web.fields import clean_line

KIND_NAMES = {
    TextKind.THEME: "themapagina",
    TextKind.NEWS: "nieuwsbericht",
    TextKind.LEXICON: "begrip",
    TextKind.PAGE: "vaste pagina",
}
MOST_SEARCHED = 100  # characters
MOST_SLUG = 120  # characters


def clean_body(text: str | None) -> str:
    """Return a long text with plain line ends and without characters that cannot be printed; its blanks stay."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign if sign.isprintable() or sign == "\n" else " " if sign.isspace() else "" for sign in lines)


def _line(name: str, **options: Any) -> StringField:  # noqa: ANN401 - passed on to WTForms
    return StringField(FIELD_NAMES[name], filters=[clean_line], render_kw={"autocomplete": "off", **options})


def _lines(name: str, rows: int) -> TextAreaField:
    return TextAreaField(FIELD_NAMES[name], filters=[clean_body], render_kw={"rows": rows})


class TextForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One text; which fields are shown depends on its kind. Rules are those of a content file, so none stands here."""

    title = _line("title")
    slug = _line("slug")
    summary = TextAreaField(FIELD_NAMES["summary"], filters=[clean_line], render_kw={"rows": 2})
    abbreviations = _lines("abbreviations", 2)
    synonyms = _lines("synonyms", 3)
    themes = SelectMultipleField(FIELD_NAMES["themes"], validate_choice=False, choices=[])
    kind = SelectField(
        FIELD_NAMES["kind"],
        validate_choice=False,
        choices=[SelectChoice("", "Kies …"), *(SelectChoice(code, name) for code, name in NEWS_KINDS.items())],
    )
    published_on = _line("published_on", placeholder="jjjj-mm-dd")
    updated_on = _line("updated_on", placeholder="jjjj-mm-dd")
    update_note = _line("update_note")
    stand_of_law = _line("stand_of_law", placeholder="jjjj-mm-dd")
    sources = _lines("sources", 4)
    rulings = _lines("rulings", 3)
    to_check = _lines("to_check", 3)
    review_after_months = _line("review_after_months", inputmode="numeric")
    body = TextAreaField(FIELD_NAMES["body"], filters=[clean_body], render_kw={"rows": 28, "spellcheck": "true"})
    change_note = TextAreaField(FIELD_NAMES["change_note"], filters=[clean_line], render_kw={"rows": 2})
    is_substantive = RadioField(
        FIELD_NAMES["is_substantive"],
        validate_choice=False,
        choices=[
            SelectChoice(SUBSTANTIVE, "Inhoudelijk: het recht of de uitleg verandert, volgers krijgen bericht"),
            SelectChoice(EDITORIAL, "Redactioneel: alleen de woorden, volgers krijgen geen bericht"),
        ],
    )
    owner = SelectField(FIELD_NAMES["owner"], validate_choice=False, choices=[])
    review_on = _line("review_on", placeholder="jjjj-mm-dd")
    expires_on = _line("expires_on", placeholder="jjjj-mm-dd")
    revision = HiddenField(default="0")  # the one this editor saw
    base_number = HiddenField(default="")  # the live version this editor saw beside it

    @classmethod
    def of(cls, typed: Typed, *, revision: int, base_number: int | None, vocabulary: Vocabulary) -> Self:
        """Return the form of what was typed before."""
        values = {name: value for name, value in typed.items() if name in FIELD_NAMES}
        form = cls(formdata=None, **values, revision=str(revision), base_number=str(base_number or ""))
        form._offer_themes(vocabulary)
        return form

    @classmethod
    def sent(cls, vocabulary: Vocabulary) -> Self:
        """Return the form as the browser sent it."""
        form = cls()
        form._offer_themes(vocabulary)
        return form

    @property
    def seen(self) -> int:
        """The revision this editor saw; 0 when that is no number."""
        return whole_number(self.revision.data) or 0

    @property
    def seen_live(self) -> int | None:
        """The live version this editor saw; None without one."""
        return whole_number(self.base_number.data)

    def typed(self, kind: str, slug: str, known_themes: Sequence[str]) -> dict[str, Any]:
        """Return what was typed, by field; themes that were there keep their order, the own node of a page is first."""
        ticked = self.themes.data or []
        own = [slug] if kind == TextKind.THEME else []
        themes = [theme for theme in (*own, *known_themes) if theme in {*ticked, *own}]
        names = (*FIELDS[kind], "body", *OF_PUBLICATION, *(["slug"] if kind in MOVABLE else []))
        typed: dict[str, Any] = {name: self[name].data or "" for name in names}
        if "themes" in typed:
            typed["themes"] = list(dict.fromkeys([*themes, *ticked]))
        return typed

    def point_out(self, broken: Iterable[Problem]) -> list[str]:
        """Put each problem at its field; return the sentences that belong to none."""
        loose = []
        for problem in broken:
            if problem.field in FIELD_NAMES:
                field = self[problem.field]
                field.errors = [*field.errors, problem.sentence]
            else:
                loose.append(problem.sentence)
        return loose

    def offer_owners(self, editors: Sequence[User]) -> None:
        """Fill the list of who can own a text."""
        self.owner.choices = [("", "Niemand"), *((str(user.id), user.display_name) for user in editors)]

    def _offer_themes(self, vocabulary: Vocabulary) -> None:
        self.themes.choices = [(theme.id, theme.title) for theme in vocabulary.themes.all]
        self.owner.choices = [("", "Niemand")]


class NewTextForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What is asked before a new text is begun: its kind, its place, its title."""

    kind = RadioField(
        "Wat schrijf je?",
        validate_choice=False,
        choices=[SelectChoice(kind.value, name.capitalize()) for kind, name in KIND_NAMES.items()],
    )
    title = StringField("Titel", filters=[clean_line], render_kw={"autocomplete": "off"})
    node = SelectField("Thema", validate_choice=False, choices=[])
    page = SelectField("Vaste pagina", validate_choice=False, choices=[])
    slug = StringField("Laatste deel van het adres", filters=[clean_line], render_kw={"autocomplete": "off"})

    def offer(self, nodes: Sequence[tuple[str, str]], pages: Sequence[str]) -> None:
        """Fill the lists with the nodes and site pages that have no text yet."""
        self.node.choices = [("", "Kies …"), *nodes]
        self.page.choices = [("", "Kies …"), *((name, f"/{name}") for name in pages)]

    def place(self, vocabulary: Vocabulary) -> tuple[TextKind | None, str, list[Problem]]:
        """Return the kind and the slug that were chosen, with what is wrong; without a slug the title makes one."""
        if self.kind.data not in set(TextKind):
            return None, "", [Problem("kind", "Kies wat je gaat schrijven.")]
        kind = TextKind(self.kind.data)
        broken = [] if self.title.data else [Problem("title", "Schrijf een titel.")]
        if kind == TextKind.THEME:
            slug = self.node.data or ""
            broken += [] if slug in vocabulary.themes else [Problem("node", "Kies het thema van deze pagina.")]
        elif kind == TextKind.PAGE:
            slug = self.page.data or ""
            broken += [] if slug in SITE_PAGES else [Problem("page", "Kies welke vaste pagina je schrijft.")]
        else:
            slug = self.slug.data or slug_from(self.title.data or "")
            is_fit = is_slug(slug) and len(slug) <= MOST_SLUG
            sentence = f"Gebruik kleine letters, cijfers en streepjes, ten hoogste {MOST_SLUG} tekens."
            broken += [] if is_fit else [Problem("slug", sentence)]
        return kind, slug, broken


class RemarkForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a draft is returned with."""

    remark = TextAreaField("Wat moet er nog gebeuren?", filters=[clean_line], render_kw={"rows": 3})


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why a text is withdrawn: the public reads it."""

    reason = TextAreaField("Waarom trek je deze tekst in?", filters=[clean_line], render_kw={"rows": 3})
    confirm = BooleanField("Ik heb de teksten bekeken die hiernaar verwijzen")


def slug_from(title: str) -> str:
    """Return the last part of an address made of a title: its words in lower-case ASCII, joined by hyphens."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in fold(title)).split()
    slug = "-".join(words)[:MOST_SLUG]
    return slug.rpartition("-")[0] if len(slug) == MOST_SLUG and "-" in slug else slug.strip("-")


def read_filter(arguments: Mapping[str, str]) -> TextFilter:
    """Read what the address asks to list; anything that is no kind, state or owner is no limit."""
    kind, state = arguments.get("soort", ""), arguments.get("stand", "")
    return TextFilter(
        text=clean_line(arguments.get("zoek", "")[:MOST_SEARCHED]),
        kind=TextKind(kind) if kind in set(TextKind) else None,
        state=state if state in STATES else None,
        owner=whole_number(arguments.get("eigenaar")),
        is_overdue=arguments.get("nalezen") == "ja",
    )


def whole_number(text: str | None) -> int | None:
    """Read a whole number from 0; None when it is none."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < len("1000000000")
    return int(text) if text is not None and is_number else None
