"""Who may do what: the four roles and the audiences they open."""

from enum import StrEnum


class Role(StrEnum):
    """A role of a colleague; the value is the code stored and typed in commands."""

    JURIST = "jurist"
    EDITOR = "redacteur"
    COORDINATOR = "coordinator"
    ADMIN = "beheerder"

    @property
    def label(self) -> str:
        """The Dutch word for the screen."""
        return {"coordinator": "coördinator"}.get(self.value, self.value)
