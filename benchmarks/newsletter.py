"""Does everybody get the newsletter once, however often its sender is killed, and how fast does it leave?

Run with `make bench`. 4,655 readers (the number of 2019), a mail server in a process of its own that takes letters,
puts off, refuses, hangs up before and after it has the letter; the sender is killed twelve times with SIGKILL. The
clock of the senders runs 1,500 times as fast, so that the five minutes a domain is left alone are soon over. Then the
same list without any of that, for the speed. Our claims: nobody twice, nobody missing but copies marked unknown, of
those at most one per kill and one per answer that was lost; over 300 letters a second from one core.
"""

import logging
import multiprocessing
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import create_engine, event, insert, select
from sqlalchemy.orm import Session

import helpdesk.accounts.models  # noqa: F401 - issues point at its table
from helpdesk.core import migrate
from helpdesk.newsletters import actions, letters, queries
from helpdesk.newsletters.models import Delivery, DeliveryState, Issue, IssueItem, IssueState, Subscriber
from helpdesk.settings import PROJECT, Settings
from helpdesk.web.database import engine_options, prepare_sqlite

READERS, KILLS, ITEMS = 4_655, 12, 9
LEAST_PER_SECOND = 300
FASTER = 1_500  # the clock of a drill against the real one
DOMAINS = 40
SPECIAL = ("later", "weg", "afbreken", "verloren")  # in an address: what the server does with it
BRANCHES = ("verblijfsrecht", "ipr", "burgerlijk-recht")
PATIENCE_SECONDS = 240
SERVER = str(PROJECT / "benchmarks" / "mailing" / "server.py")


@dataclass(frozen=True)
class Result:
    """What a drill showed."""

    readers: int
    kills: int
    taken: Counter[str]
    states: dict[str, str]  # by address

    @property
    def twice(self) -> list[str]:
        """Who got it more than once."""
        return sorted(address for address, count in self.taken.items() if count > 1)

    @property
    def missing(self) -> list[str]:
        """Who did not get it though we say so, or of whom we say nothing final."""
        return sorted(
            address
            for address, state in self.states.items()
            if (state == DeliveryState.SENT and not self.taken[address])
            or state in {DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DROPPED}
        )

    @property
    def wrongly_refused(self) -> list[str]:
        """Who was given up though the server never refused him for good, or got it all the same."""
        refused = {address for address, state in self.states.items() if state == DeliveryState.REJECTED}
        return sorted(address for address in refused if self.taken[address] or not address.startswith("weg"))

    @property
    def unknown(self) -> list[str]:
        """Of whom we do not know."""
        return sorted(address for address, state in self.states.items() if state == DeliveryState.UNKNOWN)

    @property
    def lost_answers(self) -> int:
        """How many answers the server let get lost."""
        return sum(address.startswith("verloren") for address in self.states)


def main() -> None:
    """Print what the drill and the race showed; fail when a claim does not hold."""
    result = drill(READERS, KILLS, database_url=None)
    counted = Counter(result.states.values())
    print(f"drill: {result.readers} readers, {result.kills} kills, {result.lost_answers} answers lost on purpose")
    print("      ", ", ".join(f"{state} {count}" for state, count in sorted(counted.items())))
    print(
        f"       twice {len(result.twice)}, missing {len(result.missing)}, refused in error",
        len(result.wrongly_refused),
    )
    per_second, cpu_ms = race(READERS)
    print(f"race: {per_second:.0f} letters a second, {cpu_ms:.2f} ms of processor time a letter")
    most_unknown = result.kills + result.lost_answers
    if result.twice or result.missing or result.wrongly_refused or len(result.unknown) > most_unknown:
        raise SystemExit("Not everybody got it once.")
    if per_second < LEAST_PER_SECOND:
        raise SystemExit(f"Under {LEAST_PER_SECOND} letters a second.")


def drill(readers: int, kills: int, *, database_url: str | None) -> Result:
    """Send one issue while its senders are killed; return who got it and what we think of it."""
    with tempfile.TemporaryDirectory() as folder, _mail_server(Path(folder)) as (url, log):
        settings = _settings(Path(folder), url, database_url)
        issue_id = prepare(settings, readers, special=True)
        began = time.time()
        rng = random.Random(5)  # noqa: S311 - repeatable, not secret
        killed = 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            before = _lines(log)
            sender = _start_sender(settings, issue_id, began)
            if killed == kills:
                sender.join(PATIENCE_SECONDS)
                break
            wanted = before + rng.randint(1, max(2, readers // (kills + 2)))
            while sender.is_alive() and _lines(log) < wanted:
                time.sleep(0.001)
            killed += _kill(sender)
        taken = Counter(log.read_text(encoding="utf-8").split())
        return Result(readers, killed, taken, _states(settings, issue_id))


def together(readers: int, senders: int, *, database_url: str | None) -> Result:
    """Send one issue with several senders at once; return who got it."""
    with tempfile.TemporaryDirectory() as folder, _mail_server(Path(folder)) as (url, log):
        settings = _settings(Path(folder), url, database_url)
        issue_id = prepare(settings, readers, special=False)
        running = [_start_sender(settings, issue_id, time.time()) for _ in range(senders)]
        for sender in running:
            sender.join(PATIENCE_SECONDS)
        return Result(readers, 0, Counter(log.read_text(encoding="utf-8").split()), _states(settings, issue_id))


def race(readers: int) -> tuple[float, float]:
    """Send one issue undisturbed; return letters a second and milliseconds of processor time a letter."""
    with tempfile.TemporaryDirectory() as folder, _mail_server(Path(folder)) as (url, _log):
        settings = _settings(Path(folder), url, None)
        issue_id = prepare(settings, readers, special=False)
        timing = Path(folder) / "timing.txt"
        _start_sender(settings, issue_id, time.time(), timing).join(PATIENCE_SECONDS)
        seconds, cpu = (float(part) for part in timing.read_text(encoding="ascii").split())
        return readers / seconds, 1_000 * cpu / readers


def prepare(settings: Settings, readers: int, *, special: bool) -> int:
    """Make a database with readers and an issue whose sending began; return its id."""
    engine = create_engine(settings.database_url)
    migrate.upgrade(engine)
    now = datetime.now(UTC)
    with Session(engine) as session:
        session.execute(
            insert(Subscriber),
            [
                {
                    "email": _address(number, special=special),
                    "key": f"sleutel{number}",
                    "state": "active",
                    "asked_at": now,
                }
                for number in range(readers)
            ],
        )
        issue = Issue(
            subject="Nieuws over verblijf en internationaal familierecht",
            intro="Negen berichten van deze maand.",
            state=IssueState.APPROVED,
            revision=1,
            since_at=now,
            composed_at=now,
            troubles=0,
            items=[_item(place) for place in range(1, ITEMS + 1)],
        )
        session.add(issue)
        session.flush()
        assert actions.begin(session, issue, now=now)
        session.commit()
        issue_id = issue.id
    engine.dispose()
    return issue_id


def send(settings: Settings, issue_id: int, began: float, timing: Path | None = None) -> None:
    """Be a sender: in a process of its own, to be killed. Writes seconds and seconds of processor time to a file."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # troubles are on purpose
    engine = create_engine(**engine_options(settings.database_url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)

    def clock() -> datetime:
        return datetime.fromtimestamp(began, UTC) + timedelta(seconds=(time.time() - began) * FASTER)

    app = Flask("newsletter", template_folder=str(PROJECT / "helpdesk" / "newsletters" / "templates"))
    with app.app_context(), Session(engine) as session:
        found = queries.get_issue(session, issue_id)
        started, used = time.perf_counter(), time.process_time()
        letters.sender_of(session, found, settings, clock=clock).run()
        if timing is not None:
            timing.write_text(f"{time.perf_counter() - started} {time.process_time() - used}", encoding="ascii")


def _address(number: int, *, special: bool) -> str:
    """Return an address; every thirtieth tells the server to do something else than take the letter."""
    kind = SPECIAL[number // 30 % len(SPECIAL)] if special and number % 30 == 7 else "lezer"  # noqa: PLR2004 - any place
    return f"{kind}+{number}@d{number % DOMAINS}.example.org"


def _item(place: int) -> IssueItem:
    words = "De Raad voor Vreemdelingenbetwistingen vernietigt de beslissing: de motivering volstaat niet. "
    return IssueItem(
        position=place,
        source=f"nieuws/bericht-{place}",
        kind="Nieuws",
        title=f"Bericht {place}: wat er veranderde voor wie verblijf vraagt",
        teaser=words * 5,
        address=f"/nieuws/bericht-{place}",
        branches=[BRANCHES[place % len(BRANCHES)]],
    )


def _settings(folder: Path, smtp_url: str, database_url: str | None) -> Settings:
    return Settings(
        data_dir=folder,
        content_dir=PROJECT / "content",
        database_url=database_url or f"sqlite:///{folder / 'newsletter.sqlite'}",
        secret_key="x" * 40,
        smtp_url=smtp_url,
        mail_from="Nieuwsbrief <nieuwsbrief@example.org>",
        newsletter_per_minute=0,
    )


@contextmanager
def _mail_server(folder: Path) -> Iterator[tuple[str, Path]]:
    log = folder / "taken.txt"
    log.touch()
    server = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, SERVER, str(log)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        yield f"smtp://127.0.0.1:{server.stdout.readline().strip()}", log
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _start_sender(settings: Settings, issue_id: int, began: float, timing: Path | None = None) -> BaseProcess:
    """Start a sender from a process that has loaded all it needs, so that a kill costs no seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "benchmarks.newsletter"])
    sender = context.Process(target=send, args=(settings, issue_id, began, timing))
    sender.start()
    return sender


def _kill(sender: BaseProcess) -> bool:
    """Kill a process as the machine would; tell whether it still ran."""
    was_running = sender.is_alive()
    sender.kill()
    sender.join()
    return was_running


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _states(settings: Settings, issue_id: int) -> dict[str, str]:
    engine = create_engine(settings.database_url)
    query = (
        select(Subscriber.email, Delivery.state)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.issue_id == issue_id)
    )
    with Session(engine) as session:
        found = dict(session.execute(query).all())
    engine.dispose()
    return found


if __name__ == "__main__":
    main()
