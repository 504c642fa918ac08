"""The public pages of texts: themes, news, lexicon, and the pages about the site."""

from functools import partial

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.core.clock import brussels_date, now
from helpdesk.core.paging import Page, page_number
from helpdesk.rulings import queries as ruling_queries
from helpdesk.texts import queries, rules
from helpdesk.texts.models import TextKind
from helpdesk.texts.pages import (
    Body,
    Branch,
    LexiconPage,
    NewsListPage,
    NewsPage,
    NewsRow,
    PrintedText,
    SitePage,
    Term,
    TermPage,
    ThemePage,
    ThemesPage,
    ThemeTeaser,
    WorklistPage,
    group_by_letter,
)
from helpdesk.texts.queries import Live
from helpdesk.web.audiences import editing, public
from helpdesk.web.database import db_session
from helpdesk.web.feeds import FeedEntry, atom
from helpdesk.web.highlighting import Highlighting
from helpdesk.web.printing import pdf_answer
from helpdesk.web.services import services
from helpdesk.web.views import show

NEWS_PER_PAGE = 20
MOST_RULINGS_BESIDE = 6
MOST_NEWS_BESIDE = 4


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
    """Show one node of the taxonomy."""
    session, vocabulary = db_session(), services().vocabulary
    theme = vocabulary.themes.get_by_path(path)
    below = vocabulary.themes.below(theme.id)
    live = queries.find_text(session, TextKind.THEME, theme.id)
    leading = ruling_queries.rulings_named(session, live.version.rulings if live else [])
    newest = ruling_queries.rulings_about(session, below, limit=MOST_RULINGS_BESIDE)
    beside = {ruling.slug: ruling for ruling in [*leading, *newest]}
    return show(
        ThemePage.of(
            theme,
            live=live,
            summaries=queries.summaries_of_themes(
                session, [child.id for child in vocabulary.themes.children(theme.id)]
            ),
            rulings=list(beside.values())[: max(MOST_RULINGS_BESIDE, len(leading))],
            rulings_total=ruling_queries.count_rulings_about(session, below),
            news=queries.news(session, limit=MOST_NEWS_BESIDE, nodes=below),
            vocabulary=vocabulary,
            today=brussels_date(now()),
            highlighting=_highlighting(live),
        )
    )


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
    """Show one news item."""
    session, vocabulary = db_session(), services().vocabulary
    live = queries.get_text(session, TextKind.NEWS, slug)
    rulings = ruling_queries.rulings_named(session, live.version.rulings)
    page = NewsPage.of(
        live, rulings=rulings, vocabulary=vocabulary, today=brussels_date(now()), highlighting=_highlighting(live)
    )
    return show(page)


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
    """Show one term."""
    live = queries.get_text(db_session(), TextKind.LEXICON, term)
    today = brussels_date(now())
    return show(TermPage.of(live, services().vocabulary, today=today, highlighting=_highlighting(live)))


@public.get("/<any(over, contact, privacy, toegankelijkheid):slug>")
def show_site_page(slug: str) -> ResponseReturnValue:
    """Show a page about the site."""
    live = queries.get_text(db_session(), TextKind.PAGE, slug)
    highlighting = _highlighting(live)
    body = Body.of(live, services().vocabulary, today=brussels_date(now()), to_markup=highlighting.html)
    return show(
        SitePage(
            highlight=highlighting.result(),
            title=live.version.title,
            description=live.version.summary,
            canonical=f"/{slug}",
            lead=live.version.summary,
            body=body,
            stand_of_law=live.version.stand_of_law,
        )
    )


def _printed(live: Live) -> ResponseReturnValue:
    held = services()
    address = rules.address_of(live.text.kind, live.text.slug, held.vocabulary)
    base_url = held.settings.base_url
    page = PrintedText.of(live, held.vocabulary, address=address, base_url=base_url, today=brussels_date(now()))
    return pdf_answer(page, live.text.slug)


def _highlighting(live: Live | None) -> Highlighting:
    """Return what marks searched words, in a text whose links to rulings lead to what we hold now."""
    source_id = live.text.document_id if live else ""
    return Highlighting(partial(ruling_queries.settle_links, db_session(), source_id=source_id))


@editing.get("/na-te-kijken")
def list_unchecked() -> ResponseReturnValue:
    """Show the editors which texts no jurist has checked and which statements could not be confirmed."""
    return show(WorklistPage.of(queries.all_texts(db_session()), services().vocabulary))
