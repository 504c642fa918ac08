"""Templates compile, receive one page and nothing else, and import nothing they do not use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

from helpdesk.settings import PROJECT
from helpdesk.web.views import PageBase

MAY_BE_KNOWN = frozenset({"page", "shell", "url_for", "get_flashed_messages", "csrf_token"})


def sources(app: Flask) -> Iterator[tuple[str, str]]:
    """Return the name and the source of each of our own templates."""
    for name in app.jinja_env.list_templates(extensions=["html", "xml", "txt"]):
        loader = app.jinja_env.loader
        assert loader is not None
        source, path, _ = loader.get_source(app.jinja_env, name)
        if path and Path(path).is_relative_to(PROJECT / "helpdesk"):
            yield name, source


def imported_names(tree: nodes.Template) -> set[str]:
    """Return what a template imports, by the name it uses."""
    names = {given for node in tree.find_all(nodes.FromImport) for given in node.names}
    return {name[1] if isinstance(name, tuple) else name for name in names} | {
        node.target for node in tree.find_all(nodes.Import)
    }


def own_names(tree: nodes.Template) -> set[str]:
    """Return what a template defines itself; Jinja's own look at undeclared names misses these inside a block."""
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in {"store", "param"}}
    return stored | {macro.name for macro in tree.find_all(nodes.Macro)}


def page_classes(base: type[PageBase] = PageBase) -> Iterator[type[PageBase]]:
    """Return every kind of page."""
    for kind in base.__subclasses__():
        yield kind
        yield from page_classes(kind)


def test_every_template_compiles(bare_app: Flask) -> None:
    compiled = [bare_app.jinja_env.get_template(name) for name, _ in sources(bare_app)]

    assert len(compiled) > 10


def test_templates_know_the_page_and_nothing_else(bare_app: Flask) -> None:
    """No request, no user, no configuration: what a page shows was decided in pages.py."""
    strange = {}
    for name, source in sources(bare_app):
        if not name.endswith(".html"):
            continue  # a file for machines is given its few values by name
        tree = bare_app.jinja_env.parse(source)
        known = MAY_BE_KNOWN | imported_names(tree) | own_names(tree)
        if found := meta.find_undeclared_variables(tree) - known:
            strange[name] = sorted(found)

    assert strange == {}


def test_templates_import_nothing_unused(bare_app: Flask) -> None:
    unused = []
    for name, source in sources(bare_app):
        tree = bare_app.jinja_env.parse(source)
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        unused += [f"{name}: {given}" for given in sorted(imported_names(tree) - used)]

    assert unused == []


def test_every_page_has_its_template(bare_app: Flask) -> None:
    names = {name for name, _ in sources(bare_app)}
    missing = [kind.__name__ for kind in page_classes() if "template" in vars(kind) and kind.template not in names]

    assert missing == []


def test_every_template_is_used(bare_app: Flask) -> None:
    """A page names it, or another template extends, includes or imports it."""
    used = {kind.template for kind in page_classes() if "template" in vars(kind)}
    for _, source in sources(bare_app):
        used |= {name for name in meta.find_referenced_templates(bare_app.jinja_env.parse(source)) if name}
    named_in_code = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "helpdesk").rglob("*.py"))

    unused = [name for name, _ in sources(bare_app) if name not in used and f'"{name}"' not in named_in_code]

    assert unused == []


@pytest.mark.parametrize("kind", ["style=", "onclick", "javascript:"])
def test_templates_hold_nothing_inline(bare_app: Flask, kind: str) -> None:
    assert [name for name, source in sources(bare_app) if f" {kind}" in source.lower()] == []
