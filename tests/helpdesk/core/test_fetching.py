import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from helpdesk.core import fetching
from helpdesk.core.fetching import Fetcher, Seen

PUBLIC = "93.184.216.34"


class Net:
    """A network in which every public name has one address; answers by method and address, and keeps what was asked."""

    def __init__(
        self, answers: dict[str, httpx.Response | Exception], addresses: dict[str, list[str]] | None = None
    ) -> None:
        self.answers = answers
        self.addresses = addresses or {}
        self.asked: list[httpx.Request] = []

    def resolve(self, host: str, _port: int) -> list[str]:
        if host == "onbekend.test":
            raise OSError
        return self.addresses.get(host, [PUBLIC])

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        named = f"{request.method} {request.url.scheme}://{request.headers['host']}{request.url.raw_path.decode()}"
        answer = self.answers.get(named, self.answers.get(named.partition(" ")[2]))
        if isinstance(answer, Exception):
            raise answer
        answer = answer or httpx.Response(404)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)

    def look_at(self, address: str) -> Seen:
        fetcher = Fetcher("proef/1.0", resolve=self.resolve, transport=httpx.MockTransport(self.handle))
        return fetcher.look_at_all([address])[address]


class TestLookAt:
    def test_a_page_that_is_there_is_asked_for_its_head_only(self) -> None:
        net = Net({"HEAD https://voorbeeld.test/a?b=1": httpx.Response(200)})

        seen = net.look_at("https://voorbeeld.test/a?b=1#deel")

        assert seen == Seen(200)
        assert [request.method for request in net.asked] == ["HEAD"]
        assert net.asked[0].headers["user-agent"] == "proef/1.0"

    def test_the_connection_goes_to_the_address_that_was_looked_up(self) -> None:
        """A name that is public when asked and private when opened must reach nothing inside."""
        net = Net({"https://voorbeeld.test/": httpx.Response(200)})

        net.look_at("https://voorbeeld.test/")

        request = net.asked[0]
        assert (request.url.host, request.headers["host"]) == (PUBLIC, "voorbeeld.test")
        assert request.extensions["sni_hostname"] == "voorbeeld.test"

    @pytest.mark.parametrize("refusal", [httpx.Response(405), httpx.Response(404), httpx.RemoteProtocolError("weg")])
    def test_who_refuses_a_head_is_asked_for_the_page(self, refusal: httpx.Response | Exception) -> None:
        net = Net({"HEAD https://voorbeeld.test/": refusal, "GET https://voorbeeld.test/": httpx.Response(200)})

        assert net.look_at("https://voorbeeld.test/").status == 200

    def test_a_page_that_is_gone_says_so(self) -> None:
        assert Net({}).look_at("https://voorbeeld.test/weg").status == 404

    def test_only_the_beginning_of_a_page_is_read(self) -> None:
        read = 0

        class Endless(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                nonlocal read
                while True:
                    read += 10_000
                    yield b"x" * 10_000

        net = Net(
            {"HEAD https://a.test/": httpx.Response(405), "GET https://a.test/": httpx.Response(200, stream=Endless())}
        )

        assert net.look_at("https://a.test/").status == 200
        assert read < 2 * fetching.MOST_BYTES

    def test_a_slow_answer_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "MOST_SECONDS", 0.05)

        async def never(_request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(10)
            return httpx.Response(200)

        fetcher = Fetcher("proef", resolve=lambda _host, _port: [PUBLIC], transport=httpx.MockTransport(never))

        seen = fetcher.look_at_all(["https://a.test/"])["https://a.test/"]

        assert seen.status is None
        assert "20 seconden" in seen.reason

    def test_where_a_page_moved_for_good_is_told(self) -> None:
        net = Net(
            {
                "https://a.test/oud": httpx.Response(301, headers={"location": "/nieuw"}),
                "https://a.test/nieuw": httpx.Response(200),
                "https://a.test/even": httpx.Response(302, headers={"location": "/nieuw"}),
            }
        )

        assert net.look_at("https://a.test/oud") == Seen(200, moved_to="https://a.test/nieuw")
        assert net.look_at("https://a.test/even") == Seen(200)

    def test_a_circle_of_redirects_ends(self) -> None:
        net = Net({"https://a.test/": httpx.Response(302, headers={"location": "/"})})

        assert "verwijst te vaak door" in net.look_at("https://a.test/").reason
        assert len(net.asked) == fetching.MOST_REDIRECTS + 1

    def test_who_is_too_busy_says_how_long(self) -> None:
        net = Net({"https://a.test/": httpx.Response(429, headers={"retry-after": "3600"})})

        assert net.look_at("https://a.test/").retry_after_seconds == 3600

    @pytest.mark.parametrize("broken", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.DecodingError("x")])
    def test_no_connection_is_no_crash(self, broken: Exception) -> None:
        assert Net({"https://a.test/": broken}).look_at("https://a.test/").status is None

    def test_an_unknown_host_is_no_crash(self) -> None:
        assert Net({}).look_at("https://onbekend.test/").is_public


class TestOnlyPublicHosts:
    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104
            *("::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "fe80::1%eth0", "onzin"),
        ],
    )
    def test_a_private_address_is_never_opened(self, address: str) -> None:
        net = Net({}, {"binnen.test": [PUBLIC, address]})

        seen = net.look_at("http://binnen.test/")

        assert (seen.is_public, net.asked) == (False, [])

    @pytest.mark.parametrize(
        "address",
        [
            "ftp://a.test/",
            "file:///etc/passwd",
            "https://a.test:8443/",
            "http://a.test:22/",
            "https://ik:mij@a.test/",
            "https:///x",
            "x",
        ],
    )
    def test_other_schemes_ports_and_names_in_the_address_are_refused(self, address: str) -> None:
        net = Net({})

        assert (net.look_at(address).status, net.asked) == (None, [])

    def test_a_redirect_inside_is_refused(self) -> None:
        net = Net(
            {"https://a.test/": httpx.Response(302, headers={"location": "http://binnen.test/beheer"})},
            {"binnen.test": ["192.168.1.1"]},
        )

        seen = net.look_at("https://a.test/")

        assert not seen.is_public
        assert [request.headers["host"] for request in net.asked] == ["a.test"]
