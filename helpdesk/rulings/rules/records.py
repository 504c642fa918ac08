"""From an exchanged record to the draft of a ruling and back."""

import re

from helpdesk.core.clock import brussels_date
from helpdesk.core.errors import Rejected
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.rulings.rules.checks import (
    COURTS_THAT_NAME_PARTIES,
    RULING_LANGUAGES,
    check_articles,
    check_ecli,
    check_identity,
    check_lengths,
    check_outcome,
    check_themes,
    check_web_address,
)
from helpdesk.rulings.rules.drafts import RulingDraft
from helpdesk.rulings.rules.naming import ruling_title
from jurisprudence.exchange.record import Publication, RulingRecord
from jurisprudence.identifiers import (
    NBSP,
    parse_ruling_number,
)
from jurisprudence.treatment import treatment_mark

ECLI_OF_ANOTHER = "mapped"  # perhaps of another ruling: no metadata claims it
PUBLISHER = "Helpdesk vreemdelingenrecht en internationaal familierecht"


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
