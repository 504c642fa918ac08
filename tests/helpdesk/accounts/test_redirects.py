"""Where one is led after signing in: never to another site, whatever the address says."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.accounts.rules import is_path_of_ours
from helpdesk.core.roles import Role
from tests.conftest import EMAILS, PASSWORD
from tests.pageclient import Visitor

HERE = "https://voorbeeld.test"
HOSTILE = [
    *("//elders.test", "///elders.test", "/\\elders.test", "\\\\elders.test", "/\t/elders.test", "/\n/elders.test"),
    *(
        "https://elders.test",
        "https:elders.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "//[",
        "/\u2028/elders.test",
    ),
    *(
        "//elders.test@voorbeeld.test",
        "http://[::1",
        "//\u2100.test",
        "",
        " ",
        "themas",
        "\0/themas",
        "/\\/elders.test",
    ),
]
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "/",
            "//",
            "\\",
            "\t",
            "\n",
            "\r",
            "\0",
            "http:",
            "https://",
            "elders.test",
            "@",
            "[",
            "]",
            "?",
            "#",
            "%2f",
            ".",
        ]
    ),
)


@pytest.mark.parametrize("wanted", HOSTILE)
def test_an_address_elsewhere_is_not_ours(wanted: str) -> None:
    assert not is_path_of_ours(wanted)


@pytest.mark.parametrize(
    "wanted", ["/", "/helpdesk/adviezen?q=a%2Fb", "/themas/a:b", "/zoeken?q=https://elders.test", "/é"]
)
def test_a_path_of_this_site_is_ours(wanted: str) -> None:
    assert is_path_of_ours(wanted)


@settings(max_examples=800, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_no_browser_is_led_elsewhere(wanted: str) -> None:
    """As browsers read it: blanks around and tabs and line ends within fall away, a backslash is a slash."""
    if not is_path_of_ours(wanted):
        return
    as_read = "".join(sign for sign in wanted.strip() if sign not in "\t\r\n").replace("\\", "/")

    assert urlsplit(urljoin(f"{HERE}/aanmelden", as_read)).netloc == "voorbeeld.test"


@pytest.mark.stored
@pytest.mark.parametrize("wanted", ["//[", "//elders.test", "/\\elders.test", "http://[::1"])
def test_who_signs_in_by_such_a_link_comes_to_the_own_first_page(as_visitor: Visitor, wanted: str) -> None:
    """An address that Python cannot take apart once answered with an error after the password was accepted."""
    form = as_visitor.get(f"/aanmelden?verder={wanted.replace(chr(92), '%5C')}")

    page = form.fill({"email": EMAILS[Role.JURIST], "password": PASSWORD}).submit()

    assert page.path.startswith("/helpdesk/adviezen")
