"""What every page must be: valid HTML5, named, labelled, safe under the content security policy."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.etree.ElementTree import Comment, Element

import html5lib

Check = Callable[[Element], Iterator[str]]

UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "image", "reset"})
DATA_BLOCKS = frozenset({"application/ld+json", "application/json"})
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
_INVISIBLE = re.compile("[\u00ad\u200b]")


class PageBroken(AssertionError):
    """A page breaks rules that hold for every page; one line per broken rule."""


def parse(source: str) -> tuple[Element, list[str]]:
    """Return the document and what is wrong with it as HTML5."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parse(source)
    faults = [f"line {line}: {code} {values or ''}".rstrip() for (line, _column), code, values in parser.errors]
    return root, faults


def problems_of(source: str) -> list[str]:
    """Return every rule a page breaks, in the order of the rules; empty when it is well made."""
    root, faults = parse(source)
    return [f"HTML5: {fault}" for fault in faults] + [problem for check in CHECKS for problem in check(root)]


def check_page(root: Element, faults: list[str], path: str) -> None:
    """Refuse a page that breaks a rule. Raises PageBroken."""
    problems = [f"HTML5: {fault}" for fault in faults] + [problem for check in CHECKS for problem in check(root)]
    if problems:
        raise PageBroken("\n".join([path, *problems]))


def words(element: Element) -> str:
    """Return the text of an element on one line, without soft hyphens."""
    return " ".join(_INVISIBLE.sub("", "".join(element.itertext())).split())


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """Return the elements with one of these tags in the order of the page; comments are none."""
    comment: object = Comment  # the tag of a comment is the function that makes it
    return (element for element in root.iter() if element.tag is not comment and (not tags or element.tag in tags))


def name_of(root: Element, element: Element) -> str:
    """Return the name a screen reader speaks for an element: its label, its words or the text of its image."""
    if spoken := element.get("aria-label", "").strip():
        return spoken
    ids = element.get("aria-labelledby", "").split()
    if ids:
        return " ".join(words(other) for other in elements(root) if other.get("id") in ids)
    images = " ".join(image.get("alt", "") for image in elements(element, "img"))
    return f"{words(element)} {images}".strip()


def _describe(element: Element) -> str:
    shown = " ".join(f'{name}="{element.get(name)}"' for name in ("id", "name", "href", "type") if element.get(name))
    return f"<{element.tag} {shown}>".replace(" >", ">")


def check_language(root: Element) -> Iterator[str]:
    """A screen reader must speak Dutch."""
    if not root.get("lang", "").startswith("nl"):
        yield f"language: <html lang> is {root.get('lang')!r}, not nl"


def check_title(root: Element) -> Iterator[str]:
    """One h1 says what the page is, and the window's title opens with it."""
    headings = [words(heading) for heading in elements(root, "h1")]
    titles = [words(title) for title in elements(root, "title")][:1]
    if len(headings) != 1 or not headings[0]:
        yield f"heading: {len(headings)} h1 elements ({headings}), not one"
    elif not titles or not titles[0].startswith(headings[0]):
        yield f"title: {titles} does not open with the h1 {headings[0]!r}"


def check_ids(root: Element) -> Iterator[str]:
    """An id names one element, and what points at an id finds it."""
    counted = Counter(found for element in elements(root) if (found := element.get("id")))
    yield from (f"id: {name!r} stands {times} times" for name, times in counted.items() if times > 1)
    for element in elements(root):
        wanted = [name for attribute in REFERRING for name in element.get(attribute, "").split()]
        if element.tag == "a" and len(target := element.get("href", "")) > 1 and target.startswith("#"):
            wanted.append(target[1:])
        yield from (f"id: {_describe(element)} points at {name!r}: absent" for name in wanted if name not in counted)


def check_labels(root: Element) -> Iterator[str]:
    """Every field has a label."""
    labels = {label.get("for"): words(label) for label in elements(root, "label") if label.get("for")}
    wrapped = {inner for label in elements(root, "label") if words(label) for inner in elements(label)}
    for field in elements(root, "input", "select", "textarea"):
        if field.tag == "input" and field.get("type", "text").lower() in UNLABELLED_INPUTS:
            continue
        spoken = field.get("aria-label") or (field.get("aria-labelledby") and name_of(root, field))
        if not (labels.get(field.get("id")) or field in wrapped or spoken):
            yield f"label: {_describe(field)} has none"


def check_forms(root: Element) -> Iterator[str]:
    """A form says where it goes; one that writes carries the field that proves it is ours."""
    for form in elements(root, "form"):
        if not form.get("action"):
            yield f"form: {_describe(form)} has no action"
        tokens = [
            field for field in elements(form, "input") if field.get("name") == "csrf_token" and field.get("value")
        ]
        if form.get("method", "get").lower() == "post" and not tokens:
            yield f"form: POST to {form.get('action')} has no csrf_token"


def check_nothing_inline(root: Element) -> Iterator[str]:
    """The content security policy refuses inline scripts and styles, so they would not work."""
    for element in elements(root):
        tag = str(element.tag).rpartition("}")[2]
        if tag == "script" and not element.get("src") and element.get("type") not in DATA_BLOCKS:
            yield "inline: <script> without src"
        if tag == "style":
            yield "inline: <style>"
        for attribute, value in element.items():
            if attribute == "style" or attribute.startswith("on"):
                yield f"inline: {attribute} on {_describe(element)}"
            if value.strip().lower().startswith("javascript:"):
                yield f"inline: a javascript: address on {_describe(element)}"


def check_names(root: Element) -> Iterator[str]:
    """An image has a text, also an empty one; a link and a button have a name; a link leads somewhere."""
    yield from (f"image: {image.get('src')} has no alt" for image in elements(root, "img") if image.get("alt") is None)
    for element in elements(root, "a", "button"):
        if not name_of(root, element):
            yield f"name: {_describe(element)} has none"
        if element.tag == "a" and not element.get("href"):
            yield f"link: {words(element)!r} leads nowhere"


def check_tables(root: Element) -> Iterator[str]:
    """A table names its columns or rows."""
    for table in elements(root, "table"):
        if table.get("role") == "presentation":  # of a mail: old programs know no other way to lay out a page
            continue
        if next(elements(table, "th"), None) is None:
            yield f"table: {words(table)[:60]!r} has no th"


def check_heading_order(root: Element) -> Iterator[str]:
    """Headings go down one level at a time: a level is not chosen for its size."""
    levels = [
        (int(str(heading.tag)[1]), words(heading)) for heading in elements(root, "h1", "h2", "h3", "h4", "h5", "h6")
    ]
    for (above, _), (level, text) in pairwise(levels):
        if level > above + 1:
            yield f"heading: h{level} {text!r} follows an h{above}"


CHECKS: tuple[Check, ...] = (
    check_language,
    check_title,
    check_ids,
    check_labels,
    check_forms,
    check_nothing_inline,
    check_names,
    check_tables,
    check_heading_order,
)
