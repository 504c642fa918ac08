"""How a text becomes HTML: its links, the amounts of a day, the terms it explains. Reads, never writes."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from sqlalchemy.orm import Session

from helpdesk.core import amount_store, markup, references
from helpdesk.core.amounts import AmountRegister
from helpdesk.core.errors import FileProblem
from helpdesk.core.markup import Explanation, Rendered
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings import queries as ruling_queries
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.rules import TextDraft

Resolve = Callable[[str, str], str | None]
MOST_KEPT = 2_000  # renderings, of some 20 kB each
_CAPITALS_OF_ABBREVIATION = 2


@dataclass(frozen=True)
class Surroundings:
    """What a text is rendered amid: where its links lead, which amounts there are, which terms are explained."""

    resolve: Resolve
    amounts: AmountRegister
    terms: tuple[Explanation, ...]
    vocabulary: Vocabulary


def surroundings(session: Session, vocabulary: Vocabulary) -> Surroundings:
    """Return what live texts are rendered amid now."""
    resolve = resolver(known_slugs(session), ruling_queries.all_slugs(session), vocabulary)
    terms = explanations(queries.explained_terms(session))
    return Surroundings(resolve, amount_store.live_register(session), terms, vocabulary)


def render(
    session: Session, content_path: str, source: str, vocabulary: Vocabulary, *, on: date
) -> tuple[Rendered, list[FileProblem]]:
    """Render the source of any version as it reads with the amounts of a day, and say what leads nowhere in it.

    A source that the rules refuse by now (an old version, a theme that is gone) is rendered all the same as far as
    its Markdown goes; one without readable fields gives an empty text.
    """
    draft, problems = rules.read_text(content_path, source, vocabulary)
    if draft is not None:
        return render_draft(draft, surroundings(session, vocabulary), on=on)
    body, line = rules.body_of(source)
    around = surroundings(session, vocabulary)
    rendered, dead = _render(body, around, content_path=content_path, line_of=lambda _words: line, line=line, on=on)
    return rendered, problems + dead


def render_draft(draft: TextDraft, around: Surroundings, *, on: date) -> tuple[Rendered, list[FileProblem]]:
    """Render a draft with the amounts of a day, and say which of its links and amounts lead nowhere."""
    file = draft.file
    rendered, problems = _render(
        draft.body,
        around,
        own_term=draft.slug if draft.kind == TextKind.LEXICON else None,
        content_path=draft.content_path,
        line_of=file.line_in_body,
        line=file.body_line,
        on=on,
    )
    if draft.tree is not None:
        rendered = replace(rendered, plain=f"{rendered.plain}\n{draft.tree.words}")
    return rendered, problems


def explanations(entries: Iterable[tuple[str, str, Sequence[str], str]]) -> tuple[Explanation, ...]:
    """Return what texts explain, from the slug, title, abbreviations and explanation of each term.

    A term is looked for by its title and its abbreviations, not by its synonyms: those are often ordinary words. What
    has two capitals ("BGV") is an abbreviation and only meant when it is written so.
    """
    return tuple(
        Explanation(slug, title, words, _is_abbreviation(words), explanation)
        for slug, title, abbreviations, explanation in entries
        for words in dict.fromkeys((title, *abbreviations))
    )


def known_slugs(session: Session) -> dict[tuple[str, str], str]:
    """Return the slug of each live text by its kind and slug, and by those it had before."""
    known = {(kind, slug): slug for kind, slug in queries.live_addresses(session)}
    old = {key: slug for key, slug in queries.old_addresses(session).items() if (key[0], slug) in known}
    return old | known


def resolver(known: Mapping[tuple[str, str], str], rulings: Collection[str], vocabulary: Vocabulary) -> Resolve:
    """Return what gives the address a link leads to; `known` holds the present slug by kind and slug, old ones too."""

    def resolve(scheme: str, identity: str) -> str | None:
        if scheme == TextKind.THEME:
            return rules.address_of(scheme, identity, vocabulary) if identity in vocabulary.themes else None
        if scheme == "rechtspraak":
            return f"/rechtspraak/{identity}" if identity in rulings else None
        slug = known.get((scheme, identity))
        return rules.address_of(scheme, slug, vocabulary) if slug is not None else None

    return resolve


@dataclass(frozen=True)
class _Kept:
    """What a body became, with where each of its links led then."""

    rendered: Rendered
    led: Mapping[tuple[str, str], str | None]


_kept: dict[tuple[object, ...], _Kept] = {}
_keeping = Lock()


def _kept_or_rendered(body: str, around: Surroundings, *, on: date, own_term: str | None) -> Rendered:
    """Return a body as HTML; what this process rendered before is used again while all it depends on is the same.

    An import looks at every text of the library and changes a few.
    """
    printed = around.amounts.printed_on(on)
    amounts = tuple((amount_id, printed(amount_id)) for amount_id in sorted(markup.amount_ids(body)))
    key = (body, around.terms, around.vocabulary.digest, amounts, own_term)
    with _keeping:
        kept = _kept.get(key)
    if kept is not None and all(around.resolve(*link) == address for link, address in kept.led.items()):
        return kept.rendered
    led: dict[tuple[str, str], str | None] = {}

    def resolve(scheme: str, identity: str) -> str | None:
        led[scheme, identity] = address = around.resolve(scheme, identity)
        return address

    rendered = markup.render(
        body,
        resolve,
        lambda text: references.places(text, around.vocabulary.recogniser),
        amounts=printed,
        terms=around.terms,
        own_term=own_term,
    )
    with _keeping:
        while len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = _Kept(rendered, led)
    return rendered


def _is_abbreviation(words: str) -> bool:
    return len(re.findall(r"[A-Z]", words)) >= _CAPITALS_OF_ABBREVIATION and " " not in words


def _render(
    body: str,
    around: Surroundings,
    *,
    content_path: str,
    line_of: Callable[[str], int],
    line: int,
    on: date,
    own_term: str | None = None,
) -> tuple[Rendered, list[FileProblem]]:
    try:
        rendered = _kept_or_rendered(body, around, on=on, own_term=own_term)
    except markup.MarkupRefused as refused:
        return Rendered("", ""), [FileProblem(content_path, line, str(refused))]
    problems = [
        FileProblem(content_path, line_of(f"({target}"), f"De link '{target}' leidt nergens heen.")
        for target in rendered.dead_links
    ]
    for amount_id in rendered.dead_amounts:
        amount = around.amounts.find(amount_id)
        said = (
            f"Het bedrag '{amount_id}' staat niet in lijsten/bedragen.yaml."
            if amount is None
            else f"Het bedrag '{amount_id}' heeft geen waarde op {on:%d-%m-%Y}."
        )
        problems.append(FileProblem(content_path, line_of(f"{{{{bedrag:{amount_id}}}}}"), said))
    return rendered, problems
