"""The settings, read once from the environment; every one is documented in docs/settings.md."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "HELPDESK_"
LEAST_SECRET = 32  # characters
PROJECT = Path(__file__).resolve().parent.parent


class SettingRefused(ValueError):
    """A setting has a value that cannot be used; the message names it and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What differs between one installation and another. Units are in the names."""

    data_dir: Path
    content_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    queue_url: str = ""
    search_url: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    security_contact: str = ""
    mail_from: str = "Vreemdelingenrecht en internationaal familierecht <helpdesk@localhost>"
    trusted_proxies: int = 0
    session_hours: int = 10
    session_idle_minutes: int = 60
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_client_secret_file: str = ""
    oidc_email_claim: str = "email"
    oidc_strong_acr: str = ""
    oidc_label: str = "Aanmelden met je organisatie"
    advice_text_months: int = 18
    alerts_hour: int = 6
    alerts_weekday: int = 1
    link_agent: str = "helpdesk-koppelingen/1.0"
    four_eyes: bool = True
    newsletter_per_minute: int = 600
    bounce_address: str = ""
    bounce_mailbox: str = ""
    rate_points_per_minute: int = 1_200
    testing: bool = False

    @property
    def index_dir(self) -> Path:
        """Folder of this node's own public search index, or of what the node knows of one in PostgreSQL.

        They are two, so that a node that goes from one to the other knows how far each has come.
        """
        return self.data_dir / ("shared-index" if self.search_url else "index")

    @property
    def uploads_dir(self) -> Path:
        """Folder of the files that editors hand in; served by a view, never by the web root."""
        return self.data_dir / "uploads"

    @property
    def mail_dir(self) -> Path:
        """Folder where letters wait as files when there is no mail server."""
        return self.data_dir / "mail"

    @property
    def publications_dir(self) -> Path:
        """Folder of the files of publications; served by a view, never by the web root."""
        return self.uploads_dir / "publications"

    @property
    def own_advice_dir(self) -> Path:
        """Folder of the indexes of helpdesk advice, one folder per jurist; never the public one."""
        return self.data_dir / "advice-index"

    @property
    def is_https(self) -> bool:
        """Whether visitors come over TLS: cookies are then marked secure."""
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (prefix HELPDESK_).

    Makes the data folder and, when none is given, a secret key in it.

    Raises:
        SettingRefused: a number is no number or out of range.
    """
    given = {
        name.removeprefix(PREFIX): value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith(PREFIX) and value
    }
    data_dir = Path(given.get("DATA_DIR", PROJECT / "instance")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Settings(
        data_dir=data_dir,
        content_dir=Path(given.get("CONTENT_DIR", PROJECT / "content")).resolve(),
        database_url=_database_url(given.get("DATABASE_URL", f"sqlite:///{data_dir / 'helpdesk.sqlite'}")),
        secret_key=_given_secret(given) or _kept_secret(data_dir / "secret_key"),
        base_url=given.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        host=given.get("HOST", "127.0.0.1"),
        port=_number(given, "PORT", 8000, least=1, most=65_535),
        workers=_number(given, "WORKERS", 1, least=1, most=64),
        queue_url=given.get("QUEUE_URL", f"sqlite:///{data_dir / 'queue.sqlite'}"),
        search_url=_search_url(given.get("SEARCH_URL", "")),
        smtp_url=given.get("SMTP_URL", ""),
        security_contact=given.get("SECURITY_CONTACT", ""),
        mail_from=given.get("MAIL_FROM", "Vreemdelingenrecht en internationaal familierecht <helpdesk@localhost>"),
        trusted_proxies=_number(given, "TRUSTED_PROXIES", 0, least=0, most=5),
        session_hours=_number(given, "SESSION_HOURS", 10, least=1, most=24),
        session_idle_minutes=_number(given, "SESSION_IDLE_MINUTES", 60, least=5, most=720),
        oidc_issuer=_issuer(given.get("OIDC_ISSUER", "")),
        oidc_client_id=given.get("OIDC_CLIENT_ID", ""),
        oidc_client_secret=given.get("OIDC_CLIENT_SECRET", "") or _secret_in(given.get("OIDC_CLIENT_SECRET_FILE", "")),
        oidc_client_secret_file=given.get("OIDC_CLIENT_SECRET_FILE", ""),
        oidc_email_claim=given.get("OIDC_EMAIL_CLAIM", "email"),
        oidc_strong_acr=given.get("OIDC_STRONG_ACR", ""),
        oidc_label=given.get("OIDC_LABEL", "Aanmelden met je organisatie"),
        advice_text_months=_number(given, "ADVICE_TEXT_MONTHS", 18, least=1, most=120),
        alerts_hour=_number(given, "ALERTS_HOUR", 6, least=0, most=23),
        alerts_weekday=_number(given, "ALERTS_WEEKDAY", 1, least=1, most=7),
        link_agent=_line(given.get("LINK_AGENT", "helpdesk-koppelingen/1.0"), "LINK_AGENT"),
        four_eyes=_switch(given, "FOUR_EYES", default=True),
        newsletter_per_minute=_number(given, "NEWSLETTER_PER_MINUTE", 600, least=0, most=100_000),
        bounce_address=given.get("BOUNCE_ADDRESS", ""),
        bounce_mailbox=given.get("BOUNCE_MAILBOX", ""),
        rate_points_per_minute=_number(given, "RATE_POINTS_PER_MINUTE", 1_200, least=0, most=1_000_000),
    )


def _given_secret(given: Mapping[str, str]) -> str:
    secret = given.get("SECRET_KEY", "")
    if secret and len(secret) < LEAST_SECRET:
        raise SettingRefused(f"{PREFIX}SECRET_KEY is te kort: minstens {LEAST_SECRET} tekens.")
    return secret


def _line(text: str, name: str) -> str:
    """Refuse what cannot stand in a header."""
    if not (text.isascii() and text.isprintable()):
        raise SettingRefused(f"{PREFIX}{name} mag alleen gewone letters, cijfers en leestekens hebben.")
    return text


def _issuer(url: str) -> str:
    """Return the address of the identity provider; a login must not cross a network in the open."""
    parts = urlsplit(url)
    stays_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if url and parts.scheme != "https" and not stays_here:
        raise SettingRefused(f"{PREFIX}OIDC_ISSUER moet met https:// beginnen.")
    return url


def _secret_in(path: str) -> str:
    """Return the secret in a file, none when no file is named."""
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as missing:
        raise SettingRefused(f"{PREFIX}OIDC_CLIENT_SECRET_FILE: dit bestand is niet te lezen.") from missing


def _database_url(url: str) -> str:
    """Let `postgresql://` mean the driver we ship."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _search_url(url: str) -> str:
    """Return where the index is kept; empty for a folder. The address may hold a password: it is never repeated."""
    if url and not url.startswith("postgresql://"):
        raise SettingRefused(f"{PREFIX}SEARCH_URL moet met postgresql:// beginnen, of wegblijven voor een map.")
    return url


def _number(given: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingRefused(f"{PREFIX}{name} moet een getal zijn van {least} tot {most}; er staat '{text}'.")
    return int(text)


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = given.get(name, "aan" if default else "uit").strip().lower()
    if text not in {"aan", "uit"}:
        raise SettingRefused(f"{PREFIX}{name} moet 'aan' of 'uit' zijn; er staat '{text}'.")
    return text == "aan"


def _kept_secret(path: Path) -> str:
    """Return the secret in the file; make it, readable by its owner only, when it is not there.

    It is written aside and linked into place whole: a full disk, a crash or a second process never leaves half of one.

    Raises:
        SettingRefused: the file holds no usable secret.
    """
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < LEAST_SECRET:
        raise SettingRefused(
            f"{path} bevat geen bruikbaar geheim. Verwijder het bestand: er wordt dan een nieuw gemaakt."
        )
    return secret


def _make_secret(path: Path) -> None:
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its secret is the secret
            path.hardlink_to(aside)
    finally:
        aside.unlink(missing_ok=True)
