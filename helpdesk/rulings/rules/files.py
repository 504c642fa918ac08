"""From a content file, or a form that is read as one, to the draft of a ruling and back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import yaml

from helpdesk.core import frontmatter
from helpdesk.core.db import too_long
from helpdesk.core.errors import FileProblem
from helpdesk.core.frontmatter import FieldReader
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import RulingTreatment
from helpdesk.rulings.rules.checks import (
    COURTS_THAT_NAME_PARTIES,
    RULING_LANGUAGES,
    SLUG,
    check_articles,
    check_ecli,
    check_identity,
    check_lengths,
    check_outcome,
    check_themes,
    check_web_address,
)
from helpdesk.rulings.rules.drafts import FOLDER, RulingDraft, TreatmentDraft
from jurisprudence.keywords import parse_keywords
from jurisprudence.treatment import TREATMENTS

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
FULL_TEXT = "# Tekst van de uitspraak"  # the line of a content file under which the text of the court stands
MOST_FULL_TEXT = 2_000_000  # characters
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
MOST_TREATMENT_NOTE = 1_000


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


def _outcome(reader: FieldReader, keywords: str, vocabulary: Vocabulary) -> str | None:
    """Read the outcome; the chain of our own records names it too."""
    code = check_outcome(reader.problem, reader.text("outcome", most=40), vocabulary)
    if code is not None and parse_keywords(keywords, vocabulary.outcomes).outcome is None:
        reader.problem("keywords", "De trefwoordenketen noemt de uitkomst niet als laatste.")
    return code


def _is_field(reader: FieldReader, name: str) -> bool:
    if name not in UNVERIFIABLE:
        reader.problem("unverified", f"'{name}' is geen veld dat onbevestigd kan zijn.")
    return name in UNVERIFIABLE


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
