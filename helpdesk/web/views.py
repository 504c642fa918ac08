"""Hand one page to its template: every page is a dataclass that names its own template."""

from dataclasses import dataclass
from typing import ClassVar

from flask import current_app, render_template


@dataclass(frozen=True)
class Highlight:
    """What a visitor searched before opening this page, how often it stands here, and the page without the marks."""

    question: str
    count: int
    plain_address: str


@dataclass(frozen=True, kw_only=True)
class PageBase:
    """What every page hands to its template.

    `title` is the h1 and opens the title of the window; `feed` is the address of an Atom feed of what the page lists.
    `is_counted` is False on a page that says its address leads nowhere, and on one for colleagues.
    """

    template: ClassVar[str]

    title: str
    description: str = ""
    canonical: str | None = None
    may_be_indexed: bool = True
    highlight: Highlight | None = None
    feed: str | None = None
    is_counted: bool = True


def show(page: PageBase) -> str:
    """Render a page; the template receives it as `page` and nothing else."""
    return render_template(page.template, page=page)


def show_alone(page: PageBase) -> str:
    """Render a page that stands on its own: no frame around it, no request needed. For files and commands."""
    return current_app.jinja_env.get_template(page.template).render(page=page)
