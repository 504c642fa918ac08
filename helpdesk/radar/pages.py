"""What the radar hands to its templates."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from helpdesk.core.clock import brussels_date
from helpdesk.core.paging import Page
from helpdesk.radar.forms import PutAwayForm
from helpdesk.radar.models import PutAway
from helpdesk.radar.rules import Sign, SignKind, Weighed
from helpdesk.text_editor.pages import WAITING_NAMES, WaitingRow
from helpdesk.visits.pages import few_hidden
from helpdesk.web.filters import number as written
from helpdesk.web.views import PageBase

PER_PAGE = 30
KIND_NAMES: Mapping[SignKind, str] = {
    SignKind.TOUCHED: "nieuw recht",
    SignKind.NOT_USEFUL: "niet nuttig",
    SignKind.LINK: "link stuk",
    SignKind.OVERDUE: "na te lezen",
    SignKind.PROPOSAL: "voorstel",
    SignKind.NOT_FOUND: "niet gevonden",
}


@dataclass(frozen=True)
class SignRow:
    """One thing to look at, in words: why, and where it is mended. `use_address` is None for what is no text."""

    kind: str
    kind_name: str
    subject: str
    mark: str
    title: str
    address: str
    use_address: str | None
    reasons: Sequence[str]
    about: str
    owner: str | None
    reason: str
    errors: Sequence[str]


@dataclass(frozen=True)
class KindChoice:
    """A kind of sign to limit the list to, with how many there are."""

    name: str
    address: str
    count: int
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class RadarPage(PageBase):
    """What waits for this editor, and what deserves a look, the most urgent first."""

    template: ClassVar[str] = "radar/radar.html"

    waiting: Sequence[tuple[str, Sequence[WaitingRow]]]
    rows: Page[SignRow]
    choices: Sequence[KindChoice]
    is_mine: bool
    mine_address: str
    put_away_address: str
    away_count: int
    previous_address: str | None
    next_address: str | None
    title: str = "Redactie"
    may_be_indexed: bool = False


@dataclass(frozen=True)
class AwayRow:
    """One thing that was put away, by whom and why."""

    id: int
    kind_name: str
    title: str
    address: str
    reason: str
    by: str
    put_away_on: date


@dataclass(frozen=True, kw_only=True)
class AwayPage(PageBase):
    """What was put away and would stand on the radar otherwise, the newest first."""

    template: ClassVar[str] = "radar/away.html"

    rows: Sequence[AwayRow]
    title: str = "Weggelegd"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        signs: Sequence[Sign],
        away: Mapping[tuple[str, str], PutAway],
        names: Mapping[int, str],
        address: Callable[[Sign], str],
    ) -> Self:
        """Return the page of signs that are away."""
        found = [(away[sign.kind, sign.subject], sign) for sign in signs]
        rows = [
            AwayRow(
                id=one.id,
                kind_name=KIND_NAMES[sign.kind],
                title=sign.title,
                address=address(sign),
                reason=one.reason,
                by=names.get(one.put_away_by_id, ""),
                put_away_on=brussels_date(one.put_away_at),
            )
            for one, sign in sorted(found, key=lambda pair: (pair[0].put_away_at, pair[0].id), reverse=True)
        ]
        return cls(rows=rows)


def sign_row(
    weighed: Weighed,
    *,
    names: Mapping[int, str],
    address: str,
    use_address: str | None,
    form: PutAwayForm | None,
) -> SignRow:
    """Return the row of a sign; `form` is what was typed to put one away and could not be."""
    sign = weighed.sign
    is_typed = form is not None and form.is_of(sign.kind, sign.subject)
    return SignRow(
        kind=sign.kind,
        kind_name=KIND_NAMES[sign.kind],
        subject=sign.subject,
        mark=sign.mark,
        title=sign.title,
        address=address,
        use_address=use_address,
        reasons=sign.reasons,
        about=_about(weighed),
        owner=names.get(sign.owner_id or 0),
        reason=str(form.reason.data or "") if form is not None and is_typed else "Niet nodig",
        errors=list(form.reason.errors) if form is not None and is_typed else [],
    )


def kind_choices(
    signs: Sequence[Weighed], wanted: SignKind | None, address: Callable[[SignKind | None], str]
) -> list[KindChoice]:
    """Return the kinds there are, in their own order, after all of them together."""
    counts = Counter(one.sign.kind for one in signs)
    every = KindChoice("alles", address(None), len(signs), wanted is None)
    return [
        every,
        *(
            KindChoice(name, address(kind), counts[kind], kind == wanted)
            for kind, name in KIND_NAMES.items()
            if counts[kind] or kind == wanted
        ),
    ]


def waiting_rows(rows: Mapping[str, Sequence[WaitingRow]]) -> list[tuple[str, Sequence[WaitingRow]]]:
    """Return what waits, under its Dutch heading; headings without anything are left out."""
    return [(WAITING_NAMES[name], found) for name, found in rows.items() if found]


def _about(weighed: Weighed) -> str:
    """Say by what this was weighed."""
    sign = weighed.sign
    days = "1 dag" if weighed.age_days == 1 else f"{written(max(0, weighed.age_days))} dagen"
    if sign.document_id is None and sign.node is None:
        return f"al {days}"
    views = "1 weergave" if weighed.views == 1 else f"{written(weighed.views)} weergaven"
    return f"{views} en {few_hidden(weighed.advice)} adviezen in een jaar, {days} niet nagekeken"
