"""Single sign-on against a provider that really answers: what must be right, and each thing that may be wrong."""

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.accounts.models import User, UserSession
from helpdesk.core.roles import Role
from helpdesk.settings import Settings
from helpdesk.web.services import KEY as SERVICES
from tests.conftest import EMAILS, House
from tests.identityprovider import CLIENT_ID, CLIENT_SECRET, OTHER_KEY, Provider, identity_provider
from tests.pageclient import Page, Visitor

START, BACK = "/aanmelden/organisatie", "/aanmelden/organisatie/terug"


@pytest.fixture
def provider(house: House) -> Iterator[Provider]:
    """A provider that vouches for the jurist, and a site that trusts it."""
    before = house.app.extensions[SERVICES]
    with identity_provider() as running:
        running.claims["email"] = EMAILS[Role.JURIST]
        settings: Settings = replace(
            before.settings,
            oidc_issuer=running.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_strong_acr="hoog zeer-hoog",
        )
        house.app.extensions[SERVICES] = replace(before, settings=settings)
        yield running
        house.app.extensions[SERVICES] = before


def go(visitor: Visitor, provider: Provider, *, wanted: str = "", **changed: str) -> Page:
    """Go to the provider, sign in there, and come back to the page with the button; `changed` goes over its answer."""
    answer = visitor.fetch(f"{START}?{urlencode({'verder': wanted})}" if wanted else START)
    assert answer.status_code == 302
    back = {**provider.authorize(answer.location), **changed}
    return visitor.get(f"{BACK}?{urlencode(back)}")


class TestSignIn:
    def test_who_has_an_account_is_signed_in(self, as_visitor: Visitor, provider: Provider) -> None:
        page = go(as_visitor, provider).fill({}, action=BACK).submit()

        assert page.path.startswith("/helpdesk/")
        assert provider.refusals == []

    def test_the_address_is_compared_without_case(self, as_visitor: Visitor, provider: Provider) -> None:
        provider.claims["email"] = EMAILS[Role.JURIST].upper()

        assert go(as_visitor, provider).fill({}, action=BACK).submit().path.startswith("/helpdesk/")

    def test_one_lands_on_the_page_one_wanted(self, as_visitor: Visitor, provider: Provider) -> None:
        page = go(as_visitor, provider, wanted="/helpdesk/vormingen").fill({}, action=BACK).submit()

        assert page.path == "/helpdesk/vormingen"

    def test_coming_back_changes_nothing_before_the_form_is_sent(
        self, as_visitor: Visitor, provider: Provider, session: Session
    ) -> None:
        before = len(session.scalars(select(UserSession.id)).all())

        go(as_visitor, provider)

        assert len(session.scalars(select(UserSession.id)).all()) == before

    def test_the_sign_in_page_offers_it_only_when_it_is_set(self, as_visitor: Visitor, house: House) -> None:
        del house
        assert "Aanmelden met je organisatie" not in as_visitor.get("/aanmelden").main

    def test_the_sign_in_page_offers_it(self, as_visitor: Visitor, provider: Provider) -> None:
        del provider
        assert (
            as_visitor.get("/aanmelden?verder=/helpdesk/vormingen")
            .links()["Aanmelden met je organisatie"]
            .startswith(START)
        )


class TestFactors:
    def test_it_counts_as_one_so_an_administrator_sets_up_a_second(
        self, as_visitor: Visitor, provider: Provider
    ) -> None:
        provider.claims["email"] = EMAILS[Role.ADMIN]

        assert go(as_visitor, provider).fill({}, action=BACK).submit().path == "/account/tweede-stap"

    @pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "zeer-hoog"}])
    def test_it_counts_as_two_when_the_provider_says_so(
        self, as_visitor: Visitor, provider: Provider, claims: dict[str, object]
    ) -> None:
        provider.claims |= {"email": EMAILS[Role.ADMIN], **claims}

        assert go(as_visitor, provider).fill({}, action=BACK).submit().path == "/beheer/accounts"


class TestRefused:
    def refused(self, visitor: Visitor, page: Page, status: int = 400) -> str:
        answer = page.fill({}, action=BACK).submit(expect=status)
        assert visitor.get("/helpdesk/adviezen").path.startswith("/aanmelden")
        return answer.main

    def test_an_unknown_person_gets_no_account_and_is_told_what_to_do(
        self, as_visitor: Visitor, provider: Provider, session: Session
    ) -> None:
        before = len(session.scalars(select(User.id)).all())
        provider.claims["email"] = "vreemd@example.org"

        said = self.refused(as_visitor, go(as_visitor, provider), 403)

        assert "Vraag de beheerder om je uit te nodigen." in said
        assert len(session.scalars(select(User.id)).all()) == before

    def test_a_closed_account_is_refused_alike(self, as_visitor: Visitor, provider: Provider, session: Session) -> None:
        session.execute(update(User).where(User.email == EMAILS[Role.JURIST]).values(is_active=False))

        assert "geen account" in self.refused(as_visitor, go(as_visitor, provider), 403)

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://kwaad.example"},
            {"aud": "een andere site"},
            {"aud": [CLIENT_ID, "een andere"], "azp": "een andere"},
            {"nonce": "van iemand anders"},
            {"nonce": None},
            {"exp": int(time.time()) - 120},
            {"exp": None},
            {"sub": None},
            {"email_verified": False},
            {"email_verified": None},
            {"email_verified": "true"},
            {"email": None},
            {"email": ["jurist@voorbeeld.test"]},
        ],
        ids=str,
    )
    def test_a_token_that_is_not_right_signs_nobody_in(
        self, as_visitor: Visitor, provider: Provider, claims: dict[str, object]
    ) -> None:
        page = go(as_visitor, provider)
        provider.claims |= claims

        assert "Begin opnieuw" in self.refused(as_visitor, page)

    def test_a_token_signed_with_another_key_signs_nobody_in(self, as_visitor: Visitor, provider: Provider) -> None:
        provider.signs_with = OTHER_KEY

        self.refused(as_visitor, go(as_visitor, provider))

    def test_another_state_is_refused_before_the_provider_is_asked(
        self, as_visitor: Visitor, provider: Provider
    ) -> None:
        """Someone else's answer, slipped to a colleague, would sign that colleague in as someone else."""
        page = go(as_visitor, provider, state="van iemand anders")

        self.refused(as_visitor, page)

        assert len(provider.codes) == 1

    def test_an_answer_of_another_issuer_is_refused(self, as_visitor: Visitor, provider: Provider) -> None:
        self.refused(as_visitor, go(as_visitor, provider, iss="https://kwaad.example"))

    def test_a_browser_that_asked_nothing_is_refused(self, as_visitor: Visitor, provider: Provider) -> None:
        page = as_visitor.get(f"{BACK}?code=verzonnen&state=verzonnen")

        self.refused(as_visitor, page)
        assert provider.refusals == []

    def test_an_answer_is_good_once(self, as_visitor: Visitor, provider: Provider) -> None:
        page = go(as_visitor, provider)
        cookie = as_visitor.client.get_cookie("helpdesk")
        assert cookie is not None
        page.fill({}, action=BACK).submit()
        as_visitor.client.set_cookie("helpdesk", cookie.value)

        page.fill({}, action=BACK).submit(expect=502)

        assert provider.refusals == ["code"]

    def test_another_verifier_gets_no_token(self, as_visitor: Visitor, provider: Provider) -> None:
        """PKCE: a code that was caught on its way back is worth nothing in another browser."""
        page = go(as_visitor, provider)
        for asked in provider.codes.values():
            asked["code_challenge"] = "van een andere browser"

        self.refused(as_visitor, page, 502)

        assert provider.refusals == ["pkce"]

    def test_metadata_of_another_issuer_starts_nothing(self, as_visitor: Visitor, provider: Provider) -> None:
        provider.metadata["issuer"] = "https://kwaad.example"

        as_visitor.get(START, expect=502)

    def test_a_provider_that_is_away_is_told(self, as_visitor: Visitor, provider: Provider, house: House) -> None:
        held = house.app.extensions[SERVICES]
        gone = replace(held.settings, oidc_issuer="http://127.0.0.1:1")
        house.app.extensions[SERVICES] = replace(held, settings=gone)
        del provider

        page = as_visitor.get(START, expect=502)

        assert "antwoordt niet" in page.main

    def test_who_says_no_at_the_provider_comes_back_to_a_clear_page(
        self, as_visitor: Visitor, provider: Provider
    ) -> None:
        del provider
        page = as_visitor.get(f"{BACK}?error=access_denied&state=x", expect=400)

        assert "Begin opnieuw" in page.main
