"""What the pages about amounts hand to their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from helpdesk.amounts.forms import PeriodForm
from helpdesk.amounts.queries import RegisterChange
from helpdesk.core.amounts import ADDRESS, Amount, AmountRegister
from helpdesk.core.vocabulary import Vocabulary
from helpdesk.rulings.pages import Link
from helpdesk.texts.pages import address_of
from helpdesk.texts.queries import Live
from helpdesk.web.views import PageBase


@dataclass(frozen=True)
class PeriodRow:
    """One period of an amount as it is printed. `valid_to` is None when it has no end yet."""

    words: str
    valid_from: date
    valid_to: date | None
    source: str
    url: str | None
    is_current: bool
    is_to_come: bool


@dataclass(frozen=True)
class AmountRow:
    """One amount with all its periods, newest first. `now` is "" when no value of today is confirmed."""

    id: str
    label: str
    now: str
    periods: Sequence[PeriodRow]
    used_in: Sequence[Link]

    @property
    def marker(self) -> str:
        """What an editor writes in a text to show this amount."""
        return f"{{{{bedrag:{self.id}}}}}"

    @classmethod
    def of(cls, amount: Amount, *, today: date, used_in: Sequence[Link] = ()) -> Self:
        """Return the row of an amount."""
        current = amount.on(today)
        return cls(
            id=amount.id,
            label=amount.label,
            now=amount.words(current) if current else "",
            periods=[
                PeriodRow(
                    words=amount.words(period),
                    valid_from=period.valid_from,
                    valid_to=period.valid_to,
                    source=period.source,
                    url=period.url,
                    is_current=period is current,
                    is_to_come=period.valid_from > today,
                )
                for period in amount.periods
            ],
            used_in=used_in,
        )


@dataclass(frozen=True, kw_only=True)
class AmountsPage(PageBase):
    """All amounts for the public."""

    template: ClassVar[str] = "amounts/list.html"

    amounts: Sequence[AmountRow]
    today: date
    title: str = "Bedragen"
    description: str = "De bedragen en termijnen die onze pagina's noemen: hoeveel, sinds wanneer, en waar het staat."
    canonical: str | None = ADDRESS

    @classmethod
    def of(cls, register: AmountRegister, *, today: date) -> Self:
        """Return the page of a register."""
        return cls(amounts=[AmountRow.of(amount, today=today) for amount in register], today=today)


@dataclass(frozen=True, kw_only=True)
class AmountsOfEditorsPage(PageBase):
    """All amounts for editors: which pages show each, and who changed the register last."""

    template: ClassVar[str] = "amounts/editing.html"

    amounts: Sequence[AmountRow]
    changes: Sequence[RegisterChange]
    without_value: int
    title: str = "Bedragen"
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        register: AmountRegister,
        used: Mapping[str, Sequence[Live]],
        changes: Sequence[RegisterChange],
        vocabulary: Vocabulary,
        *,
        today: date,
    ) -> Self:
        """Return the page of a register."""
        rows = [
            AmountRow.of(amount, today=today, used_in=links_to(used.get(amount.id, ()), vocabulary))
            for amount in register
        ]
        return cls(amounts=rows, changes=changes, without_value=sum(not row.now for row in rows))


@dataclass(frozen=True, kw_only=True)
class PeriodPage(PageBase):
    """The form for a new period of one amount, with the pages that will follow."""

    template: ClassVar[str] = "amounts/period.html"

    amount: AmountRow
    form: PeriodForm
    problems: Sequence[str]
    may_be_indexed: bool = False

    @classmethod
    def of(
        cls,
        amount: Amount,
        form: PeriodForm,
        used_in: Sequence[Live],
        vocabulary: Vocabulary,
        *,
        today: date,
        problems: Sequence[str] = (),
    ) -> Self:
        """Return the page of an amount."""
        row = AmountRow.of(amount, today=today, used_in=links_to(used_in, vocabulary))
        return cls(title=f"Nieuw bedrag: {amount.label}", amount=row, form=form, problems=problems)


def links_to(texts: Sequence[Live], vocabulary: Vocabulary) -> list[Link]:
    """Return links to texts, in their order."""
    return [Link(live.version.title, address_of(live, vocabulary)) for live in texts]
