"""How much the shipped library holds: tests that count it stay true when an editor adds a file."""

from typing import Final

from helpdesk.settings import PROJECT

RULINGS: Final = sum(1 for _ in (PROJECT / "content" / "rechtspraak").rglob("*.md"))
