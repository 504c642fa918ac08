"""Visit pages as a browser would: each page is checked as a page, forms are filled by the names on the screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.pageclient_checks import check_page, elements, parse, words

Values = Mapping[str, object]
NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})


class FormMismatch(AssertionError):
    """A test fills in what the page does not offer: no such field, or no such choice."""


class UnexpectedStatus(AssertionError):
    """A page answered with another status than the test expects."""


@dataclass
class Visitor:
    """Someone at a browser, signed in or not. `before_request` stores what the test itself wrote."""

    client: FlaskClient
    before_request: Callable[[], None] = field(default=lambda: None)

    def get(self, path: str, *, expect: int = HTTPStatus.OK) -> "Page":
        """Fetch a page, following redirects, and check it as a page. Raises UnexpectedStatus, PageBroken."""
        return self._page(self.fetch(path, follow_redirects=True), expect)

    def post(self, path: str, values: Values, *, expect: int = HTTPStatus.OK) -> "Page":
        """Send values without a form: what a browser would not do. They carry no CSRF field of their own."""
        return self._page(self.fetch(path, method="POST", data=dict(values), follow_redirects=True), expect)

    def fetch(self, path: str, *, method: str = "GET", **options: object) -> TestResponse:
        """Return the bare response, unchecked, without following a redirect: for files, feeds and headers."""
        self.before_request()
        options.setdefault("buffered", True)  # as a server does: read to the end and closed, with what waits for that
        response: TestResponse = self.client.open(path, method=method, **options)  # type: ignore[arg-type]
        self.before_request()
        return response

    def _page(self, response: TestResponse, expect: int) -> "Page":
        request = response.request
        path = request.path + (f"?{request.query_string.decode()}" if request.query_string else "")
        if response.status_code != expect:
            said = words(parse(response.text)[0])[:300] if response.mimetype == "text/html" else response.text[:300]
            raise UnexpectedStatus(f"{path} answered {response.status_code}, not {int(expect)}: {said}")
        if response.mimetype != "text/html":
            raise UnexpectedStatus(f"{path} is {response.mimetype}, not a page: use fetch")
        root, faults = parse(response.text)
        check_page(root, faults, path)
        return Page(visitor=self, path=path, status=response.status_code, source=response.text, root=root)


@dataclass(frozen=True)
class Page:
    """One fetched page that is well made. `path` is the address after redirects, query included."""

    visitor: Visitor
    path: str
    status: int
    source: str
    root: Element

    @property
    def text(self) -> str:
        """The words of the page on one line, without scripts."""
        body = next(elements(self.root, "body"))
        return words(body)

    @property
    def main(self) -> str:
        """The words of the main part only: no header, menu or footer."""
        return words(next(elements(self.root, "main")))

    @property
    def heading(self) -> str:
        """The words of the one h1."""
        return words(next(elements(self.root, "h1")))

    def all(self, tag: str, *, class_: str | None = None) -> list[Element]:
        """Return the elements with a tag and, when given, a class, in the order of the page."""
        return [
            element
            for element in elements(self.root, tag)
            if class_ is None or class_ in element.get("class", "").split()
        ]

    def texts(self, tag: str, *, class_: str | None = None) -> list[str]:
        """Return the words of those elements."""
        return [words(element) for element in self.all(tag, class_=class_)]

    def links(self) -> dict[str, str]:
        """Return the address of each link by its words; of links with the same words the last."""
        return {words(link): link.get("href", "") for link in self.all("a")}

    def table(self, number: int = 0) -> list[list[str]]:
        """Return the cells of a table of the page, row by row, the header row too."""
        rows = elements(self.all("table")[number], "tr")
        return [[words(cell) for cell in elements(row, "th", "td")] for row in rows]

    def follow(self, text: str) -> "Page":
        """Follow the link with these words."""
        links = self.links()
        if text not in links:
            raise FormMismatch(f"{self.path} has no link {text!r}; it has {sorted(links)}")
        return self.visitor.get(links[text])

    def fill(self, values: Values, *, action: str | None = None) -> "Form":
        """Fill in the first form that has all these fields (and this action, when given).

        A list fills a field with several values; True ticks a box, None or False clears the field.

        Raises:
            FormMismatch: no form has these fields, or a list or a set of boxes does not offer the value.
        """
        main = [form for part in elements(self.root, "main") for form in elements(part, "form")]
        forms = main + [form for form in elements(self.root, "form") if form not in main]
        for form in forms:
            if action in (None, form.get("action")) and set(values) <= set(offers(form)):
                return Form(page=self, element=form, data=filled(form, values))
        known = {form.get("action"): sorted(offers(form)) for form in forms}
        raise FormMismatch(f"{self.path} has no form with {sorted(values)}; it has {known}")


@dataclass(frozen=True)
class Form:
    """A form as filled in, ready to send."""

    page: Page
    element: Element
    data: MultiDict[str, str]

    def submit(self, button: str | None = None, *, expect: int = HTTPStatus.OK) -> Page:
        """Send the form, pressing the button with these words when given; return the page it leads to."""
        data = MultiDict(self.data)
        if button is not None:
            data.update(self._pressed(button))
        path = self.element.get("action", "")
        posts = self.element.get("method", "get").lower() == "post"
        options = {"data": data} if posts else {"query_string": data}
        visitor = self.page.visitor
        response = visitor.fetch(path, method="POST" if posts else "GET", follow_redirects=True, **options)
        return visitor._page(response, expect)

    def _pressed(self, text: str) -> dict[str, str]:
        for button in elements(self.element, "button", "input"):
            if (words(button) or button.get("value")) == text and button.get("type", "submit") == "submit":
                return {button.get("name", ""): button.get("value", "")} if button.get("name") else {}
        raise FormMismatch(f"{self.page.path} has no button {text!r}")


def offers(form: Element) -> dict[str, list[Element]]:
    """Return the fields of a form by name, in the order of the screen; buttons are none."""
    found: dict[str, list[Element]] = {}
    for element in elements(form, "input", "select", "textarea"):
        is_button = element.tag == "input" and element.get("type", "text").lower() in NOT_SENT
        if (name := element.get("name")) and not is_button:
            found.setdefault(name, []).append(element)
    return found


def filled(form: Element, values: Values) -> MultiDict[str, str]:
    """Return what a browser sends for a form with these values typed over what it held."""
    data: MultiDict[str, str] = MultiDict()
    for name, fields in offers(form).items():
        sent = _typed(name, fields, values[name]) if name in values else _held(fields)
        data.setlist(name, sent)
    return MultiDict((name, value) for name, value in data.items(multi=True))


def _is_choice(element: Element) -> bool:
    return element.tag == "input" and element.get("type") in {"radio", "checkbox"}


def _options(element: Element) -> dict[str, Element]:
    return {option.get("value", words(option)): option for option in elements(element, "option")}


def _held(fields: list[Element]) -> list[str]:
    held: list[str] = []
    for element in fields:
        if element.get("disabled") is not None:
            continue
        if element.tag == "select":
            options = _options(element)
            chosen = [value for value, option in options.items() if option.get("selected") is not None]
            first = list(options)[:1] if element.get("multiple") is None else []
            held += chosen or first
        elif _is_choice(element):
            held += [element.get("value", "on")] if element.get("checked") is not None else []
        elif element.tag == "textarea":
            held.append("".join(element.itertext()))
        else:
            held.append(element.get("value", ""))
    return held


def _typed(name: str, fields: list[Element], value: object) -> list[str]:
    wanted: list[object] = list(value) if isinstance(value, (list, tuple, set)) else [value]
    wanted = [one for one in wanted if one is not None and one is not False]
    if _is_choice(fields[0]):
        offered = [element.get("value", "on") for element in fields]
        wanted = [*offered[:1]] if value is True else wanted
    elif fields[0].tag == "select":
        offered = [option for element in fields for option in _options(element)]
        wanted = wanted or ([""] if "" in offered else [])
    else:
        return [str(one) for one in wanted] or [""]
    if unknown := [str(one) for one in wanted if str(one) not in offered]:
        raise FormMismatch(f"the field {name!r} does not offer {unknown}; it offers {offered}")
    return [str(one) for one in wanted]
