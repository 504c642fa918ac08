"""From a content file to the draft of a ruling, and how a ruling is cited: pure, no database."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from helpdesk.core import frontmatter, references
from helpdesk.core.db import too_long
from helpdesk.core.errors import FileProblem
from helpdesk.core.frontmatter import FieldReader
from helpdesk.core.references import NotedReference
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings.models import Ruling, RulingArticle
from jurisprudence.citation import CitedRuling, cite_va
from jurisprudence.courts import UnknownCourt
from jurisprudence.identifiers import (
    InvalidEcli,
    InvalidRulingNumber,
    ecli_fits,
    parse_ecli,
    parse_ruling_number,
    ruling_slug,
)
from jurisprudence.keywords import parse_keywords
from jurisprudence.legislation import InvalidSource, UnknownLaw, parse_source
from jurisprudence.official import official_address

ECLI_STATUS: Mapping[str, str] = {
    "verified": "bevestigd",
    "from_format_rule": "afgeleid uit de officiële opbouw, niet bij de uitgever nagekeken",
    "mapped": "bestaat, maar de koppeling aan dit arrest is nog niet nagekeken",
}
QUALITY: Mapping[str, str] = {
    "full": "alle velden gezien in een bron",
    "good": "kernvelden gezien in een bron, de rest nog te bevestigen",
}
SLUG = re.compile(r"[a-z]+-\d{4}-\d{2}-\d{2}-[a-z0-9-]+")


@dataclass(frozen=True)
class TreatmentKind:
    """How a ruling can be treated, in words for both records and for the result list ("" when that is no warning).

    `is_overruling`: what is treated so is ranked below what still stands.
    """

    treats: str
    treated: str
    mark: str = ""
    is_overruling: bool = False


TREATMENTS: Mapping[str, TreatmentKind] = {
    "confirms": TreatmentKind("bevestigt", "bevestigd door"),
    "departs_from": TreatmentKind("wijkt af van", "niet gevolgd door", "Later anders beslist"),
    "annuls": TreatmentKind("vernietigt", "vernietigd door", "Vernietigd", is_overruling=True),
    "answers": TreatmentKind("beantwoordt een prejudiciële vraag van", "prejudiciële vraag beantwoord door"),
    "supersedes": TreatmentKind("achterhaalt", "achterhaald door", "Achterhaald", is_overruling=True),
}
MOST_TREATMENT_NOTE = 1_000
UNVERIFIABLE = frozenset({"language", "articles", "parties", "ecli", "date", "number", "court", "summary"})


@dataclass(frozen=True, kw_only=True)
class TreatmentDraft:
    """One treatment, each side a ruling of ours by its address or words for what we do not hold."""

    kind: str
    treating_slug: str | None
    treating_text: str | None
    treated_slug: str | None
    treated_text: str | None
    note: str
    treated_on: date


@dataclass(frozen=True, kw_only=True)
class RulingDraft:
    """One ruling as an editor wrote it down, checked and in normal form.

    `articles` holds (normal form, label) pairs: ("VW:40ter", "art. 40ter, § 2 Vw.").
    """

    slug: str
    court: str
    division: str | None
    historic_court_name: str | None
    number: str
    number_normal: str
    role_numbers: list[str]
    decided_on: date
    ecli: str | None
    ecli_status: str | None
    language: str
    parties: str | None
    keywords: str
    outcome: str | None
    summary: str
    source_url: str | None
    sources: list[str]
    unverified: list[str]
    quality: str | None
    themes: list[str]
    articles: list[tuple[str, str]]
    treatments: list[TreatmentDraft] = field(default_factory=list)
    full_text: str | None = None
    content_path: str | None = None
    content_source: str | None = None


def read_ruling(path: str, text: str, vocabulary: Vocabulary) -> tuple[RulingDraft | None, list[FileProblem]]:
    """Read one file of content/rechtspraak/: a draft, or None with what is wrong. `path` is relative to content/."""
    try:
        file = frontmatter.split(text)
    except frontmatter.FrontMatterBroken as broken:
        return None, [FileProblem(path, broken.line, str(broken))]
    reader = FieldReader(path, file)
    draft = _draft(reader, path, text, vocabulary)
    reader.finish()
    return (draft if not reader.problems else None), reader.problems


def ruling_title(ruling: Ruling, vocabulary: Vocabulary) -> str:
    """Return "RvV 28 februari 2022, nr. 269.083" with the case name when the court publishes one."""
    return cite(ruling, vocabulary, with_ecli=False)


def cite(ruling: Ruling, vocabulary: Vocabulary, *, with_ecli: bool = True) -> str:
    """Return the reference of a ruling in the usual Belgian form (V&A)."""
    number = parse_ruling_number(ruling.court, ruling.number)
    may_show_ecli = with_ecli and ruling.ecli and ruling.ecli_status == "verified"
    return cite_va(
        CitedRuling(
            court=vocabulary.courts.get_court(ruling.court),
            number=number.display,
            decided_on=ruling.decided_on,
            ecli=parse_ecli(ruling.ecli) if may_show_ecli and ruling.ecli else None,
            parties=ruling.parties,
            division=ruling.division,
            historic_court_name=ruling.historic_court_name,
        )
    )


def normals_of(ruling: Ruling) -> list[str]:
    """Return every normal form by which a ruling is cited: its number, joined cases, roll numbers and ECLI."""
    numbers = [ruling.number, *ruling.role_numbers]
    normals: list[str] = []
    for number in numbers:
        with suppress(InvalidRulingNumber):
            normals += parse_ruling_number(ruling.court, number).normals
    return list(dict.fromkeys([*normals, *([ruling.ecli] if ruling.ecli else [])]))


def fits(reference: NotedReference, ruling: Ruling) -> bool:
    """Tell whether a reference by number means this ruling: the date it gives, if any, is that of the ruling."""
    return reference.decided_on in {None, ruling.decided_on} and reference.source_id != ruling.document_id


def where_to(address: str, held: Mapping[str, Sequence[str]]) -> str | None:
    """Return where a link made from a reference leads: the one ruling of ours, the choice, the court's own site.

    None when we do not hold the ruling and its number does not say where it stands. Other addresses stay as they are.
    """
    normal = references.normal_of(address)
    if normal is None:
        return address
    slugs = held.get(normal, ())
    if len(slugs) == 1:
        return f"/rechtspraak/{slugs[0]}"
    return address if slugs else official_address(normal)


def _draft(reader: FieldReader, path: str, text: str, vocabulary: Vocabulary) -> RulingDraft:
    court = reader.text("court", most=20, required=True) or ""
    number = reader.text("number", most=80, required=True) or ""
    decided_on = reader.day("decided_on", required=True) or date.min
    number_normal, slug = _identity(reader, court, number, decided_on, vocabulary)
    keywords = reader.text("keywords", most=1_000, required=True) or ""
    summary = reader.file.body.strip()
    if not summary:
        reader.problem("court", "De samenvatting onder de velden ontbreekt.")
    if slug and slug != f"{PurePosixPath(path).parent.name}-{PurePosixPath(path).stem}":
        reader.problem("number", f"Dit bestand hoort op de plaats van '{slug}' te staan.")
    draft = RulingDraft(
        slug=slug,
        court=court,
        division=reader.text("division", most=100),
        historic_court_name=reader.text("historic_court_name", most=200),
        number=number,
        number_normal=number_normal,
        role_numbers=reader.texts("role_numbers"),
        decided_on=decided_on,
        ecli=_ecli(reader, decided_on),
        ecli_status=reader.choice("ecli_status", ECLI_STATUS),
        language=reader.choice("language", [*LANGUAGES, "ro", "it", "hu", "bg", "cs"], required=True) or "",
        parties=reader.text("parties", most=300),
        keywords=keywords,
        outcome=_outcome(reader, keywords, vocabulary),
        summary=summary,
        source_url=_web_address(reader),
        sources=reader.texts("sources"),
        unverified=[name for name in reader.texts("unverified") if _is_field(reader, name)],
        quality=reader.choice("quality", QUALITY),
        themes=[theme for theme in reader.texts("themes", required=True) if _is_theme(reader, theme, vocabulary)],
        articles=_articles(reader, vocabulary),
        treatments=_treatments(reader, slug, decided_on),
        content_path=path,
        content_source=text,
    )
    _check_lengths(reader, draft)
    return draft


def _check_lengths(reader: FieldReader, draft: RulingDraft) -> None:
    """Refuse what the database cannot hold; what was written in one field may be longer in normal form."""
    if reader.problems:
        return
    for name, most in too_long(vars(draft), Ruling).items():
        field = "number" if name in {"number_normal", "slug"} else name
        reader.problem(field, f"'{field}' is te lang om te bewaren: het maximum is {most} tekens.")
    for normal, label in draft.articles:
        for most in too_long({"normal": normal, "label": label}, RulingArticle).values():
            reader.problem("articles", f"'{label}' is te lang om te bewaren: het maximum is {most} tekens.")


def _identity(
    reader: FieldReader, court: str, number: str, decided_on: date, vocabulary: Vocabulary
) -> tuple[str, str]:
    try:
        vocabulary.courts.get_court(court)
        parsed = parse_ruling_number(court, number)
    except UnknownCourt as unknown:
        reader.problem("court", str(unknown).strip("'\""))
        return "", ""
    except InvalidRulingNumber as invalid:
        reader.problem("number", str(invalid))
        return "", ""
    return parsed.normal, ruling_slug(parsed, decided_on)


def _ecli(reader: FieldReader, decided_on: date) -> str | None:
    text = reader.text("ecli", most=80)
    if text is None:
        return None
    try:
        ecli = parse_ecli(text)
    except InvalidEcli as invalid:
        reader.problem("ecli", str(invalid))
        return None
    if decided_on != date.min and not ecli_fits(ecli, decided_on):
        reader.problem("ecli", "De ECLI past niet bij de datum van de uitspraak.")
    return str(ecli)


def _outcome(reader: FieldReader, keywords: str, vocabulary: Vocabulary) -> str | None:
    code = reader.text("outcome", most=40)
    if code is not None and vocabulary.outcomes.find_outcome(code) is None:
        reader.problem("outcome", f"De uitkomst '{code}' staat niet in lijsten/uitkomsten.yaml.")
    if code is not None and parse_keywords(keywords, vocabulary.outcomes).outcome is None:
        reader.problem("keywords", "De trefwoordenketen noemt de uitkomst niet als laatste.")
    return code


def _web_address(reader: FieldReader) -> str | None:
    address = reader.text("source_url", most=500)
    if address is not None and not address.startswith(("https://", "http://")):
        reader.problem("source_url", "Een adres begint met https:// of http://.")
    return address


def _is_field(reader: FieldReader, name: str) -> bool:
    if name not in UNVERIFIABLE:
        reader.problem("unverified", f"'{name}' is geen veld dat onbevestigd kan zijn.")
    return name in UNVERIFIABLE


def _is_theme(reader: FieldReader, theme: str, vocabulary: Vocabulary) -> bool:
    if theme not in vocabulary.themes:
        reader.problem("themes", f"Het thema '{theme}' bestaat niet.")
    return theme in vocabulary.themes


def _articles(reader: FieldReader, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    articles = []
    for source in reader.texts("articles"):
        try:
            articles.append((parse_source(source, vocabulary.laws).normal, source))
        except (UnknownLaw, InvalidSource) as wrong:
            reader.problem("articles", str(wrong).strip("'\""))
    return articles


def treatment_mark(kinds: Sequence[str]) -> str:
    """Return what a result list says of a ruling treated in these ways: the worst first, "" when nothing warns."""
    marks = [TREATMENTS[kind] for kind in kinds if kind in TREATMENTS and TREATMENTS[kind].mark]
    return min(marks, key=lambda kind: not kind.is_overruling).mark if marks else ""


def is_overruled(kinds: Sequence[str]) -> bool:
    """Tell whether a ruling treated in these ways no longer stands."""
    return any(TREATMENTS[kind].is_overruling for kind in kinds if kind in TREATMENTS)


def _treatments(reader: FieldReader, slug: str, decided_on: date) -> list[TreatmentDraft]:
    drafts = []
    for entry in reader.entries("treatments"):
        draft = _treatment(reader, entry, slug, decided_on)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _treatment(reader: FieldReader, entry: Mapping[str, Any], slug: str, decided_on: date) -> TreatmentDraft | None:
    """Read `{kind, treats | treated_by, on, note}`; the other side is the ruling of this file."""
    kind, other, note = str(entry.get("kind")), entry.get("treats") or entry.get("treated_by"), entry.get("note")
    treated_on = entry.get("on", decided_on if "treats" in entry else None)
    if kind not in TREATMENTS:
        reader.problem("treatments", f"'{kind}' is geen behandeling; kies uit: {', '.join(TREATMENTS)}.")
    elif set(entry) - {"kind", "treats", "treated_by", "on", "note"} or ("treats" in entry) == ("treated_by" in entry):
        reader.problem("treatments", "Een behandeling heeft kind, treats of treated_by, on en note.")
    elif not isinstance(other, str) or not isinstance(note, str) or len(note) > MOST_TREATMENT_NOTE:
        most = f"een note van ten hoogste {MOST_TREATMENT_NOTE} tekens"
        reader.problem("treatments", f"Zeg in woorden om welke uitspraak het gaat, met {most}.")
    elif not isinstance(treated_on, date):
        reader.problem("treatments", "'on' moet een datum zijn, geschreven als 2026-11-25.")
    else:
        ours = SLUG.fullmatch(other) is not None
        sides = (slug, None), (other, None) if ours else (None, other)
        treating, treated = sides if "treats" in entry else sides[::-1]
        return TreatmentDraft(
            kind=kind,
            treating_slug=treating[0],
            treating_text=treating[1],
            treated_slug=treated[0],
            treated_text=treated[1],
            note=note,
            treated_on=treated_on,
        )
    return None
