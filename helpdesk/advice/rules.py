"""Decisions about advice: pure, no database, no clock.

Source of the scope rules: annual report 2019, JR.2.1.3, A.1: telephone advice on both domains, e-mail advice on
international family law only, a sector only for professionals.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from helpdesk.core.errors import Problem, Rejected
from helpdesk.core.markup import fold
from helpdesk.core.privacy import find_likely_traces, find_traces
from helpdesk.core.roles import Role
from helpdesk.core.vocabulary import Code, CodeList, ThemeTree, Vocabulary

_SNIPPET_CALL = re.compile(r"(?<!\S)::(?P<name>[a-z0-9-]{1,30})(?![\w-])")
_SNIPPET_NAME = re.compile(r"[a-z0-9-]{1,30}")
EARLIEST_GIVEN_ON = date(2015, 1, 1)  # the series of the annual report starts here
MOST_QUESTION_LENGTH = 4_000
MOST_ANSWER_LENGTH = 8_000
LEAST_MINUTES = 1
MOST_MINUTES = 480
MOST_THEMES = 10
MOST_PERSONS = 4
MOST_WORDS_READ = 700  # of a question, to find themes in
MOST_WORDS_OF_PHRASE = 6
MOST_SOURCES = 20
LEAST_REASON_LENGTH = 10
MOST_REASON_LENGTH = 500
REFERRAL = "doorverwijzing"
TRACES_CONFIRMED = "advice.traces_confirmed"  # in the audit log
ROLES = ("moeder", "vader", "echtgenoot", "partner", "kind 1", "kind 2", "betrokkene")  # who someone is, not his name
MOST_NUMBERED = 12  # choices in a list of which the number can be typed
MOST_TYPED = 200  # characters in which a choice is named
DRAFT_KEPT = timedelta(days=14)
MOST_TYPED_LENGTH = 20_000  # characters of one field that a saved draft keeps: more than any field takes
MOST_TYPED_VALUES = 60
MOST_NAME_LENGTH = 60
MOST_SNIPPET_LENGTH = 4_000
MOST_ID_DIGITS = 10  # of a user's number


@dataclass(frozen=True, kw_only=True)
class AdviceDraft:
    """One piece of advice as typed, in the order of the form; `themes` holds node ids, the main theme first."""

    question: str
    themes: tuple[str, ...]
    residence_situation: str
    nationality: str
    answer: str
    outcome: str
    caller_category: str
    caller_sector: str | None
    caller_region: str
    channel: str
    given_on: date
    time_spent_minutes: int
    other_persons: tuple["Person", ...] = ()
    referred_to: str | None = None
    scope_exception: str | None = None
    sources: tuple[str, ...] = ()  # document ids
    confirmed: frozenset[str] = frozenset()  # likely traces the jurist looked at and keeps


@dataclass(frozen=True)
class Person:
    """Someone the advice is about, in codes."""

    residence_situation: str
    nationality: str


@dataclass(frozen=True)
class Finding:
    """What may point at a person in a typed text: where, the words, what it is in Dutch; certain traces must go."""

    field: str
    words: str
    what: str
    is_certain: bool


@dataclass(frozen=True, kw_only=True)
class CallerCodes:
    """Who calls, in codes."""

    caller_category: str
    caller_sector: str | None
    caller_region: str


@dataclass(frozen=True)
class Choice:
    """One value a typed code can mean: the code, its label, and other words for it."""

    code: str
    label: str
    other_words: tuple[str, ...] = ()


class AdviceRejected(Rejected):
    """A draft breaks rules; `broken` says at which fields, `problems` holds the sentences in the order of the form."""

    def __init__(self, broken: Sequence[Problem]) -> None:
        super().__init__([problem.sentence for problem in broken])
        self.broken = list(broken)


def check_draft(draft: AdviceDraft, *, vocabulary: Vocabulary, today: date, is_forgotten: bool = False) -> None:
    """Refuse a draft that breaks a rule of the helpdesk.

    `is_forgotten`: the free text of this record was removed after its time, so none is asked.

    Raises:
        AdviceRejected: with one Dutch sentence per broken rule, in the order of the form.
    """

    def coded(value: str, field: str, code_list: str, what: str) -> Iterator[Problem]:
        return _code_problems(value, draft.given_on, vocabulary, field, code_list, what)

    broken = [
        *text_problems("question", "de vraag", draft.question, most=MOST_QUESTION_LENGTH, is_required=not is_forgotten),
        *likely_problems("question", "de vraag", draft.question, draft.confirmed),
        *_theme_problems(draft, vocabulary),
        *coded(draft.residence_situation, "residence_situation", "verblijfssituatie", "een verblijfssituatie"),
        *coded(draft.nationality, "nationality", "nationaliteit", "een nationaliteit"),
        *_person_problems(draft, vocabulary),
        *text_problems("answer", "het antwoord", draft.answer, most=MOST_ANSWER_LENGTH, is_required=False),
        *likely_problems("answer", "het antwoord", draft.answer, draft.confirmed),
        *coded(draft.outcome, "outcome", "uitkomst_advies", "een uitkomst"),
        *_referral_problems(draft, vocabulary),
        *coded(draft.caller_category, "caller_category", "categorie_vraagsteller", "een categorie"),
        *_sector_problems(draft.caller_category, draft.caller_sector, draft.given_on, vocabulary),
        *coded(draft.caller_region, "caller_region", "regio_vraagsteller", "een regio"),
        *_channel_problems(draft, vocabulary, has_lost_its_reason=is_forgotten and draft.scope_exception == ""),
        *_exception_problems(draft),
        *_date_problems(draft.given_on, today=today),
        *_time_problems(draft.time_spent_minutes),
    ]
    if broken:
        raise AdviceRejected(broken)


def broken_rules(
    draft: AdviceDraft, *, vocabulary: Vocabulary, today: date, is_forgotten: bool = False
) -> list[Problem]:
    """Return every rule a draft breaks, in the order of the form; empty when it may be recorded."""
    try:
        check_draft(draft, vocabulary=vocabulary, today=today, is_forgotten=is_forgotten)
    except AdviceRejected as refused:
        return refused.broken
    return []


def check_preset(name: str, codes: CallerCodes, *, vocabulary: Vocabulary, today: date) -> None:
    """Refuse a preset without a name, or with codes that could not be recorded today. Raises AdviceRejected."""
    lists = (
        ("caller_category", "categorie_vraagsteller", "een categorie"),
        ("caller_region", "regio_vraagsteller", "een regio"),
    )
    broken = [
        *_name_problems(name, "een naam"),
        *(
            problem
            for field, code_list, what in lists
            for problem in _code_problems(getattr(codes, field), today, vocabulary, field, code_list, what)
        ),
        *_sector_problems(codes.caller_category, codes.caller_sector, today, vocabulary),
    ]
    if broken:
        raise AdviceRejected(broken)


def check_snippet(name: str, text: str) -> None:
    """Refuse a snippet whose name cannot be typed after two colons, or that names a person. Raises AdviceRejected."""
    broken = (
        [] if _SNIPPET_NAME.fullmatch(name) else [Problem("name", "Kies een naam van 1 tot 30 letters, cijfers of -.")]
    )
    broken += text_problems("text", "de tekst", text, most=MOST_SNIPPET_LENGTH, is_required=True)
    if broken:
        raise AdviceRejected(broken)


def with_snippets(text: str, snippets: Mapping[str, str]) -> str:
    """Return a text with each "::naam" replaced by the snippet of that name; an unknown name stays as it is."""
    return _SNIPPET_CALL.sub(lambda found: snippets.get(found["name"], found[0]), text)


def _name_problems(name: str, what: str) -> Iterator[Problem]:
    if not name.strip() or len(name) > MOST_NAME_LENGTH:
        yield Problem("name", f"Kies {what} van 1 tot {MOST_NAME_LENGTH} tekens.")
    elif find_likely_traces(name):
        yield Problem("name", "Kies een naam die niemand aanwijst: ‘OCMW’, niet wie er belt.")


def matching(typed: str, choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices that typed text can mean; one when it is clear, none when it means nothing.

    The first of these that fits decides: the code, the label or its number in a short list; another word for it; the
    beginning of one label; the beginnings of words of one label. Capitals and accents do not count.
    """
    wanted = fold(typed.strip())
    if not _words(wanted) or len(wanted) > MOST_TYPED:
        return []
    if wanted.isascii() and wanted.isdigit() and len(choices) <= MOST_NUMBERED:
        return list(choices[int(wanted) - 1 : int(wanted)]) if 0 < int(wanted) <= len(choices) else []
    labels = {choice: _folded(choice.label) for choice in choices}
    tests: list[Callable[[Choice], bool]] = [
        lambda choice: wanted in (_folded(choice.code), labels[choice]),
        lambda choice: any(wanted == _folded(word) for word in choice.other_words),
        lambda choice: labels[choice].startswith(wanted),
        lambda choice: all(any(word.startswith(part) for word in _words(labels[choice])) for part in _words(wanted)),
    ]
    return next((found for test in tests if (found := [choice for choice in choices if test(choice)])), [])


@lru_cache(maxsize=8_192)
def _folded(label: str) -> str:
    """Fold a word of a code list; a file of two thousand lines asks for each of them thousands of times."""
    return fold(label)


def named_themes(question: str, themes: ThemeTree) -> list[str]:
    """Return the nodes a question names by title, synonym or everyday term, the longest phrase first."""
    words = re.findall(r"\w+", fold(question))[:MOST_WORDS_READ]
    found = [
        (length, -start, node)
        for start in range(len(words))
        for length in range(1, MOST_WORDS_OF_PHRASE + 1)
        if start + length <= len(words)
        for node in themes.phrases.get(" ".join(words[start : start + length]), ())
    ]
    return list(dict.fromkeys(node for _, _, node in sorted(found, reverse=True)))


def _words(folded: str) -> list[str]:
    return re.findall(r"\w+", folded)


def draft_key(owner_id: int, nonce: str, *, secret: str) -> str:
    """Return the key of a form handed to a colleague: whom it was made for, something random, and our seal on both.

    Because of the seal a key that comes back without a session still tells whose text it brings.
    """
    return f"{owner_id}.{nonce}.{_seal(f'{owner_id}.{nonce}', secret)}"


def owner_of_key(key: str, *, secret: str) -> int | None:
    """Return the colleague a form was made for; None when the key is not one of ours."""
    owner, _, rest = key.partition(".")
    nonce, _, seal = rest.partition(".")
    if not (owner.isascii() and owner.isdigit() and nonce and seal.isascii()):
        return None
    if len(owner) > MOST_ID_DIGITS:
        return None
    return int(owner) if hmac.compare_digest(seal, _seal(f"{owner}.{nonce}", secret)) else None


def corrected_by(fields: Mapping[str, Sequence[str]]) -> int | None:
    """Return the advice that a draft corrects; None of a draft of new advice."""
    number = next(iter(fields.get("corrects", ())), "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < MOST_ID_DIGITS else None


def forked_key(key: str, holder: str, *, owner_id: int, secret: str) -> str:
    """Return the key under which a page goes on when another page took over its draft; always the same one."""
    return draft_key(owner_id, f"{key.split('.')[1][:20]}-{_seal(f'{key} {holder}', secret)[:16]}", secret=secret)


def digest_of(fields: Mapping[str, Sequence[str]], *, secret: str) -> str:
    """Return a keyed digest of what was typed, to tell a form that is sent twice from another text."""
    typed = {name: [value for value in values if value] for name, values in sorted(fields.items())}
    said = {name: values for name, values in typed.items() if values and name != "timer_seconds"}
    return _seal(json.dumps(said), secret)


def typed_fields(pairs: Mapping[str, Sequence[str]], names: Collection[str]) -> dict[str, list[str]]:
    """Return the fields worth keeping of what a browser sent: known names, nothing blank, nothing endless."""
    return {
        name: kept
        for name, values in pairs.items()
        if name in names
        and (kept := [value[:MOST_TYPED_LENGTH] for value in values[:MOST_TYPED_VALUES] if value.strip()])
    }


def _seal(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"advice-draft {text}".encode(), hashlib.sha256).hexdigest()[:40]


def asks_sector(category: Code) -> bool:
    """Tell whether the sector may be filled in: of professionals, and when the category itself is not known."""
    return category.extra.get("professional") is not False


def requires_sector(category: Code) -> bool:
    """Tell whether the sector must be filled in: of professionals only."""
    return category.extra.get("professional") is True


def sees_all_codes(roles: Collection[Role]) -> bool:
    """Tell whether someone may list the coded columns of every colleague's advice; their free text never."""
    return Role.COORDINATOR in roles


def date_or_none(text: str | None) -> date | None:
    """Read a date as addresses carry it (2019-01-31); None when it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def text_problems(field: str, name: str, text: str, *, most: int, is_required: bool) -> Iterator[Problem]:
    """Return what is wrong with a free text: too long, not there, or with what certainly points at a person."""
    if is_required and not text.strip():
        yield Problem(field, f"Schrijf {name} op.")
    if len(text) > most:
        yield Problem(field, f"Maak {name} korter: {len(text)} tekens, en er passen er {most}.")
    found = list(dict.fromkeys(trace.what for trace in find_traces(text)))
    if found:
        yield Problem(
            field,
            f"In {name} staat {' en '.join(found)}. Haal dat weg en schrijf wie het is: ‘moeder’, ‘kind 1’.",
        )


def likely_problems(field: str, name: str, text: str, confirmed: Collection[str]) -> Iterator[Problem]:
    """Ask to look at what may point at a person; the sentence does not repeat it."""
    open_ones = [one for one in findings({field: text}) if not one.is_certain and one.words not in confirmed]
    if open_ones:
        what = " en ".join(dict.fromkeys(one.what for one in open_ones))
        yield Problem(
            field, f"In {name} staat misschien {what}. Vervang dat door een rol, of bevestig dat het niemand aanwijst."
        )


def findings(texts: Mapping[str, str]) -> list[Finding]:
    """Return what may point at a person in typed texts by field, each words once per field, in their order."""
    found = []
    for field, text in texts.items():
        certain = {(trace.start, trace.end) for trace in find_traces(text)}
        found += [
            Finding(field, text[trace.start : trace.end], trace.what, (trace.start, trace.end) in certain)
            for trace in find_likely_traces(text)
        ]
    return list(dict.fromkeys(found))


def _theme_problems(draft: AdviceDraft, vocabulary: Vocabulary) -> Iterator[Problem]:
    if not draft.themes:
        yield Problem("main_theme", "Kies minstens één thema.")
    elif draft.themes[0] not in vocabulary.themes:
        yield Problem("main_theme", "Kies een hoofdthema uit de lijst.")
    if any(theme not in vocabulary.themes for theme in draft.themes[1:]):
        yield Problem("other_themes", "Kies de andere thema's uit de lijst.")
    if len(set(draft.themes)) < len(draft.themes):
        yield Problem("other_themes", "Kies elk thema maar één keer.")
    if len(draft.themes) > MOST_THEMES:
        yield Problem("other_themes", f"Kies ten hoogste {MOST_THEMES} thema's.")


def _code_problems(  # noqa: PLR0917 - a value, a day, and where to say what about it
    value: str, day: date, vocabulary: Vocabulary, field: str, code_list: str, what: str
) -> Iterator[Problem]:
    codes = vocabulary.lists[code_list]
    if value not in codes:
        yield Problem(field, f"Kies {what} uit de lijst.")
    elif not codes[value].is_valid_on(day):
        yield Problem(
            field, f"Kies {what} die bestond op de datum van het advies; ‘{codes.label(value)}’ bestond toen niet."
        )


def _sector_problems(category_code: str, sector: str | None, day: date, vocabulary: Vocabulary) -> Iterator[Problem]:
    category = _find(vocabulary.lists["categorie_vraagsteller"], category_code)
    if sector is None:
        if category and requires_sector(category):
            last = vocabulary.lists["sector_vraagsteller"].label("niet_ingevuld_professional")
            yield Problem("caller_sector", f"Kies de sector van deze professional. Ken je hem niet, kies dan ‘{last}’.")
        return
    if category and not asks_sector(category):
        yield Problem("caller_sector", f"Laat de sector leeg: ‘{category.label}’ is geen professional.")
        return
    yield from _code_problems(sector, day, vocabulary, "caller_sector", "sector_vraagsteller", "een sector")


def _person_problems(draft: AdviceDraft, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Look at the other persons; each has both codes."""
    for number, person in enumerate(draft.other_persons, start=2):
        for field, code_list, what in (
            ("residence_situation", "verblijfssituatie", "een verblijfssituatie"),
            ("nationality", "nationaliteit", "een nationaliteit"),
        ):
            name = f"{field}_{number}"
            for problem in _code_problems(getattr(person, field), draft.given_on, vocabulary, name, code_list, what):
                yield Problem(name, f"Persoon {number}: {problem.sentence[:1].lower()}{problem.sentence[1:]}")


def _referral_problems(draft: AdviceDraft, vocabulary: Vocabulary) -> Iterator[Problem]:
    if draft.outcome == REFERRAL:
        yield from _code_problems(
            draft.referred_to or "",
            draft.given_on,
            vocabulary,
            "referred_to",
            "doorverwijzing",
            "naar wie je doorverwijst",
        )
    elif draft.referred_to:
        yield Problem("referred_to", "Laat leeg naar wie je doorverwijst, of kies de uitkomst doorverwijzing.")


def _exception_problems(draft: AdviceDraft) -> Iterator[Problem]:
    reason = draft.scope_exception or ""
    if 0 < len(reason.strip()) < LEAST_REASON_LENGTH:
        yield Problem("scope_exception", "Schrijf in een zin waarom dit toch per e-mail ging.")
    yield from text_problems("scope_exception", "de reden", reason, most=MOST_REASON_LENGTH, is_required=False)
    yield from likely_problems("scope_exception", "de reden", reason, draft.confirmed)


def is_outside_scope(draft: AdviceDraft, vocabulary: Vocabulary) -> bool:
    """Tell whether the channel of a draft may not be used for its main theme but by exception."""
    return _allowed_domains(draft, vocabulary) is not None


def _channel_problems(draft: AdviceDraft, vocabulary: Vocabulary, *, has_lost_its_reason: bool) -> Iterator[Problem]:
    yield from _code_problems(draft.channel, draft.given_on, vocabulary, "channel", "kanaal", "een kanaal")
    domains = _allowed_domains(draft, vocabulary)
    if domains is None or has_lost_its_reason or (draft.scope_exception or "").strip():
        return
    channel = vocabulary.lists["kanaal"][draft.channel]
    branches = [domain.extra.get("node") for domain in domains]
    allowed = " of ".join(domain.label for domain in domains)
    titles = " of ".join(f"‘{vocabulary.themes.title(branch)}’" for branch in branches if branch)
    yield Problem(
        "channel",
        f"{channel.label.capitalize()} kan alleen over {allowed}. Kies een hoofdthema onder {titles}, geef het advies "
        "langs een ander kanaal, of schrijf waarom dit een uitzondering is.",
    )


def _allowed_domains(draft: AdviceDraft, vocabulary: Vocabulary) -> list[Code] | None:
    """Return the domains a channel is kept for when the main theme lies outside them, else None."""
    channel = _find(vocabulary.lists["kanaal"], draft.channel)
    if channel is None or not draft.themes or draft.themes[0] not in vocabulary.themes:
        return None
    domains = [vocabulary.lists["domein"][code] for code in channel.extra.get("allowed_for") or ()]
    branches = [domain.extra.get("node") for domain in domains]
    is_within = None in branches or vocabulary.themes.branch(draft.themes[0]).id in branches
    return None if is_within else domains


def _date_problems(given_on: date, *, today: date) -> Iterator[Problem]:
    if given_on > today:
        yield Problem("given_on", "De datum van het advies ligt in de toekomst. Kies vandaag of een dag ervoor.")
    if given_on < EARLIEST_GIVEN_ON:
        yield Problem("given_on", f"Kijk de datum na: adviezen van voor {EARLIEST_GIVEN_ON.year} staan hier niet.")


def _time_problems(minutes: int) -> Iterator[Problem]:
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        yield Problem("time_spent_minutes", f"Vul een bestede tijd in van {LEAST_MINUTES} tot {MOST_MINUTES} minuten.")


def _find(codes: CodeList, code: str) -> Code | None:
    return next((known for known in codes if known.code == code), None)
