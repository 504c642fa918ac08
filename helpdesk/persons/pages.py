"""What the pages about what is held of a person hand to their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from helpdesk.persons import rules
from helpdesk.persons.forms import AddressForm, EraseForm
from helpdesk.persons.queries import Held, Json
from helpdesk.web.views import PageBase


@dataclass(frozen=True, kw_only=True)
class PersonsPage(PageBase):
    """The form that asks for an address."""

    template: ClassVar[str] = "persons/search.html"

    form: AddressForm
    title: str = "Gegevens van een persoon"
    may_be_indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonPage(PageBase):
    """What is held about one address, to hand over or to erase."""

    template: ClassVar[str] = "persons/person.html"

    address: str
    known_as: Sequence[str]
    rows: Sequence[tuple[str, int]]  # table, how many rows
    form: EraseForm
    problems: Sequence[str] = ()
    title: str = "Wat we van dit adres bewaren"
    may_be_indexed: bool = False

    @classmethod
    def of(cls, address: str, held: Held, export: Json, form: EraseForm, *, problems: Sequence[str] = ()) -> Self:
        """Describe what an export would hold: tables and numbers, not the data themselves."""
        tables = [
            (name, len(rows))
            for kind in held.kinds
            for name, rows in export[kind.value].items()
            if isinstance(rows, list)
        ]
        if held.account is not None:
            tables += [(f"{name} (blijft)", count) for name, count in export["werk"].items()]
            tables.append(("audit_entry (blijft)", len(export["logboek"])))
        return cls(
            address=address,
            known_as=[rules.LABELS[kind] for kind in held.kinds],
            rows=tables,
            form=form,
            problems=problems,
        )
