"""What a field of a ruling may say, whoever wrote it.

A check is given a value and reports what is wrong by the name of the field.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from helpdesk.core.db import too_long
from helpdesk.core.vocabulary import LANGUAGES, Vocabulary
from helpdesk.rulings.models import Ruling, RulingArticle
from helpdesk.rulings.rules.drafts import RulingDraft
from jurisprudence.courts import UnknownCourt
from jurisprudence.identifiers import (
    NBSP,
    InvalidEcli,
    InvalidRulingNumber,
    ecli_fits,
    parse_ecli,
    parse_ruling_number,
    ruling_slug,
)
from jurisprudence.legislation import ArticleReference, InvalidSource, UnknownLaw, parse_normal, parse_source

Report = Callable[[str, str], None]
"""Takes the name of a field and what is wrong with it, in Dutch."""
RULING_LANGUAGES = (*LANGUAGES, "ro", "it", "hu", "bg", "cs")
COURTS_THAT_NAME_PARTIES = frozenset({"HVJ", "EHRM", "GWH", "RVS"})  # themselves; others must not
SLUG = re.compile(r"[a-z]+-\d{4}-\d{2}-\d{2}-[a-z0-9-]+")
MOST_ALIAS = 200  # characters, as the table holds
_NORMAL_ARTICLE = re.compile(r"[A-Z0-9_-]+(?::\S+)?")


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


def check_web_address(report: Report, address: str | None) -> str | None:
    """Return the address of a source on the web."""
    if address is not None and not address.startswith(("https://", "http://")):
        report("source_url", "Een adres begint met https:// of http://.")
    return address


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


def _label(reference: ArticleReference) -> str:
    return reference.display.replace(NBSP, " ")
