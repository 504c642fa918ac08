"""The public pages of texts: themes, news, lexicon, and the pages about the site."""

from datetime import date
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.core import markup
from helpdesk.core.clock import brussels_date, now
from helpdesk.core.errors import NotFound
from helpdesk.core.paging import Page, page_number
from helpdesk.core.vocabulary import Theme
from helpdesk.rulings import queries as ruling_queries
from helpdesk.rulings.pages import Link, theme_links
from helpdesk.texts import queries, rendering, rules
from helpdesk.texts.models import PublishedText, TextKind
from helpdesk.texts.pages import (
    Banner,
    Branch,
    Comparison,
    HistoryPage,
    LexiconPage,
    NewsListPage,
    NewsPage,
    NewsRow,
    NoVersionPage,
    PrintedText,
    SitePage,
    Term,
    TermPage,
    ThemePage,
    ThemesPage,
    ThemeTeaser,
    VersionRow,
    WithdrawnTextPage,
    WorklistPage,
    address_of,
    banner_of,
    group_by_letter,
)
from helpdesk.texts.queries import Live
from helpdesk.web.audiences import editing, public
from helpdesk.web.database import db_session
from helpdesk.web.feeds import FeedEntry, atom
from helpdesk.web.filters import long_date
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.printing import pdf_answer
from helpdesk.web.services import services
from helpdesk.web.views import PageBase, show

NEWS_PER_PAGE = 20
MOST_RULINGS_BESIDE = 6
MOST_NEWS_BESIDE = 4
CHANGES_IN_FEED = 30


@public.get("/themas")
def list_themes() -> ResponseReturnValue:
    """Show the five branches with what lies right under them."""
    themes = services().vocabulary.themes
    below = [child.id for branch in themes.branches for child in themes.children(branch.id)]
    summaries = queries.summaries_of_themes(db_session(), below)
    branches = [
        Branch(
            title=branch.title,
            address=url_for("public.show_theme", path=branch.path),
            description=branch.description,
            children=[ThemeTeaser.of(child, summaries) for child in themes.children(branch.id)],
        )
        for branch in themes.branches
    ]
    return show(ThemesPage(branches=branches))


@public.get("/themas/<path:path>")
def show_theme(path: str) -> ResponseReturnValue:
    """Show one node of the taxonomy, with its text as it is or as it was."""
    theme = services().vocabulary.themes.get_by_path(path)
    text = queries.find_any_text(db_session(), TextKind.THEME, theme.id)
    if text is None or (text.live_number is None and text.withdrawn_reason is None):
        return show(_theme_page(theme, None))
    if text.live_number is None:
        return show(_theme_page(theme, None, withdrawn_reason=text.withdrawn_reason)), HTTPStatus.GONE
    return _show_asked(text)


@public.get("/themas/<path:path>/geschiedenis")
def list_theme_versions(path: str) -> ResponseReturnValue:
    """List the versions of the text of a node, and compare two."""
    return _history(TextKind.THEME, services().vocabulary.themes.get_by_path(path).id)


@public.get("/themas/<path:path>/atom.xml")
def follow_theme(path: str) -> ResponseReturnValue:
    """Answer what changed in substance about a node and what lies under it, as an Atom feed."""
    vocabulary = services().vocabulary
    theme = vocabulary.themes.get_by_path(path)
    changes = queries.substantive_changes(db_session(), vocabulary.themes.below(theme.id), limit=CHANGES_IN_FEED)
    entries = [
        FeedEntry(
            address=f"{address_of(live, vocabulary)}?versie={live.version.number}",
            title=live.version.title,
            summary=live.version.change_note or live.version.summary,
            updated_at=live.version.published_at,
        )
        for live in changes
    ]
    about, base_url = f"/themas/{theme.path}", services().settings.base_url
    feed = atom(theme.title, address=f"{about}/atom.xml", about=about, entries=entries, base_url=base_url)
    return Response(feed, mimetype="application/atom+xml")


@public.get("/themas/<path:path>/pdf")
def print_theme(path: str) -> ResponseReturnValue:
    """Answer the text of a node as PDF."""
    theme = services().vocabulary.themes.get_by_path(path)
    return _printed(queries.get_text(db_session(), TextKind.THEME, theme.id))


@public.get("/nieuws/<slug>/pdf")
def print_news(slug: str) -> ResponseReturnValue:
    """Answer a news item as PDF."""
    return _printed(queries.get_text(db_session(), TextKind.NEWS, slug))


@public.get("/nieuws")
def list_news() -> ResponseReturnValue:
    """Show one page of the news."""
    session = db_session()
    total = queries.count_texts(session, TextKind.NEWS)
    number = page_number(request.args.get("pagina"))
    items = queries.news(session, offset=(number - 1) * NEWS_PER_PAGE, limit=NEWS_PER_PAGE)
    rows = [NewsRow.of(item) for item in items]
    canonical = url_for("public.list_news") if number == 1 else url_for("public.list_news", pagina=number)
    return show(NewsListPage(news=Page(rows, number, NEWS_PER_PAGE, total), canonical=canonical))


@public.get("/nieuws/<slug>")
def show_news(slug: str) -> ResponseReturnValue:
    """Show one news item, as it is or as it was."""
    return _show_text(TextKind.NEWS, slug)


@public.get("/nieuws/<slug>/geschiedenis")
def list_news_versions(slug: str) -> ResponseReturnValue:
    """List the versions of a news item, and compare two."""
    return _history(TextKind.NEWS, slug)


@public.get("/nieuws/atom.xml")
def follow_news() -> ResponseReturnValue:
    """Answer the newest news as an Atom feed."""
    entries = [
        FeedEntry(
            address=f"/nieuws/{live.text.slug}",
            title=live.version.title,
            summary=live.version.summary,
            updated_at=live.version.published_at,
        )
        for live in queries.news(db_session(), limit=NEWS_PER_PAGE)
    ]
    base_url = services().settings.base_url
    feed = atom("Nieuws", address="/nieuws/atom.xml", about="/nieuws", entries=entries, base_url=base_url)
    return Response(feed, mimetype="application/atom+xml")


@public.get("/lexicon")
def list_terms() -> ResponseReturnValue:
    """Show all terms by letter."""
    return show(LexiconPage(letters=group_by_letter([Term.of(live) for live in queries.terms(db_session())])))


@public.get("/lexicon/<term>")
def show_term(term: str) -> ResponseReturnValue:
    """Show one term, as it is or as it was."""
    return _show_text(TextKind.LEXICON, term)


@public.get("/lexicon/<term>/geschiedenis")
def list_term_versions(term: str) -> ResponseReturnValue:
    """List the versions of a term, and compare two."""
    return _history(TextKind.LEXICON, term)


@public.get("/<any(over, contact, privacy, toegankelijkheid):slug>")
def show_site_page(slug: str) -> ResponseReturnValue:
    """Show a page about the site, as it is or as it was."""
    return _show_text(TextKind.PAGE, slug)


@public.get("/<any(over, contact, privacy, toegankelijkheid):slug>/geschiedenis")
def list_page_versions(slug: str) -> ResponseReturnValue:
    """List the versions of a page about the site, and compare two."""
    return _history(TextKind.PAGE, slug)


@public.get("/hergebruik")
def show_reuse() -> ResponseReturnValue:
    """Tell what others may do with texts and data."""
    return _show_text(TextKind.PAGE, "hergebruik")


@public.get("/hergebruik/geschiedenis")
def list_reuse_versions() -> ResponseReturnValue:
    """List the versions of that page, and compare two."""
    return _history(TextKind.PAGE, "hergebruik")


@public.get("/per-provincie")
def show_provinces() -> ResponseReturnValue:
    """Tell where to go for what, by province."""
    return _show_text(TextKind.PAGE, "per-provincie")


@public.get("/per-provincie/geschiedenis")
def list_versions_of_provinces() -> ResponseReturnValue:
    """List the versions of that page, and compare two."""
    return _history(TextKind.PAGE, "per-provincie")


@public.get("/fiches")
def list_sheets() -> ResponseReturnValue:
    """Show the sheets for first-line workers; an editor writes the list."""
    return _show_text(TextKind.PAGE, "fiches")


@public.get("/fiches/geschiedenis")
def list_versions_of_sheets() -> ResponseReturnValue:
    """List the versions of the list of sheets, and compare two."""
    return _history(TextKind.PAGE, "fiches")


@public.get("/fiches/<name>")
def show_sheet(name: str) -> ResponseReturnValue:
    """Show one sheet for first-line workers."""
    return _show_text(TextKind.PAGE, f"{rules.SHEET}{name}")


@public.get("/fiches/<name>/geschiedenis")
def list_sheet_versions(name: str) -> ResponseReturnValue:
    """List the versions of a sheet, and compare two."""
    return _history(TextKind.PAGE, f"{rules.SHEET}{name}")


def text_page(live: Live, banner: Banner | None = None) -> PageBase:
    """Return the page on which the public reads a version of a text."""
    session, vocabulary, today = db_session(), services().vocabulary, brussels_date(now())
    highlighting = _highlighting(live)
    if live.text.kind == TextKind.THEME:
        return _theme_page(vocabulary.themes[live.text.slug], live, banner=banner)
    if live.text.kind == TextKind.NEWS:
        rulings = ruling_queries.rulings_named(session, live.version.rulings)
        return NewsPage.of(
            live, rulings=rulings, vocabulary=vocabulary, today=today, highlighting=highlighting, banner=banner
        )
    if live.text.kind == TextKind.LEXICON:
        return TermPage.of(live, vocabulary, today=today, highlighting=highlighting, banner=banner)
    return SitePage.of(live, vocabulary, today=today, highlighting=highlighting, banner=banner)


def _theme_page(
    theme: Theme, live: Live | None, *, withdrawn_reason: str | None = None, banner: Banner | None = None
) -> ThemePage:
    session, vocabulary = db_session(), services().vocabulary
    below = vocabulary.themes.below(theme.id)
    leading = ruling_queries.rulings_named(session, live.version.rulings if live else [])
    newest = ruling_queries.rulings_about(session, below, limit=MOST_RULINGS_BESIDE)
    beside = {ruling.slug: ruling for ruling in [*leading, *newest]}
    children = [child.id for child in vocabulary.themes.children(theme.id)]
    return ThemePage.of(
        theme,
        live=live,
        summaries=queries.summaries_of_themes(session, children),
        rulings=list(beside.values())[: max(MOST_RULINGS_BESIDE, len(leading))],
        rulings_total=ruling_queries.count_rulings_about(session, below),
        news=queries.news(session, limit=MOST_NEWS_BESIDE, nodes=below),
        vocabulary=vocabulary,
        today=brussels_date(now()),
        highlighting=_highlighting(live),
        withdrawn_reason=withdrawn_reason,
        banner=banner,
    )


def _show_text(kind: TextKind, slug: str) -> ResponseReturnValue:
    """Show a text; an old address leads to the present one, and a withdrawn text says why it is gone."""
    text = queries.find_any_text(db_session(), kind, slug)
    if text is None:
        return _led_on(kind, slug, "")
    if text.live_number is None:
        return _gone(text)
    return _show_asked(text)


def _led_on(kind: TextKind, slug: str, rest: str) -> ResponseReturnValue:
    """Lead to where a text went, with what was asked of it. Raises NotFound when it never was there."""
    text = queries.find_moved_text(db_session(), kind, slug)
    if text is None:
        raise NotFound(f"Er is geen tekst '{slug}' van de soort {kind}.")
    address = rules.address_of(kind, text.slug, services().vocabulary) + rest
    asked = request.query_string.decode()
    return redirect(f"{address}?{asked}" if asked else address, code=HTTPStatus.MOVED_PERMANENTLY)


def _gone(text: PublishedText) -> ResponseReturnValue:
    if text.withdrawn_reason is None:
        raise NotFound(f"De tekst '{text.slug}' staat niet meer op de site.")
    lists = {TextKind.NEWS: Link("Nieuws", "/nieuws"), TextKind.LEXICON: Link("Lexicon", "/lexicon")}
    page = WithdrawnTextPage(
        title="Ingetrokken tekst",
        reason=text.withdrawn_reason,
        above=lists.get(TextKind(text.kind), Link("Thema's", "/themas")),
        themes=theme_links([row.node for row in text.themes], services().vocabulary),
    )
    return show(page), HTTPStatus.GONE


def _show_asked(text: PublishedText) -> ResponseReturnValue:
    """Show the live version of a text, or the one the address asks for by `versie` or `op`; nonsense asks nothing."""
    session, vocabulary = db_session(), services().vocabulary
    number, day = _number(request.args.get("versie")), _day(request.args.get("op"))
    if number is None and day is None:
        return show(text_page(queries.live_version(session, text)))
    versions = queries.versions_of(session, text.id)
    address = rules.address_of(text.kind, text.slug, vocabulary)
    if number is None and day is not None:
        found, missing = rules.version_on(versions, day), f"Op {long_date(day)} stond deze tekst er niet."
    else:
        found = next((version for version in versions if version.number == number), None)
        missing = f"Er is geen versie {number}."
    links = [Link("Naar de tekst van vandaag", address), Link("Alle versies", f"{address}/geschiedenis")]
    if found is None:
        first = long_date(brussels_date(versions[-1].published_at))
        page = NoVersionPage(sentence=f"{missing} De eerste versie is van {first}.", links=links)
        return show(page), HTTPStatus.NOT_FOUND
    if found.hidden_reason is not None:
        page = NoVersionPage(
            title=f"Versie {found.number} tonen we niet meer", sentence=found.hidden_reason, links=links
        )
        return show(page), HTTPStatus.GONE
    after = next((version for version in versions if version.number == found.number + 1), None)
    banner = banner_of(text, found, after, address)
    return show(text_page(_with_amounts_of(Live(text, found), day if number is None else None), banner))


def _with_amounts_of(live: Live, day: date | None) -> Live:
    """Return a version with the amounts that held on a day; what is stored has those of its own last day."""
    if day is None or not markup.amount_ids(live.version.source):
        return live
    session, vocabulary = db_session(), services().vocabulary
    rendered, _ = rendering.render(session, live.text.content_path, live.version.source, vocabulary, on=day)
    session.expunge(live.version)  # what is shown for one visitor is never stored
    live.version.html, live.version.plain = rendered.html, rendered.plain
    return live


def _history(kind: TextKind, slug: str) -> ResponseReturnValue:
    """Show the versions of a live text; an old address leads on, a withdrawn text keeps its versions to itself."""
    session, vocabulary = db_session(), services().vocabulary
    text = queries.find_any_text(session, kind, slug)
    if text is None:
        return _led_on(kind, slug, "/geschiedenis")
    if text.live_number is None:
        return _gone(text)
    versions = queries.versions_of(session, text.id)
    by_number = {version.number: version for version in versions if version.hidden_reason is None}
    older, newer = (by_number.get(_number(request.args.get(name)) or 0) for name in ("van", "tot"))
    address = rules.address_of(kind, slug, vocabulary)
    title = by_number[text.live_number].title
    newest = versions[0].number
    comparison = None
    if older is not None and newer is not None and older is not newer:
        settle = _highlighting(Live(text, newer)).html
        comparison = Comparison.of(older, newer, to_markup=settle)
    return show(
        HistoryPage(
            title=f"Versies van: {title}",
            canonical=f"{address}/geschiedenis",
            above=[Link(title, address)],
            address=address,
            versions=[VersionRow.of(version, address, shown=by_number) for version in versions],
            comparison=comparison,
            older=older.number if older else sorted(by_number)[-2:][0],
            newer=newer.number if newer else newest,
        )
    )


def _number(text: str | None) -> int | None:
    """Read the number of a version; None when it is none."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < len("1000000")
    return int(text) if text is not None and is_number else None


def _day(text: str | None) -> date | None:
    """Read a day of an address; None when it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _printed(live: Live) -> ResponseReturnValue:
    held = services()
    address = rules.address_of(live.text.kind, live.text.slug, held.vocabulary)
    base_url = held.settings.base_url
    page = PrintedText.of(live, held.vocabulary, address=address, base_url=base_url, today=brussels_date(now()))
    return pdf_answer(page, live.text.slug)


def _highlighting(live: Live | None) -> Highlighting:
    """Return what marks searched words, in a text whose links to rulings lead to what we hold now."""
    if live is None:
        return Highlighting()
    session, source_id = db_session(), live.text.document_id

    def settle(html: str) -> str:
        return ruling_queries.settle_links(session, html, ruling_queries.removed_addresses(session, source_id))

    return Highlighting(settle)


@editing.get("/na-te-kijken")
def list_unchecked() -> ResponseReturnValue:
    """Show the editors which texts no jurist has checked and which statements could not be confirmed."""
    return show(WorklistPage.of(queries.all_texts(db_session()), services().vocabulary))
