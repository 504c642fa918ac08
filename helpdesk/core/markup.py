"""Markdown to safe HTML: the only door to Markdown and bleach, and the only place where text becomes markup.

Texts are rendered when they are saved, never per request. Links go by identity ("thema:gh-belg"): a resolver supplies
the address, and an identity it does not know is reported, not linked. HTML in the source is text, not markup.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

import bleach
import markdown
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from helpdesk.core import procedures, province_map

MOST_CHARACTERS = 200_000
MOST_OPEN_BRACKETS = 400  # Python-Markdown is quadratic on unclosed brackets: 5 000 of them take seconds
_TOO_DEEP = "De tekst is te diep genest."
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[-*+]|\d+\.)(?=[ \t])){20}|^[ \t]{80}|[\[(*_`]{200}", re.MULTILINE)
IDENTITIES = frozenset({"thema", "rechtspraak", "lexicon", "nieuws", "pagina", "wegwijzer", "publicatie"})
IN_SHORT = "in-het-kort"

_INLINE = frozenset({"a", "abbr", "br", "code", "em", "strong", "sub", "sup"})
_BLOCKS = frozenset({"blockquote", "dd", "div", "dl", "dt", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "ul"})
_HEADINGS = frozenset({"h2", "h3", "h4"})
_TABLE = frozenset({"table", "tbody", "td", "th", "thead", "tr"})
TAGS = _INLINE | _BLOCKS | _TABLE
FOOTNOTE = "footnote"  # class of a note that goes to the foot of the printed page
REFERENCE = "reference"  # class of a link made from a recognised reference
AMOUNT, TERM = "amount", "term"  # classes of links to the register of amounts and to the lexicon
CLASSES = frozenset(
    {"admonition", "opgelet", procedures.BLOCK, province_map.BLOCK, "admonition-title", "in-short", "table-scroll"}
    | {"external", REFERENCE, AMOUNT, TERM}
)
WEB_SCHEMES = frozenset({"http", "https", "mailto"})

_TAG = re.compile(r"(<[^>]*>)")
_AMOUNT = re.compile(r"\{\{bedrag:([a-z0-9-]{1,60})\}\}")

Resolver = Callable[[str, str], str | None]
Places = Callable[[str], list[tuple[int, int, str]]]  # start, end and address of what a paragraph refers to
Amounts = Callable[[str], str | None]  # the words of an amount by its id, None when it has none


class MarkupRefused(ValueError):
    """A text is too large or nested too deeply to be rendered; the message says so in Dutch."""


@dataclass(frozen=True)
class Rendered:
    """A text as the public reads it.

    `contents` holds (anchor, heading) of each section; `links` the identities linked to; `dead_links` the identities
    the resolver did not know, the addresses that are no identity and the anchors ("#limburg") that no heading of the
    text has; `dead_amounts` the amounts without a value.
    """

    html: str
    plain: str
    contents: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    dead_links: tuple[str, ...] = ()
    dead_amounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """A term of the lexicon that texts explain. `words` are how it is written, capitals or not as in `is_exact`."""

    slug: str
    title: str
    words: str
    is_exact: bool
    explanation: str


def render(
    source: str,
    resolve: Resolver,
    places: Places | None = None,
    *,
    amounts: Amounts | None = None,
    terms: Sequence[Explanation] = (),
    own_term: str | None = None,
) -> Rendered:
    """Render Markdown to sanitised HTML; what `places` finds in it becomes a link (see `link_references`).

    `{{bedrag:<id>}}` becomes what `amounts` says; the first time one of `terms` is named it is explained, but for
    the one whose page this is. The path of a procedure is drawn above its list, the map of the provinces in the place
    of its own.

    Raises:
        MarkupRefused: over 200 000 characters, or hundreds of brackets that are opened and never closed.
    """
    _check_size(source)
    links = _Links(resolve)
    engine = markdown.Markdown(
        extensions=["admonition", "sane_lists", "tables", TocExtension(slugify=_anchor, toc_depth="2-2"), links],
        output_format="html",
    )
    engine.preprocessors.deregister("html_block")
    engine.inlinePatterns.deregister("html")
    try:
        raw = engine.convert(source)
    except RecursionError as nested:
        raise MarkupRefused(_TOO_DEEP) from nested
    safe, dead_amounts = fill_amounts(sanitise(raw), amounts or (lambda _amount_id: None))
    headings = [(str(token["id"]), html.unescape(str(token["name"]))) for token in engine.toc_tokens]  # type: ignore[attr-defined]
    contents = tuple((anchor, _amounts_in(heading, amounts)) for anchor, heading in headings)
    linked = link_references(safe, places) if places is not None else safe
    return Rendered(
        province_map.draw(procedures.draw(explain_terms(linked, terms, own_term))),
        plain_text(safe),
        contents,
        links=tuple(links.alive),
        dead_links=tuple(links.dead),
        dead_amounts=dead_amounts,
    )


def amount_ids(source: str) -> tuple[str, ...]:
    """Return the ids of the amounts a Markdown text asks for, each once, in their order."""
    return tuple(dict.fromkeys(_AMOUNT.findall(source)))


def fill_amounts(safe_html: str, amounts: Amounts) -> tuple[str, tuple[str, ...]]:
    """Put the amounts in sanitised HTML, each a link to the register; words only in a link or heading, nothing in code.

    Also returns the ids that have no value: what stands there stays as it was written.
    """
    dead: list[str] = []
    pieces = []
    for piece, closed in _pieces(safe_html):
        if piece.startswith("<") or not closed.isdisjoint({"code", "pre"}):
            pieces.append(piece)
            continue

        def filled(found: re.Match[str], *, is_closed: bool = bool(closed)) -> str:
            words = amounts(found[1])
            if words is None:
                dead.append(found[1])
                return found[0]
            text = html.escape(words, quote=False)
            return text if is_closed else f'<a class="{AMOUNT}" href="/bedragen#{found[1]}">{text}</a>'

        pieces.append(_AMOUNT.sub(filled, piece))
    return "".join(pieces), tuple(dict.fromkeys(dead))


def explain_terms(safe_html: str, terms: Sequence[Explanation], own: str | None = None) -> str:
    """Link each term of the lexicon where it is named first, never in a link, code or heading, and explain it below.

    `own` is the slug of the term whose page this is: it does not explain itself.

    The explanations stand in a list after the text: readers of a screen hear them with the link, paper shows them.
    """
    if not terms:
        return safe_html
    pattern, by_group = _terms_pattern(tuple(terms))
    used: dict[str, Explanation] = {}

    def linked(found: re.Match[str]) -> str:
        term = by_group[found.lastgroup or ""]
        if term.slug in used or term.slug == own:
            return found[0]
        used[term.slug] = term
        return f'<a class="{TERM}" href="/lexicon/{term.slug}" aria-describedby="uitleg-{term.slug}">{found[0]}</a>'

    pieces = [
        piece if piece.startswith("<") or closed else pattern.sub(linked, piece) for piece, closed in _pieces(safe_html)
    ]
    if not used:
        return safe_html
    explained = "".join(
        explained_in_list(term.slug, term.title, term.explanation)
        for term in sorted(used.values(), key=lambda term: (fold(term.title), term.slug))
    )
    return "".join([*pieces, f'<dl class="explained">{explained}</dl>'])


def explained_in_list(slug: str, title: str, explanation: str) -> str:
    """Return the entry of a term in the list of explanations below a text."""
    words = html.escape(explanation, quote=False)
    return f'<dt>{html.escape(title, quote=False)}</dt><dd id="uitleg-{slug}">{words}</dd>'


def explain_at_the_end(safe_html: str, terms: Sequence[Explanation]) -> tuple[str, str]:
    """Explain the terms of several texts that became one: return the whole, and the one list of explanations.

    What each text explained by itself goes away first. Links to a term that the list explains lead to the list.
    """
    plain = _OWN_EXPLANATIONS.sub("", _TERM_LINK.sub(r"\g<words>", safe_html))
    whole, start, explained = explain_terms(plain, terms).partition('<dl class="explained">')
    for slug in explained_slugs(explained):
        whole = re.sub(rf'href="/lexicon/{slug}"(?: aria-describedby="[^"]*")?', f'href="#uitleg-{slug}"', whole)
    return whole, start + explained


def explained_slugs(safe_html: str) -> list[str]:
    """Return the terms that a list of explanations explains, in its order."""
    return re.findall(r'<dd id="uitleg-([^"]*)">', safe_html)


_TERM_LINK = re.compile(rf'<a class="{TERM}" [^>]*>(?P<words>[^<]*)</a>')
_OWN_EXPLANATIONS = re.compile(r'<dl class="explained">.*?</dl>', re.DOTALL)


@lru_cache(maxsize=64)
def _terms_pattern(terms: tuple[Explanation, ...]) -> tuple[re.Pattern[str], dict[str, Explanation]]:
    """Return what finds the terms as whole words, longer ones first; a part of a compound with a hyphen is none."""
    by_group = {
        f"t{number}": term for number, term in enumerate(sorted(terms, key=lambda one: (-len(one.words), one.slug)))
    }
    choices = [
        f"(?P<{group}>{'' if term.is_exact else '(?i:'}{re.escape(html.escape(term.words, quote=False))}"
        f"{'' if term.is_exact else ')'})"
        for group, term in by_group.items()
    ]
    return re.compile(rf"(?<![\w&#-])(?:{'|'.join(choices)})(?![\w-])"), by_group


def _amounts_in(heading: str, amounts: Amounts | None) -> str:
    return _AMOUNT.sub(lambda found: (amounts(found[1]) if amounts else None) or found[0], heading)


def _pieces(safe_html: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Take sanitised HTML apart into text and tags, each with the names of the tags around it where no link may be."""
    around: list[str] = []
    for number, piece in enumerate(_TAG.split(safe_html)):
        name = re.sub(r"^</?|[\s/>].*$", "", piece) if number % 2 else ""
        if name in _Paragraphs.CLOSED and not piece.startswith("</"):
            around.append(name)
        elif name in around:
            around.remove(name)
        if piece:
            yield piece, frozenset(around)


def link_references(safe_html: str, places: Places) -> str:
    """Link what sanitised HTML refers to, the first time in each paragraph; never in a link, code or heading.

    `places` reads the words of one paragraph. A reference that crosses a tag ("<em>artikel</em> 9bis") stays as it is.
    """
    return "".join(_Paragraphs(safe_html).linked(places))


class _Paragraphs:
    """The pieces of sanitised HTML by paragraph: what lies between two tags that start or end a block."""

    CLOSED = frozenset({"a", "code", "pre", "h2", "h3", "h4", "h5", "svg"})

    def __init__(self, safe_html: str) -> None:
        self.pieces = _TAG.split(safe_html)  # text and tags by turns

    def linked(self, places: Places) -> Iterator[str]:
        """Give the pieces back, with links."""
        paragraph: list[tuple[str, bool]] = []  # pieces, and whether they are text that may be linked
        closed = 0
        for number, piece in enumerate(self.pieces):
            is_tag = number % 2 == 1
            name = re.sub(r"^</?|[\s/>].*$", "", piece) if is_tag else ""
            if is_tag and name in self.CLOSED:
                closed += -1 if piece.startswith("</") else 1
            if is_tag and (name in _BLOCKS or name in _TABLE):
                yield from _with_links(paragraph, places)
                paragraph = []
                yield piece
            else:
                paragraph.append((piece, not is_tag and not closed))
        yield from _with_links(paragraph, places)


def _with_links(paragraph: Sequence[tuple[str, bool]], places: Places) -> Iterator[str]:
    """Give the pieces of one paragraph, the open ones with links."""
    words = ["" if piece.startswith("<") else html.unescape(piece) for piece, _ in paragraph]
    text = "".join(words)
    if not text.strip():
        yield from (piece for piece, _ in paragraph)
        return
    found, seen, start = places(text), set[str](), 0
    for (piece, is_open), word in zip(paragraph, words, strict=True):
        end = start + len(word)
        if not is_open:
            yield piece
        else:
            inside = [place for place in found if start <= place[0] and place[1] <= end]
            yield _linked_text(word, [(left - start, right - start, address) for left, right, address in inside], seen)
        start = end


def _linked_text(word: str, found: Sequence[tuple[int, int, str]], seen: set[str]) -> str:
    parts, place = [], 0
    for start, end, address in found:
        if address in seen:
            continue
        seen.add(address)
        parts.append(html.escape(word[place:start], quote=False))
        link = f'<a class="{REFERENCE}" href="{html.escape(quote(address, safe=_ADDRESS_SIGNS))}">'
        parts.append(f"{link}{html.escape(word[start:end], quote=False)}</a>")
        place = end
    return "".join([*parts, html.escape(word[place:], quote=False)])


def linked_text(plain: str, places: Places) -> str:
    """Return plain text as HTML in which what it refers to is linked, the first time it is named."""
    return _linked_text(plain, places(plain), set())


def reference_addresses(safe_html: str) -> set[str]:
    """Return the addresses of the links in HTML that were made from references."""
    return {html.unescape(link["address"]) for link in _REFERENCE_LINK.finditer(safe_html)}


def settle_links(safe_html: str, settle: Callable[[str], str | None]) -> str:
    """Decide for each link made from a reference where it leads now.

    `settle` gets the address in the stored HTML and returns where to lead: the same, another page of the site, an
    address elsewhere (marked as external), or None to leave plain words.
    """

    def settled(link: re.Match[str]) -> str:
        address = settle(html.unescape(link["address"]))
        if address is None:
            return link["words"]
        outside = ' external" rel="external noopener' if not address.startswith("/") else ""
        return f'<a class="{REFERENCE}{outside}" href="{html.escape(address)}">{link["words"]}</a>'

    return _REFERENCE_LINK.sub(settled, safe_html)


def for_print(safe_html: str, base_url: str, note: Callable[[str], str]) -> Markup:
    """Return HTML for paper: links lead to the whole address, and the first reference to each source has a footnote.

    `note` gives the words of the footnote for the address of a reference; none when it is empty.
    """
    noted: set[str] = set()

    def with_note(link: re.Match[str]) -> str:
        address = html.unescape(link["address"])
        if address in noted:
            return link[0]
        noted.add(address)
        words = note(address)
        return link[0] if not words else f'{link[0]}<span class="{FOOTNOTE}">{html.escape(words, quote=False)}</span>'

    whole = province_map.name_for_paper(_REFERENCE_LINK.sub(with_note, safe_html))
    return Markup(_OWN_LINK.sub(rf"\g<1>{html.escape(base_url)}/", whole))  # noqa: S704 - escaped right here


_OWN_LINK = re.compile(r'(<a [^>]*href=")/(?!/)')
_ADDRESS_SIGNS = "/:.-"
_REFERENCE_LINK = re.compile(rf'<a class="{REFERENCE}" href="(?P<address>[^"]*)">(?P<words>[^<]*)</a>')
_ONLY_MARKS = re.compile(r"[^<>]*(?:<mark>[^<>]*</mark>[^<>]*)*")


def sanitise(raw: str) -> str:
    """Return HTML with nothing in it but the tags, classes and addresses our texts use."""
    return bleach.clean(raw, tags=TAGS, attributes=_may_stay, protocols=WEB_SCHEMES, strip=True, strip_comments=True)


def marked(snippet: str) -> Markup:
    """Let a search snippet through as markup: escaped text with <mark> around what matched, nothing else.

    A snippet that is just that passes as it is: cleaning ten times two snippets took a fifth of a results page.
    """
    if _ONLY_MARKS.fullmatch(snippet):
        return Markup(snippet)  # noqa: S704 - no other tag is in it
    return Markup(bleach.clean(snippet, tags={"mark"}, attributes={}, strip=False))  # noqa: S704 - sanitised right here


def escaped(plain: str) -> Markup:
    """Return plain text as markup that shows it as it is."""
    return Markup.escape(plain)


def stored(safe_html: str) -> Markup:
    """Let HTML through that `render` made and the database kept."""
    return Markup(safe_html)  # noqa: S704 - sanitised when it was saved


class Highlighter:
    """Marks words in what is about to be shown and gives each mark an id: treffer-1, treffer-2 and so on.

    `spans_of` returns the (start, end) pairs to mark in a text.
    """

    def __init__(self, spans_of: Callable[[str], list[tuple[int, int]]]) -> None:
        self._spans_of = spans_of
        self.count = 0

    def html(self, safe_html: str) -> Markup:
        """Mark words in HTML that `render` made; tags are left alone."""
        pieces = _TAG.split(safe_html)  # text and tags by turns
        marked_pieces = [
            piece
            if place % 2 or pieces[place - 1].startswith("<text ")  # of a drawing: the list below says the same
            else self._marked(html.unescape(piece))
            for place, piece in enumerate(pieces)
        ]
        return Markup("".join(marked_pieces))  # noqa: S704 - sanitised HTML and escaped text

    def text(self, plain: str) -> Markup:
        """Mark words in plain text."""
        return Markup(self._marked(plain))  # noqa: S704 - escaped right here

    def _marked(self, plain: str) -> str:
        parts, place = [], 0
        for start, end in self._spans_of(plain):
            self.count += 1
            word = html.escape(plain[start:end], quote=False)
            parts += [html.escape(plain[place:start], quote=False), f'<mark id="treffer-{self.count}">{word}</mark>']
            place = end
        return "".join([*parts, html.escape(plain[place:], quote=False)])


def plain_text(safe_html: str) -> str:
    """Return the words of sanitised HTML, one line per block."""
    reader = _Words()
    reader.feed(safe_html)
    reader.close()
    return reader.text()


def fold(text: str) -> str:
    """Return a text in lower-case ASCII letters, for anchors, file names and comparing."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _anchor(value: str, separator: str) -> str:
    return re.sub(r"[^a-z0-9]+", separator, fold(html.unescape(value))).strip(separator) or "deel"


def _check_size(source: str) -> None:
    if len(source) > MOST_CHARACTERS:
        raise MarkupRefused(f"De tekst telt {len(source)} tekens; het maximum is {MOST_CHARACTERS}.")
    for opening, closing in ("[]", "()"):
        if source.count(opening) - source.count(closing) > MOST_OPEN_BRACKETS:
            raise MarkupRefused("De tekst heeft te veel haken die niet gesloten worden.")
    if _DEEP.search(source):
        raise MarkupRefused(_TOO_DEEP)


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Decide on one attribute; the scheme of an address is checked here because bleach lets `javascript:1` through."""
    if name == "class":
        return set(value.split()) <= CLASSES
    if tag == "a" and name == "href":
        scheme = _scheme_of(value)
        return scheme in WEB_SCHEMES or (
            scheme == "" and value.startswith(("/", "#")) and not value.startswith(("//", "/\\"))
        )
    if tag == "a" and name == "rel":
        return value == "external noopener"
    if tag in _HEADINGS and name == "id":
        return re.fullmatch(r"[a-z0-9_-]{1,120}", value) is not None
    if tag == "div" and name in {"role", "tabindex", "aria-label"}:
        return (name, value) in {("role", "region"), ("tabindex", "0"), ("aria-label", "Tabel")}
    return tag == "abbr" and name == "title"


def _scheme_of(address: str) -> str | None:
    """Return the scheme of an address, empty without one; None when it is no address, such as http://[x]."""
    try:
        return urlsplit(address.strip()).scheme
    except ValueError:
        return None


class _Links(markdown.Extension, Treeprocessor):
    """Resolves links by identity, boxes "In het kort" and makes wide tables scroll inside themselves."""

    def __init__(self, resolve: Resolver) -> None:
        markdown.Extension.__init__(self)
        self.resolve = resolve
        self.alive: list[str] = []
        self.dead: list[str] = []

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Markdown's name
        """Run after the headings have their anchors."""
        Treeprocessor.__init__(self, md)
        md.treeprocessors.register(self, "house", 1)

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        places = {heading.get("id") for heading in root.iter() if heading.tag in _HEADINGS}
        for link in root.iter("a"):
            self._resolve(link, places)
        _wrap_tables(root)
        _box_in_short(root)

    def _resolve(self, link: Element, places: Container[str | None]) -> None:
        target = link.get("href", "")
        scheme, _, identity = target.partition(":")
        if scheme in IDENTITIES:
            address = self.resolve(scheme, identity)
            (self.dead if address is None else self.alive).append(target)
            link.set("href", address or "#")
        elif scheme in {"http", "https"} and _scheme_of(target) is not None:
            link.set("rel", "external noopener")
            link.set("class", "external")
        elif not (target.startswith("#") and target[1:] in places) and scheme != "mailto":
            self.dead.append(target)


def _wrap_tables(root: Element) -> None:
    for place, child in list(enumerate(root)):
        if child.tag == "table":
            region = Element("div", {"class": "table-scroll", "role": "region", "tabindex": "0", "aria-label": "Tabel"})
            region.append(child)
            root[place] = region


def _box_in_short(root: Element) -> None:
    """Put the section "In het kort" in a box of its own."""
    start = next((n for n, child in enumerate(root) if child.tag == "h2" and child.get("id") == IN_SHORT), None)
    if start is None:
        return
    end = next((n for n in range(start + 1, len(root)) if root[n].tag == "h2"), len(root))
    box = Element("div", {"class": "in-short"})
    for child in list(root)[start:end]:
        root.remove(child)
        box.append(child)
    root.insert(start, box)


class _Words(HTMLParser):
    """Collects text; a block ends a line."""

    LINES = (_BLOCKS | {"br", "table", "tr"}) - {"ol", "ul", "dl"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a line."""
        del attrs
        if tag in self.LINES:
            self.pieces.append("\n")
        elif tag in {"td", "th"}:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a line."""
        if tag in self.LINES:
            self.pieces.append("\n")

    def text(self) -> str:
        """Return the lines without blank ones."""
        return "\n".join(_lines("".join(self.pieces)))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = " ".join(line.split())
        if words:
            yield words
