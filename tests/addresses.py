"""One real address for every route: what the tests that walk the URL map visit."""

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.models import Ruling
from helpdesk.texts.models import PublishedText, TextKind

AUDIENCES = frozenset({"public", "desk", "editing", "admin", "account", "api", "static"})
OF_A_MAIL = frozenset(f"public.{name}" for name in ("confirm_follow", "manage_follows", "leave_alerts", "show_sent"))
# the shipped content has no uploads and no mail with signed links: their own tests make one
OF_READERS = frozenset(  # the shipped content has no reader and no issue: their own tests make them
    {
        "public.confirm",
        "public.change_preferences",
        "public.leave",
        "public.subscribe_again",
        "public.erase",
        "public.show_issue",
        "editing.compose_newsletter",
        "editing.preview_newsletter",
        "editing.preview_newsletter_text",
        "editing.preview_archived_newsletter",
        "editing.follow_newsletter",
    }
)
OF_UPLOADS = (
    OF_A_MAIL | OF_READERS | {"public.download_source", "public.download_publication", "editing.open_file_version"}
)
OF_ONE_TEXT = frozenset(
    f"editing.{name}_{what}"
    for name, what in (
        *(
            (name, "text")
            for name in ("show", "edit", "write", "keep", "preview", "move", "withdraw", "confirm", "settle")
        ),
        ("drop", "unsaved"),
        ("show", "text_use"),
        ("hide", "version"),
        ("show", "version_again"),
        ("change", "reason_of_version"),
    )
)
GUARDED = frozenset({"desk", "editing", "admin", "account"})


def audience_of(rule: Rule) -> str:
    """Return the blueprint a route belongs to."""
    return str(rule.endpoint).partition(".")[0]


def rules_of(app: Flask) -> list[Rule]:
    """Return the routes in the order of their addresses."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def sample_values(session: Session, vocabulary: Vocabulary) -> Mapping[str, Mapping[str, object]]:
    """Return values that exist in the shipped content, by endpoint and argument."""
    with_ecli = select(Ruling).where(Ruling.ecli.is_not(None)).order_by(Ruling.id).limit(1)
    ruling = session.scalars(with_ecli).one()
    return {
        "public.show_theme": {"path": vocabulary.themes[_slug(session, TextKind.THEME)].path},
        "public.follow_theme": {"path": vocabulary.themes[_slug(session, TextKind.THEME)].path},
        "public.list_theme_versions": {"path": vocabulary.themes[_slug(session, TextKind.THEME)].path},
        "public.list_news_versions": {"slug": _slug(session, TextKind.NEWS)},
        "public.list_term_versions": {"term": _slug(session, TextKind.LEXICON)},
        "public.list_page_versions": {"slug": "over"},
        "public.print_theme": {"path": vocabulary.themes[_slug(session, TextKind.THEME)].path},
        "public.print_news": {"slug": _slug(session, TextKind.NEWS)},
        "public.print_ruling": {"slug": ruling.slug},
        "public.show_news": {"slug": _slug(session, TextKind.NEWS)},
        "public.start_pathway": {"slug": "gezinshereniging"},
        "public.follow_pathway": {"slug": "gezinshereniging", "path": "belg/nee"},
        "public.show_publication": {"slug": "wie-moet-en-mag-inburgeren"},
        "public.download_publication": {"slug": "wie-moet-en-mag-inburgeren", "number": 1},
        "editing.open_file_version": {"slug": "wie-moet-en-mag-inburgeren", "number": 1},
        **{
            f"editing.{name}": {"slug": "wie-moet-en-mag-inburgeren"}
            for name in ("replace_file", "list_file_versions", "hide_file", "change_reason_of_file", "show_file_again")
        },
        "public.show_term": {"term": _slug(session, TextKind.LEXICON)},
        "public.show_site_page": {"slug": "over"},
        **{name: {"kind": "lexicon", "slug": _slug(session, TextKind.LEXICON)} for name in OF_ONE_TEXT},
        "public.show_sheet": {"name": "werk"},
        "public.list_sheet_versions": {"name": "werk"},
        "public.show_ruling": {"slug": ruling.slug},
        **{endpoint: {"token": "x"} for endpoint in OF_A_MAIL},
        "public.map_texts": {"kind": "thema"},
        "public.map_rulings": {"year": ruling.decided_on.year},
        "public.map_ecli_of_year": {"year": ruling.decided_on.year},
        "public.download_ruling": {"slug": ruling.slug, "form": "ris"},
        "public.download_rulings": {"form": "csv"},
        "public.download_source": {"slug": ruling.slug},
        "editing.correct_ruling": {"slug": ruling.slug},
        "editing.withdraw_ruling": {"slug": ruling.slug},
        "public.find_by_ecli": {"ecli": ruling.ecli},
        "public.find_by_number": {"court": ruling.court.lower(), "number": ruling.number},
        "public.show_law": {"law": "vw"},
        "public.show_article": {"law": "vw", "article": "40ter"},
        "public.follow_article": {"law": "vw", "article": "74/13"},
        "api.show_article": {"law": "vw", "article": "40ter"},
        "editing.list_references": {"source_id": ruling.document_id},
        "editing.change_reference": {"source_id": ruling.document_id},
        "editing.remove_treatment": {"treatment_id": 1},
        "api.show_ruling": {"slug": ruling.slug},
        "api.show_text": {"kind": "lexicon", "slug": _slug(session, TextKind.LEXICON)},
        "desk.show_advice": {"advice_id": 1},
        "desk.correct_advice": {"advice_id": 1},
        "desk.follow_up": {"advice_id": 1},
        "desk.claim_follow_up": {"advice_id": 1},
        "desk.propose": {"advice_id": 1},
        "desk.ask_second_reading": {"advice_id": 1},
        "desk.answer_second_reading": {"advice_id": 1},
        "editing.add_period": {"amount_id": "visum-c"},
        "editing.look_again": {"link_id": 1},
        "editing.handle_proposal": {"proposal_id": 1},
        "editing.take_back": {"put_away_id": 1},
        "desk.show_report": {"year": 2025},
        "desk.download_report": {"year": 2025, "form": "csv"},
        "desk.download_exploration": {"form": "csv"},
        "desk.remove_view": {"view_id": 1},
        "desk.close_year": {"year": 2025},
        "desk.enter_figures": {"year": 2025},
        "desk.enter_lines": {"year": 2025},
        "desk.remove_figure": {"figure_id": 1},
        "desk.change_training": {"training_id": 1},
        "desk.remove_training": {"training_id": 1},
        "desk.change_guidance": {"guidance_id": 1},
        "desk.remove_guidance": {"guidance_id": 1},
        "account.end_session": {"session_id": 1},
        "account.remove_passkey": {"passkey_id": 1},
        "admin.show_colleague": {"user_id": 1},
        "admin.change_roles": {"user_id": 1},
        "admin.disable": {"user_id": 1},
        "admin.enable": {"user_id": 1},
        "admin.end_sessions_of": {"user_id": 1},
        "admin.reset_second_factor": {"user_id": 1},
        "admin.mail_link": {"user_id": 1},
        "public.confirm": {"token": "x"},
        "public.change_preferences": {"token": "x"},
        "public.leave": {"token": "x"},
        "public.subscribe_again": {"token": "x"},
        "public.erase": {"token": "x"},
        "public.show_issue": {"year": 2026, "number": 1},
        "editing.compose_newsletter": {"issue_id": 1},
        "editing.bring_newsletter_further": {"issue_id": 1},
        "editing.preview_newsletter": {"issue_id": 1},
        "editing.preview_newsletter_text": {"issue_id": 1},
        "editing.preview_archived_newsletter": {"issue_id": 1},
        "editing.send_proof": {"issue_id": 1},
        "editing.follow_newsletter": {"issue_id": 1},
        "editing.decide_copy": {"issue_id": 1, "delivery_id": 1},
        "editing.erase_reader": {"reader_id": 1},
    }


def _slug(session: Session, kind: TextKind) -> str:
    query = select(PublishedText.slug).where(PublishedText.kind == kind.value).order_by(PublishedText.id).limit(1)
    return session.scalars(query).one()


def address_of(app: Flask, rule: Rule, values: Mapping[str, Mapping[str, object]]) -> str:
    """Return a real address of a route.

    Raises:
        KeyError: the route has an argument without a sample; add one to `sample_values`.
    """
    given = values.get(rule.endpoint, {})
    if missing := rule.arguments - set(given) - set(rule.defaults or {}):
        raise KeyError(f"{rule.endpoint} needs a sample for {sorted(missing)} in tests/addresses.py")
    return app.url_map.bind("localhost").build(rule.endpoint, dict(given))
