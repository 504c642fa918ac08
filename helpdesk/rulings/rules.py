"""From a content file, a form or an exchanged record to the draft of a ruling and back, and how a ruling is cited.

Pure, no database. What a field may say is checked in one place, whoever wrote it: a check is given a value and reports
what is wrong by the name of the field.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import yaml

from helpdesk.core import frontmatter, privacy, references
from helpdesk.core.clock import brussels_date
from helpdesk.core.db import too_long
from helpdesk.core.errors import FileProblem, Rejected
from helpdesk.core.frontmatter import FieldReader
from helpdesk.core.references import NotedReference
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings.models import Ruling, RulingArticle, RulingTreatment
from jurisprudence.citation import CitedRuling, cite_va, cite_vena
from jurisprudence.courts import UnknownCourt
from jurisprudence.exchange.record import Publication, RulingRecord
from jurisprudence.identifiers import (
    NBSP,
    InvalidEcli,
    InvalidRulingNumber,
    ecli_fits,
    parse_ecli,
    parse_ruling_number,
    ruling_slug,
)
from jurisprudence.keywords import parse_keywords
from jurisprudence.legislation import ArticleReference, InvalidSource, UnknownLaw, parse_normal, parse_source
from jurisprudence.official import official_address
from jurisprudence.treatment import TREATMENTS, treatment_mark

Report = Callable[[str, str], None]
"""Takes the name of a field and what is wrong with it, in Dutch."""

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
    "language", "parties", "keywords", "outcome", "themes", "articles", "treatments", "source_url", "sources",
    "unverified", "quality", "aliases",
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
ECLI_OF_ANOTHER = "mapped"  # perhaps of another ruling: no metadata claims it
SLUG = re.compile(r"[a-z]+-\d{4}-\d{2}-\d{2}-[a-z0-9-]+")
MOST_TREATMENT_NOTE = 1_000
MOST_ALIAS = 200  # characters, as the table holds
PUBLISHER = "Helpdesk vreemdelingenrecht en internationaal familierecht"
_NORMAL_ARTICLE = re.compile(r"[A-Z0-9_-]+(?::\S+)?")


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
    treatments: list[TreatmentDraft] | None = None  # None says nothing of them
    full_text: str | None = None
    content_path: str | None = None
    content_source: str | None = None
    aliases: list[str] = field(default_factory=list)  # addresses and ECLIs this ruling had before


def read_ruling(path: str, text: str, vocabulary: Vocabulary) -> tuple[RulingDraft | None, list[FileProblem]]:
    """Read one file of content/rechtspraak/: a draft, or None with what is wrong. `path` is relative to content/."""
    try:
        file = frontmatter.split(text)
    except frontmatter.FrontMatterBroken as broken:
        return None, [FileProblem(path, broken.line, str(broken))]
    reader = FieldReader(path, file)
    draft = replace(read_record(reader, vocabulary), content_path=path, content_source=text)
    draft = replace(draft, treatments=_treatments(reader, draft.slug, draft.decided_on))
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
    lines: list[str] = []
    for name in _WRITTEN:
        if name == "treatments":
            lines += _written_treatments(draft)
        elif values[name]:
            lines.append(f"{name}: {_written(name, values[name])}")
    fence = frontmatter.FENCE
    return "\n".join([fence, *lines, fence, "", body(draft.summary, draft.full_text), ""])


def body(summary: str, full_text: str | None) -> str:
    """Return what stands under the fields of a content file: our summary, then the text of the court if we have it."""
    return f"{summary}\n\n{FULL_TEXT}\n\n{full_text}" if full_text else summary


def draft_of(ruling: Ruling) -> RulingDraft:
    """Return a stored ruling as a draft."""
    names = (item.name for item in fields(RulingDraft) if item.name != "treatments")
    values: dict[str, Any] = {name: getattr(ruling, name) for name in names}
    values["themes"] = [theme.node for theme in ruling.themes]
    values["articles"] = [(article.normal, article.label) for article in ruling.articles]
    values["treatments"] = _told(ruling)
    return RulingDraft(**values)


def moved_treatments(old: RulingDraft, new: RulingDraft) -> list[TreatmentDraft]:
    """Return what a file says of treatments once its ruling has another address or date."""

    def moved(slug: str | None) -> str | None:
        return new.slug if slug == old.slug else slug

    def dated(one: TreatmentDraft) -> date:
        is_own_date = one.treating_slug == old.slug and one.treated_on == old.decided_on
        return new.decided_on if is_own_date else one.treated_on

    return [
        replace(
            one,
            treating_slug=moved(one.treating_slug),
            treated_slug=moved(one.treated_slug),
            treated_on=dated(one),
        )
        for one in old.treatments or []
    ]


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


def file_label(pages: int, size_bytes: int) -> str:
    """Return "pdf, 12 pagina's, 340 kB"."""
    count = "1 pagina" if pages == 1 else f"{pages} pagina's"
    return f"pdf, {count}, {max(1, round(size_bytes / 1_000))} kB"


def ruling_title(ruling: Ruling, vocabulary: Vocabulary) -> str:
    """Return "RvV 28 februari 2022, nr. 269.083" with the case name when the court publishes one."""
    return cite(ruling, vocabulary, with_ecli=False)


def cite(ruling: Ruling, vocabulary: Vocabulary, *, with_ecli: bool = True) -> str:
    """Return the reference of a ruling in the usual Belgian form (V&A)."""
    return cite_va(_cited(ruling, vocabulary, with_ecli=with_ecli))


def cite_in_vena(ruling: Ruling, vocabulary: Vocabulary) -> str:
    """Return the reference of a ruling in the VENA form."""
    return cite_vena(_cited(ruling, vocabulary, with_ecli=True))


def record_of(ruling: Ruling, vocabulary: Vocabulary, *, base_url: str) -> RulingRecord:
    """Return a stored ruling as the record that is exchanged, with what the site adds to it.

    The title is the name of the case. No metadata claims an ECLI of which nobody checked that it is of this ruling.
    """
    themes = [row.node for row in ruling.themes]
    return RulingRecord(
        court=ruling.court,
        division=ruling.division,
        number=ruling.number,
        role_number=", ".join(ruling.role_numbers) or None,
        decided_on=ruling.decided_on,
        ecli=ruling.ecli,
        language=ruling.language,
        title=ruling.parties,
        keywords=ruling.keywords or None,
        summary=ruling.summary or None,
        full_text=ruling.full_text,
        themes=tuple(themes),
        articles=tuple(dict.fromkeys(article.normal for article in ruling.articles)),
        outcome=ruling.outcome,
        source_url=ruling.source_url,
        published=Publication(
            slug=ruling.slug,
            address=f"{base_url}/rechtspraak/{ruling.slug}",
            name=ruling_title(ruling, vocabulary).replace(NBSP, " "),
            court_name=ruling.historic_court_name or vocabulary.courts.get_court(ruling.court).name_nl,
            publisher=PUBLISHER,
            published_on=brussels_date(ruling.published_at or ruling.updated_at),
            changed_on=brussels_date(ruling.updated_at),
            states_ecli=ruling.ecli_status != ECLI_OF_ANOTHER,
            references=tuple(article.label for article in ruling.articles),
            theme_titles=tuple(vocabulary.themes.title(node) for node in themes),
            treatment=treatment_mark([treatment.kind for treatment in ruling.treated_by]),
        ),
    )


def draft_of_record(record: RulingRecord, vocabulary: Vocabulary) -> RulingDraft:
    """Return the draft of an exchanged record, by the rules that also hold for a content file.

    Keywords, themes and a summary may be absent. The title is kept where the court publishes the names of parties; the
    house shows the rulings of other courts without names.

    Raises:
        Rejected: one Dutch sentence per problem.
    """
    problems: list[str] = []

    def report(_name: str, message: str) -> None:
        problems.append(message)

    court = record.court.upper()
    roles = [role for role in re.split(r"\s*[,;]\s*", record.role_number or "") if role]
    number = record.number or next(iter(roles), "")
    number_normal, slug = check_identity(report, court, number, record.decided_on, vocabulary)
    if record.language not in RULING_LANGUAGES:
        report("language", f"De taal is '{record.language[:40]}'; kies uit: {', '.join(RULING_LANGUAGES)}.")
    draft = RulingDraft(
        slug=slug,
        court=court,
        division=record.division,
        historic_court_name=None,
        number=parse_ruling_number(court, number).display if number_normal else number,
        number_normal=number_normal,
        role_numbers=[role for role in roles if role != number],
        decided_on=record.decided_on,
        ecli=check_ecli(report, record.ecli, record.decided_on),
        ecli_status=None,
        language=record.language,
        parties=record.title if court in COURTS_THAT_NAME_PARTIES else None,
        keywords=" ".join((record.keywords or "").split()),
        outcome=check_outcome(report, record.outcome, vocabulary),
        summary=(record.summary or "").strip(),
        source_url=check_web_address(report, record.source_url),
        sources=[],
        unverified=[],
        quality=None,
        themes=check_themes(report, record.themes, vocabulary),
        articles=check_articles(report, record.articles, vocabulary),
        full_text=record.full_text,
    )
    if not problems:
        check_lengths(report, draft)
    if problems:
        raise Rejected(problems)
    return draft


def completed(draft: RulingDraft, ruling: Ruling) -> RulingDraft:
    """Return a draft that says what the ruling says wherever the draft itself says nothing.

    The address stays as it is, and so does how the record names its articles when they are the same ones.
    """
    kept = {
        item.name: getattr(ruling, item.name)
        for item in fields(draft)
        if item.name not in {"themes", "articles", "treatments"} and getattr(draft, item.name) in (None, "", [])
    }
    articles = [(row.normal, row.label) for row in ruling.articles]
    are_same = list(dict.fromkeys(normal for normal, _ in articles)) == [normal for normal, _ in draft.articles]
    kept["slug"] = ruling.slug
    kept["treatments"] = _told(ruling) if ruling.content_path else None
    kept["themes"] = draft.themes or [row.node for row in ruling.themes]
    kept["articles"] = articles if are_same or not draft.articles else draft.articles
    if draft.ecli not in {None, ruling.ecli}:
        kept["ecli_status"] = None
    return replace(draft, **kept)


def _told(ruling: Ruling) -> list[TreatmentDraft]:
    """Return what the content file of a ruling says of treatments."""
    names = [item.name for item in fields(TreatmentDraft)]
    return [TreatmentDraft(**{name: getattr(told, name) for name in names}) for told in ruling.told_treatments]


def _cited(ruling: Ruling, vocabulary: Vocabulary, *, with_ecli: bool) -> CitedRuling:
    may_show_ecli = with_ecli and ruling.ecli and ruling.ecli_status == "verified"
    return CitedRuling(
        court=vocabulary.courts.get_court(ruling.court),
        number=parse_ruling_number(ruling.court, ruling.number).display,
        decided_on=ruling.decided_on,
        ecli=parse_ecli(ruling.ecli) if may_show_ecli and ruling.ecli else None,
        parties=ruling.parties,
        division=ruling.division,
        historic_court_name=ruling.historic_court_name,
    )


def normals_of(ruling: Ruling) -> list[str]:
    """Return every normal form by which a ruling is cited: its number, joined cases, roll numbers and ECLI.

    Not an ECLI it had before: that may have been the one of another ruling.
    """
    numbers = [ruling.number, *ruling.role_numbers]
    normals: list[str] = []
    for number in numbers:
        with suppress(InvalidRulingNumber):
            normals += parse_ruling_number(ruling.court, number).normals
    return list(dict.fromkeys([*normals, *([ruling.ecli] if ruling.ecli else [])]))


def read_labels(ruling: Ruling, vocabulary: Vocabulary) -> Iterator[tuple[str, ArticleReference | None]]:
    """Yield each article as the record names it, with what it means; None when the lists no longer know the law."""
    for article in ruling.articles:
        try:
            yield article.label, parse_source(article.label, vocabulary.laws)
        except (UnknownLaw, InvalidSource):
            yield article.label, None


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


def read_record(reader: FieldReader, vocabulary: Vocabulary) -> RulingDraft:
    """Read and check the fields of one ruling; what is wrong is in `reader.problems`, and only without is it a ruling.

    Content files and the form of the editors come here, so that both keep the same rules.
    """
    court = reader.text("court", most=20, required=True) or ""
    number = reader.text("number", most=80, required=True) or ""
    decided_on = reader.day("decided_on", required=True) or date.min
    number_normal, slug = check_identity(reader.problem, court, number, decided_on, vocabulary)
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
        ecli=check_ecli(reader.problem, reader.text("ecli", most=80), decided_on),
        ecli_status=reader.choice("ecli_status", ECLI_STATUS),
        language=reader.choice("language", RULING_LANGUAGES, required=True) or "",
        parties=_parties(reader, court),
        keywords=keywords,
        outcome=_outcome(reader, keywords, vocabulary),
        summary=summary,
        source_url=check_web_address(reader.problem, reader.text("source_url", most=500)),
        sources=reader.texts("sources"),
        unverified=[name for name in reader.texts("unverified") if _is_field(reader, name)],
        quality=reader.choice("quality", QUALITY),
        themes=check_themes(reader.problem, reader.texts("themes", required=True), vocabulary),
        articles=check_articles(reader.problem, reader.texts("articles"), vocabulary),
        full_text=full_text,
        aliases=reader.texts("aliases"),
    )
    if not reader.problems:
        check_lengths(reader.problem, draft)
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


def _written_treatments(draft: RulingDraft) -> Iterator[str]:
    """Yield the lines of the block `treatments`, as `_treatment` reads them."""
    if draft.treatments:
        yield "treatments:"
    for one in draft.treatments or []:
        treats = one.treating_slug == draft.slug
        slug, words = (one.treated_slug, one.treated_text) if treats else (one.treating_slug, one.treating_text)
        yield f"  - kind: {one.kind}"
        yield f"    {'treats' if treats else 'treated_by'}: {slug or json.dumps(words, ensure_ascii=False)}"
        if not treats or one.treated_on != draft.decided_on:
            yield f"    on: {one.treated_on.isoformat()}"
        yield f"    note: {json.dumps(one.note, ensure_ascii=False)}"


def _stays(value: str) -> bool:
    """Tell whether a text written bare in a list is read back as that text: "no" would become False."""
    try:
        return bool(yaml.safe_load(f"[{value}]") == [value])
    except yaml.YAMLError:
        return False


def check_lengths(report: Report, draft: RulingDraft) -> None:
    """Refuse what the database cannot hold; what was written in one field may be longer in normal form."""
    for name, most in too_long(vars(draft), Ruling).items():
        field = "number" if name in {"number_normal", "slug"} else name
        report(field, f"'{field}' is te lang om te bewaren: het maximum is {most} tekens.")
    for alias in draft.aliases:
        if len(alias) > MOST_ALIAS or not (SLUG.fullmatch(alias) or alias.startswith("ECLI:")):
            report("aliases", f"'{alias[:40]}' is geen vroeger adres en geen vroegere ECLI van een uitspraak.")
    for normal, label in draft.articles:
        for most in too_long({"normal": normal, "label": label}, RulingArticle).values():
            report("articles", f"'{label}' is te lang om te bewaren: het maximum is {most} tekens.")


def check_identity(
    report: Report, court: str, number: str, decided_on: date, vocabulary: Vocabulary
) -> tuple[str, str]:
    """Return the number in normal form and the address of a ruling; both empty when the court or number is wrong."""
    try:
        vocabulary.courts.get_court(court)
        parsed = parse_ruling_number(court, number)
    except UnknownCourt as unknown:
        report("court", str(unknown).strip("'\""))
        return "", ""
    except InvalidRulingNumber as invalid:
        report("number", str(invalid))
        return "", ""
    return parsed.normal, ruling_slug(parsed, decided_on)


def check_ecli(report: Report, text: str | None, decided_on: date) -> str | None:
    """Return an ECLI in its own form; None when there is none or it is none."""
    if text is None:
        return None
    try:
        ecli = parse_ecli(text)
    except InvalidEcli as invalid:
        report("ecli", str(invalid))
        return None
    if decided_on != date.min and not ecli_fits(ecli, decided_on):
        report("ecli", "De ECLI past niet bij de datum van de uitspraak.")
    return str(ecli)


def check_outcome(report: Report, code: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the code of an outcome."""
    if code is not None and vocabulary.outcomes.find_outcome(code) is None:
        report("outcome", f"De uitkomst '{code}' staat niet in lijsten/uitkomsten.yaml.")
    return code


def _outcome(reader: FieldReader, keywords: str, vocabulary: Vocabulary) -> str | None:
    """Read the outcome; the chain of our own records names it too."""
    code = check_outcome(reader.problem, reader.text("outcome", most=40), vocabulary)
    if code is not None and parse_keywords(keywords, vocabulary.outcomes).outcome is None:
        reader.problem("keywords", "De trefwoordenketen noemt de uitkomst niet als laatste.")
    return code


def check_web_address(report: Report, address: str | None) -> str | None:
    """Return the address of a source on the web."""
    if address is not None and not address.startswith(("https://", "http://")):
        report("source_url", "Een adres begint met https:// of http://.")
    return address


def _is_field(reader: FieldReader, name: str) -> bool:
    if name not in UNVERIFIABLE:
        reader.problem("unverified", f"'{name}' is geen veld dat onbevestigd kan zijn.")
    return name in UNVERIFIABLE


def check_themes(report: Report, themes: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return the themes that exist."""
    known = []
    for theme in themes:
        if theme in vocabulary.themes:
            known.append(theme)
        else:
            report("themes", f"Het thema '{theme}' bestaat niet.")
    return known


def check_articles(report: Report, sources: Iterable[str], vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Return normal form and label of the articles, written as an editor does ("art. 9bis Vw.") or as VW:9bis."""
    articles = []
    for source in sources:
        try:
            if _NORMAL_ARTICLE.fullmatch(source) and vocabulary.laws.find_law(source) is None:
                reference = parse_normal(source, vocabulary.laws)
                articles.append((reference.normal, _label(reference)))
            else:
                articles.append((parse_source(source, vocabulary.laws).normal, source))
        except (UnknownLaw, InvalidSource) as wrong:
            report("articles", str(wrong).strip("'\""))
    return articles


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
    elif too_long({"treated_text": other}, RulingTreatment):
        reader.problem("treatments", "De woorden voor de andere uitspraak zijn te lang om te bewaren.")
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


def _label(reference: ArticleReference) -> str:
    return reference.display.replace(NBSP, " ")
