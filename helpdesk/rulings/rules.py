"""From a content file or a form to the draft of a ruling and back, and how a ruling is cited: pure, no database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import yaml

from helpdesk.core import frontmatter, privacy
from helpdesk.core.db import too_long
from helpdesk.core.errors import FileProblem, Problem
from helpdesk.core.frontmatter import FieldReader
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings.models import Ruling, RulingArticle
from jurisprudence.citation import CitedRuling, cite_va, long_date
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

ECLI_STATUS: Mapping[str, str] = {
    "verified": "bevestigd",
    "from_format_rule": "afgeleid uit de officiële opbouw, niet bij de uitgever nagekeken",
    "mapped": "bestaat, maar de koppeling aan dit arrest is nog niet nagekeken",
}
QUALITY: Mapping[str, str] = {
    "full": "alle velden gezien in een bron",
    "good": "kernvelden gezien in een bron, de rest nog te bevestigen",
}
UNVERIFIABLE = frozenset({"language", "articles", "parties", "ecli", "date", "number", "court", "summary"})
RULING_LANGUAGES = (*LANGUAGES, "ro", "it", "hu", "bg", "cs")
COURTS_THAT_NAME_PARTIES = frozenset({"HVJ", "EHRM", "GWH", "RVS"})  # themselves; others must not
FOLDER = "rechtspraak"
FULL_TEXT = "# Tekst van de uitspraak"  # the line of a content file under which the text of the court stands
NO_OUTCOME = "geen"
ADAPTED, CLEARED = "aangepast", "geen"  # the two answers about personal data
LEAST_REASON = 10  # characters
MOST_REASON = 300  # as the audit log holds
MOST_WITHDRAWN_REASON = 500  # as the table holds
CONTEXT = 50  # characters shown on each side of a trace
MOST_FULL_TEXT = 2_000_000  # characters
FIELD_NAMES: Mapping[str, str] = {
    "court": "Rechtscollege",
    "division": "Afdeling",
    "historic_court_name": "Naam op het moment van de uitspraak",
    "number": "Nummer",
    "role_numbers": "Rolnummers",
    "decided_on": "Datum van de uitspraak",
    "ecli": "ECLI",
    "ecli_status": "Zekerheid van de ECLI",
    "language": "Taal",
    "parties": "Partijen",
    "keywords": "Trefwoordenketen",
    "outcome": "Uitkomst",
    "summary": "Samenvatting",
    "full_text": "Volledige tekst",
    "articles": "Artikelen",
    "themes": "Thema's",
    "source_url": "Bronadres",
    "sources": "Bronnen",
    "unverified": "Nog niet bevestigd",
    "quality": "Nagekeken",
}  # what an editor fills in, in the order of the form
_WRITTEN = (
    "court", "division", "historic_court_name", "number", "role_numbers", "decided_on", "ecli", "ecli_status",
    "language", "parties", "keywords", "outcome", "themes", "articles", "source_url", "sources", "unverified",
    "quality", "aliases",
)  # fmt: skip
_BARE = frozenset(
    {
        "court",
        "division",
        "historic_court_name",
        "ecli_status",
        "language",
        "outcome",
        "themes",
        "unverified",
        "quality",
    }
)


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
    full_text: str | None = None
    content_path: str | None = None
    content_source: str | None = None
    aliases: list[str] = field(default_factory=list)  # addresses and ECLIs this ruling had before


@dataclass(frozen=True)
class Doubt:
    """Something an editor must confirm, with the ruling it is about when there is one."""

    sentence: str
    slug: str | None = None


@dataclass(frozen=True)
class Found:
    """A likely trace of a person: in which field, what it is, on which line (from 1), and the text around it."""

    field: str
    what: str
    line: int
    before: str
    text: str
    after: str


@dataclass(frozen=True)
class PrivacyAnswer:
    """What an editor answered to the traces that were shown; `about` is their fingerprint."""

    about: str = ""
    choice: str = ""
    reason: str = ""


def read_ruling(path: str, text: str, vocabulary: Vocabulary) -> tuple[RulingDraft | None, list[FileProblem]]:
    """Read one file of content/rechtspraak/: a draft, or None with what is wrong. `path` is relative to content/."""
    try:
        file = frontmatter.split(text)
    except frontmatter.FrontMatterBroken as broken:
        return None, [FileProblem(path, broken.line, str(broken))]
    reader = FieldReader(path, file)
    draft = replace(read_record(reader, vocabulary), content_path=path, content_source=text)
    if draft.slug and draft.slug != f"{PurePosixPath(path).parent.name}-{PurePosixPath(path).stem}":
        reader.problem("number", f"Dit bestand hoort op de plaats van '{draft.slug}' te staan.")
    reader.finish()
    return (draft if not reader.problems else None), reader.problems


def content_path(draft: RulingDraft) -> str:
    """Return where the content file of a ruling stands: rechtspraak/rvv/2022-02-28-269-083.md."""
    folder = draft.court.lower()
    return f"{FOLDER}/{folder}/{draft.slug.removeprefix(folder + '-')}.md"


def write_ruling(draft: RulingDraft) -> str:
    """Write a draft as a content file: `read_ruling` makes the same draft of it."""
    values = vars(draft) | {"articles": [label for _, label in draft.articles]}
    lines = [f"{name}: {_written(name, values[name])}" for name in _WRITTEN if values[name]]
    fence = frontmatter.FENCE
    return "\n".join([fence, *lines, fence, "", body(draft.summary, draft.full_text), ""])


def body(summary: str, full_text: str | None) -> str:
    """Return what stands under the fields of a content file: our summary, then the text of the court if we have it."""
    return f"{summary}\n\n{FULL_TEXT}\n\n{full_text}" if full_text else summary


def draft_of(ruling: Ruling) -> RulingDraft:
    """Return a stored ruling as a draft."""
    values: dict[str, Any] = {item.name: getattr(ruling, item.name) for item in fields(RulingDraft)}
    values["themes"] = [theme.node for theme in ruling.themes]
    values["articles"] = [(article.normal, article.label) for article in ruling.articles]
    return RulingDraft(**values)


def values_of(draft: RulingDraft) -> dict[str, str | list[str]]:
    """Return what an editor writes of a ruling, by field, in the order of the form; "" or [] when there is nothing."""
    written = {name: getattr(draft, name) for name in FIELD_NAMES}
    written |= {"decided_on": draft.decided_on.isoformat(), "articles": [label for _, label in draft.articles]}
    return {name: value or "" for name, value in written.items()}


def differences(old: RulingDraft, new: RulingDraft) -> dict[str, str | list[str]]:
    """Return the old values of the fields that say something else in the new draft.

    Traces of a person that were taken out are not kept: that is why they were taken out.
    """
    now = values_of(new)
    return {
        name: value if isinstance(value, list) else privacy.without_traces(value, kept_in=str(now[name]))
        for name, value in values_of(old).items()
        if value != now[name]
    }


def proposed_outcome(keywords: str, vocabulary: Vocabulary) -> str | None:
    """Return the code of the outcome that a chain of keywords names, None when it names none."""
    return parse_keywords(keywords, vocabulary.outcomes).outcome


def check_written(
    draft: RulingDraft, *, chosen_outcome: str, twin: Ruling | None, vocabulary: Vocabulary, today: date
) -> list[Problem]:
    """Return what an editor must mend or decide and a content file need not: its text was decided on before.

    `chosen_outcome` is a code, NO_OUTCOME, or "" when nothing was chosen; `twin` another ruling with the same court,
    number and date.
    """
    broken = []
    if twin is not None:
        broken.append(Problem("number", f"Deze uitspraak staat al in de databank, als /rechtspraak/{twin.slug}."))
    if draft.decided_on > today:
        broken.append(Problem("decided_on", "De datum van de uitspraak ligt in de toekomst."))
    if (draft.ecli is None) != (draft.ecli_status is None):
        broken.append(Problem("ecli_status", "Vul bij een ECLI in hoe zeker ze is, en anders niets."))
    proposed = proposed_outcome(draft.keywords, vocabulary)
    if not chosen_outcome and proposed:
        label = _outcome_label(proposed, vocabulary)
        broken.append(
            Problem("outcome", f"Volgens de keten is de uitkomst ‘{label}’. Bevestig die door opnieuw te bewaren.")
        )
    return broken


def doubts_about(draft: RulingDraft, others: Sequence[Ruling], vocabulary: Vocabulary) -> list[Doubt]:
    """Return what is probably a mistake but may be right; `others` carry the same number on another date."""
    found = [
        Doubt(
            f"Van dit hof staat er al een uitspraak met nummer {other.number}, van {long_date(other.decided_on)}.",
            other.slug,
        )
        for other in others
    ]
    if draft.ecli is not None:
        named = vocabulary.courts.court_of_ecli(parse_ecli(draft.ecli))
        if named is not None and named.id != draft.court:
            found.append(Doubt(f"De code van het hof in de ECLI is die van {named.name_nl}."))
    proposed = proposed_outcome(draft.keywords, vocabulary)
    if draft.outcome and proposed and draft.outcome != proposed:
        chosen, read = _outcome_label(draft.outcome, vocabulary), _outcome_label(proposed, vocabulary)
        found.append(Doubt(f"Je koos ‘{chosen}’ als uitkomst, maar volgens de keten is het ‘{read}’."))
    return found


def find_persons(draft: RulingDraft, *, pdf_text: str) -> list[Found]:
    """Return every likely trace of a person in what will be published, in the order of the form, the PDF last."""
    texts = {"keywords": draft.keywords, "summary": draft.summary, "full_text": draft.full_text or "", "pdf": pdf_text}
    return [found for field, text in texts.items() for found in _found_in(field, text)]


def _found_in(field: str, text: str) -> Iterator[Found]:
    line, counted = 1, 0
    for trace in privacy.find_likely_traces(text):
        line += text.count("\n", counted, trace.start)
        counted = trace.start
        yield Found(
            field=field,
            what=trace.what,
            line=line,
            before=text[max(0, trace.start - CONTEXT) : trace.start],
            text=text[trace.start : trace.end],
            after=text[trace.end : trace.end + CONTEXT],
        )


def digest_of(things: Sequence[object]) -> str:
    """Return a fingerprint of what was shown, by which an answer is known to be about just that; "" for nothing."""
    return frontmatter.checksum(repr(things)) if things else ""


def check_answer(answer: PrivacyAnswer, found: Sequence[Found]) -> list[Problem]:
    """Return what is still to be answered before a text with likely traces of persons may be published."""
    if not found:
        return []
    count = "1 mogelijk persoonsgegeven" if len(found) == 1 else f"{len(found)} mogelijke persoonsgegevens"
    about, choice = "privacy_answer", answer.choice
    if answer.about != digest_of([(one.field, one.text) for one in found]):
        return [Problem(about, f"We vonden {count}: kijk ze na en antwoord hieronder.")]
    if choice == ADAPTED:
        return [Problem(about, f"We vonden nog {count}. Pas de tekst aan, of zeg waarom het mag blijven.")]
    return _check_reason(answer) if choice == CLEARED else [Problem(about, "Kies wat er met deze gegevens gebeurt.")]


def _check_reason(answer: PrivacyAnswer) -> list[Problem]:
    if not LEAST_REASON <= len(answer.reason) <= MOST_REASON:
        return [
            Problem(
                "privacy_reason", f"Schrijf waarom het mag blijven staan, in {LEAST_REASON} tot {MOST_REASON} tekens."
            )
        ]
    if privacy.find_likely_traces(answer.reason):
        return [Problem("privacy_reason", "Noem in de reden zelf geen naam of ander persoonsgegeven.")]
    return []


def check_withdrawal(reason: str) -> list[Problem]:
    """Return what is wrong with the reason the public will read on the page of a withdrawn ruling."""
    if len(reason) < LEAST_REASON:
        return [Problem("reason", "Schrijf waarom je de uitspraak intrekt: bezoekers lezen dat.")]
    if len(reason) > MOST_WITHDRAWN_REASON:
        return [
            Problem("reason", f"Maak de reden korter: {len(reason)} tekens, en er passen er {MOST_WITHDRAWN_REASON}.")
        ]
    if privacy.find_likely_traces(reason):
        return [Problem("reason", "Noem in de reden geen naam of ander persoonsgegeven: bezoekers lezen dat.")]
    return []


def _outcome_label(code: str, vocabulary: Vocabulary) -> str:
    outcome = vocabulary.outcomes.find_outcome(code)
    return outcome.label if outcome else code


def file_label(pages: int, size_bytes: int) -> str:
    """Return "pdf, 12 pagina's, 340 kB"."""
    count = "1 pagina" if pages == 1 else f"{pages} pagina's"
    return f"pdf, {count}, {max(1, round(size_bytes / 1_000))} kB"


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


def read_record(reader: FieldReader, vocabulary: Vocabulary) -> RulingDraft:
    """Read and check the fields of one ruling; what is wrong is in `reader.problems`, and only without is it a ruling.

    Content files and the form of the editors come here, so that both keep the same rules.
    """
    court = reader.text("court", most=20, required=True) or ""
    number = reader.text("number", most=80, required=True) or ""
    decided_on = reader.day("decided_on", required=True) or date.min
    number_normal, slug = _identity(reader, court, number, decided_on, vocabulary)
    keywords = reader.text("keywords", most=1_000, required=True) or ""
    summary, full_text = _texts(reader)
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
        language=reader.choice("language", RULING_LANGUAGES, required=True) or "",
        parties=_parties(reader, court),
        keywords=keywords,
        outcome=_outcome(reader, keywords, vocabulary),
        summary=summary,
        source_url=_web_address(reader),
        sources=reader.texts("sources"),
        unverified=[name for name in reader.texts("unverified") if _is_field(reader, name)],
        quality=reader.choice("quality", QUALITY),
        themes=[theme for theme in reader.texts("themes", required=True) if _is_theme(reader, theme, vocabulary)],
        articles=_articles(reader, vocabulary),
        full_text=full_text,
        aliases=reader.texts("aliases"),
    )
    _check_lengths(reader, draft)
    return draft


def _texts(reader: FieldReader) -> tuple[str, str | None]:
    """Return our summary and the text of the court, which stands under its own heading when there is one."""
    before, heading, after = f"\n{reader.file.body}\n".partition(f"\n{FULL_TEXT}\n")
    summary, full_text = before.strip(), after.strip()
    if not summary:
        reader.problem("summary", "De samenvatting onder de velden ontbreekt.")
    if heading and not full_text:
        reader.problem("full_text", f"Onder de regel '{FULL_TEXT}' staat niets: schrap ze.")
    if len(full_text) > MOST_FULL_TEXT:
        reader.problem(
            "full_text", f"De volledige tekst telt {len(full_text)} tekens; het maximum is {MOST_FULL_TEXT}."
        )
    return summary, full_text or None


def _parties(reader: FieldReader, court: str) -> str | None:
    parties = reader.text("parties", most=300)
    if parties is not None and court not in COURTS_THAT_NAME_PARTIES:
        reader.problem("parties", "Noem de partijen niet: dit rechtscollege maakt hun namen niet bekend.")
    return parties


def _written(name: str, value: str | date | list[str]) -> str:
    """Return a value as YAML on one line: codes and names of courts bare, what editors phrase between quotes."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_written(name, item) for item in value)}]"
    return value if name in _BARE and _stays(value) else json.dumps(value, ensure_ascii=False)


def _stays(value: str) -> bool:
    """Tell whether a text written bare in a list is read back as that text: "no" would become False."""
    try:
        return bool(yaml.safe_load(f"[{value}]") == [value])
    except yaml.YAMLError:
        return False


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
