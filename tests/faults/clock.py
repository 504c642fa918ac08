"""`helpdesk …` on a machine whose clock is wrong: `python -m tests.faults.clock <seconds> <command …>`.

Moves `time.time` and `datetime.now` of this process, and of those it forks, before anything of ours is imported; the
product itself knows nothing of it. Timers that do not tell the time of day (`time.monotonic`) run on.
"""

import datetime as dt
import runpy
import sys
import time
from typing import Any

_REAL_CLOCK = time.time
_REAL = dt.datetime


class _OfAnyKind(type):
    """Lets a datetime that C code made count as one of ours."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _REAL)


class _Moved(_REAL, metaclass=_OfAnyKind):
    """Makes plain datetimes, those of now moved."""

    __slots__ = ()

    off = dt.timedelta()

    def __new__(cls, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the signatures of datetime
        return _REAL(*arguments, **options)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:  # noqa: ANN401 - a plain datetime
        return _REAL.now(tz) + cls.off

    @classmethod
    def utcnow(cls) -> Any:  # noqa: ANN401 - a plain datetime
        return _REAL.now(dt.UTC).replace(tzinfo=None) + cls.off


def move(seconds: float) -> None:
    """Set the clock of this process so many seconds forward, or back when negative."""
    _Moved.off = dt.timedelta(seconds=seconds)
    dt.datetime = _Moved  # type: ignore[misc]
    time.time = lambda: _REAL_CLOCK() + seconds


if __name__ == "__main__":
    move(float(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]
    runpy.run_module("helpdesk", run_name="__main__", alter_sys=True)
