"""How long everything is kept: the one list of periods. Pure; the durations themselves stand with what they rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from helpdesk.accounts import rules as accounts
from helpdesk.advice import rules as advice
from helpdesk.aftercare import rules as aftercare
from helpdesk.alerts import rules as alerts
from helpdesk.core import mail
from helpdesk.newsletters import rules as newsletters
from helpdesk.visits import rules as visits

RUNS_KEPT = timedelta(days=366)


@dataclass(frozen=True)
class Period:
    """One kind of data that is removed when its time is over; `key` stands in the report of each night."""

    key: str
    what: str
    how_long: str


@dataclass(frozen=True)
class Kept:
    """One kind of data that no job removes, and why."""

    what: str
    why: str


def periods(*, advice_text_months: int) -> Sequence[Period]:
    """Return every period in force, in the order of the page."""
    return (
        Period(
            "advice_text",
            "Vrije tekst van adviezen: vraag, antwoord, reden van een uitzondering, nalezing, voorstel",
            f"{_months(advice_text_months)} na het advies (HELPDESK_ADVICE_TEXT_MONTHS); de codes blijven",
        ),
        Period(
            "corrections",
            "Verbeteringen van een advies: wat er stond en waarom",
            f"samen met de tekst van het advies; nadien {_months(advice_text_months)} na de verbetering",
        ),
        Period("call_backs", "Terugbelgegevens", f"{_days(aftercare.CALL_BACK_KEPT)} na het noteren"),
        Period("drafts", "Ontwerpen van adviezen", f"{_days(advice.DRAFT_KEPT)} na de laatste toets"),
        Period("failed_logins", "Mislukte aanmeldingen (codes, geen namen)", f"{_days(accounts.FAILURES_KEPT)}"),
        Period("sessions", "Aanmeldingen van medewerkers", f"{_days(accounts.SESSIONS_KEPT)} nadat ze verlopen zijn"),
        Period("mailed_links", "Gemailde links voor een wachtwoord", f"{_days(accounts.LINKS_KEPT)} na hun einde"),
        Period("visitors", "Dagsleutel waarmee bezoekers geteld worden", "tot het einde van de dag"),
        Period(
            "rare_searches",
            f"Woorden die minder dan {visits.LEAST_SHOWN} keer gezocht zijn",
            "tot het einde van de maand",
        ),
        Period("empty_pages", "Getelde adressen zonder bezoek", "tot de volgende nacht"),
        Period("remarks", "Opmerkingen van bezoekers bij een pagina", "twaalf maanden"),
        Period("unconfirmed_follows", "Gevolgde zaken die niet bevestigd zijn", f"{_days(alerts.CONFIRM_WITHIN)}"),
        Period(
            "followers",
            "Volgers die met alles stopten, met wat hun gemaild werd",
            f"{_days(alerts.KEPT_AFTER_STOPPING)} na het stoppen",
        ),
        Period("follow_attempts", "Aanvragen om iets te volgen (codes)", f"{_days(alerts.BETWEEN_LETTERS)}"),
        Period(
            "readers",
            "Nieuwsbrief: wie niet bevestigde, wie zich uitschreef, gebruik van het formulier (codes)",
            f"{_days(newsletters.CONFIRM_WITHIN)}, {_days(newsletters.RETURN_WITHIN)} en "
            f"{_days(newsletters.LETTER_PAUSE)}",
        ),
        Period("mail_files", "Mails als bestand, als er geen mailserver is", f"{_days(mail.LETTERS_KEPT)}"),
        Period("runs", "Dit verslag", "een jaar"),
    )


KEPT = (
    Kept(
        "Codes van adviezen", "voor de cijfers; zonder vrije tekst wijzen ze niemand aan. In tabellen staan geen kleine"
        " aantallen."
    ),
    Kept(
        "Logboek", "bewijs van wie wat las en wijzigde, als gesloten keten; het bevat codes en nummers, geen teksten of"
        " namen"
    ),
    Kept("Wissingen", "zodat een oude reservekopie niemand terugbrengt; alleen een code, het adres staat er niet in"),
    Kept("Adressen die geen nieuwsbrief meer krijgen", "zodat er nooit meer een vertrekt; alleen een code"),
    Kept(
        "Accounts van medewerkers", "tot een beheerder ze wist; daarna blijft een nummer met de naam “voormalig"
        " medewerker”"
    ),
    Kept("Gepubliceerde teksten, uitspraken en nieuwsbrieven", "het archief van wat de dienst publiceerde"),
)  # fmt: skip


def _months(count: int) -> str:
    return "een maand" if count == 1 else f"{count} maanden"


def _days(length: timedelta) -> str:
    return "een dag" if length.days == 1 else f"{length.days} dagen"
