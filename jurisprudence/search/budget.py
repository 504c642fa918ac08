"""What one question may cost: past that it is given up, so that nobody keeps a server busy with a question.

Processor time is counted, not time on the clock: a busy neighbour makes nobody's search fail.
"""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class QuestionTooHeavy(ValueError):
    """A question asks for more work than one question may; the message says in Dutch what to do."""

    def __init__(self) -> None:
        super().__init__("Deze zoekvraag is te zwaar. Gebruik minder woorden, woordgroepen of sterretjes.")


class Budget:
    """The seconds of processor time that one question may take in the thread that made this; None is without end."""

    def __init__(self, seconds: float | None = None, clock: Clock = time.thread_time) -> None:
        self._clock = clock
        self._end = None if seconds is None else clock() + seconds

    def check(self) -> None:
        """Go on, or give up. Asked before each piece of work that can be large.

        Raises:
            QuestionTooHeavy: the time is spent.
        """
        if self._end is not None and self._clock() > self._end:
            raise QuestionTooHeavy
