"""Time one engine in a process of its own, so that memory and caches are its own too."""

import itertools
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searching.corpus import Corpus
from searching.engines import ENGINES, Engine, Ours, OursInPostgres, PostgreSql, forget_pages, size_megabytes
from searching.questions import Asked, questions

ADDED = 5
LONG = "vreemdeling " * 900
HOSTILE = {
    "10.000 tekens": LONG[:10_000],
    "stuurtekens": "\x00\x01\x1b visum \x07\ud800",
    "sterretjes": "***",
    "sterretje vooraan": "*ing",
    "reguliere uitdrukking": "(a+)+$ [[:alpha:]]* .{0,999999}" * 20,
    "aanhalingstekens": '"' * 999,
    "ontkenningen": "-" * 500 + " NIET" * 200,
}
"""Questions nobody means; only this project is asked them, as they are."""


@dataclass
class Figures:
    """What was measured of one engine; times in milliseconds unless the name says otherwise."""

    build_seconds: float = 0.0
    building_megabytes: float = 0.0
    megabytes: float = 0.0
    opening: float = 0.0
    memory_megabytes: float = 0.0
    add_one: float = 0.0
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    by_kind: dict[str, list[float]] = field(default_factory=dict)
    hostile: dict[str, float] = field(default_factory=dict)


def build(name: str, folder: Path, corpus: Corpus) -> Figures:
    """Build the index of an engine."""
    engine = ENGINES[name](folder)
    started = time.perf_counter()
    engine.build(corpus.documents())
    built = time.perf_counter() - started
    megabytes = engine.megabytes() if isinstance(engine, PostgreSql | OursInPostgres) else size_megabytes(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return Figures(build_seconds=built - _making(corpus), building_megabytes=peak, megabytes=megabytes)


def _making(corpus: Corpus) -> float:
    """Return how long it takes to make the documents, which is no part of building."""
    sample = min(corpus.count, 300)
    started = time.perf_counter()
    for _ in itertools.islice(corpus.documents(), sample):
        pass
    return (time.perf_counter() - started) * corpus.count / sample


def ask(name: str, folder: Path, corpus: Corpus, rounds: int) -> Figures:
    """Ask all questions, first with nothing in memory, then so many times; then add documents."""
    asked, before = questions(corpus), private_megabytes()
    forget_pages(folder)
    engine, figures = ENGINES[name](folder), Figures()
    started = time.perf_counter()
    engine.open()
    figures.opening = (time.perf_counter() - started) * 1_000
    figures.cold = [_timed(engine, one)[0] for one in asked]
    by_kind = defaultdict(list)
    for one in [*asked] * rounds:
        clock, processor = _timed(engine, one)
        figures.warm.append(clock)
        figures.processor.append(processor)
        by_kind[one.kind].append(clock)
    figures.by_kind = dict(by_kind)
    figures.memory_megabytes = private_megabytes() - before
    figures.add_one = statistics.median(_added(engine, corpus, number) for number in range(ADDED))
    if isinstance(engine, Ours):
        figures.hostile = _hostile(engine)
    return figures


def _timed(engine: Engine, asked: Asked) -> tuple[float, float]:
    started, worked = time.perf_counter(), time.process_time()
    engine.page(asked)
    return (time.perf_counter() - started) * 1_000, (time.process_time() - worked) * 1_000


def _added(engine: Engine, corpus: Corpus, number: int) -> float:
    document = corpus.document(corpus.count + number)
    started = time.perf_counter()
    engine.add(document)
    return (time.perf_counter() - started) * 1_000


def _hostile(engine: Engine) -> dict[str, float]:
    asked = {name: Asked(name, (text,)) for name, text in HOSTILE.items()}
    asked["bladzijde een miljard"] = Asked("", ("raad",), page=10**9)
    asked["500 keuzes"] = Asked("", ("raad",), filters={f"veld{number}": "x" for number in range(500)})
    return {name: min(_timed(engine, one)[0] for _ in range(3)) for name, one in asked.items()}


def private_megabytes() -> float:
    """Return the memory of this process that it shares with nobody; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1_000


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
