"""Time one page of search results, beside what one would take instead: SQLite FTS5, tantivy, PostgreSQL, stock Whoosh.

`python benchmarks/search.py --n 3294 --texts FILE` (or HELPDESK_BENCH_TEXTS=FILE) measures on real paragraphs, without
a file on made-up sentences. Every engine gets the same documents and questions, in processes of its own; nothing keeps
results between questions. "cold" is the first time each question is asked, with the files of the index taken out of
memory beforehand (not those of the PostgreSQL server); "cpu" is processor time, which neighbours disturb less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from searching.corpus import Corpus, from_texts, made_up  # noqa: E402 -- after the path is known
from searching.engines import ENGINES, WITH_SERVER, Absent  # noqa: E402
from searching.measure import Figures, ask, build, percentile  # noqa: E402
from searching.server import POSTGRES, WITH_POSTGRES  # noqa: E402
from searching.web import measure_web  # noqa: E402

WORDS = 2_700
TEXTS = "HELPDESK_BENCH_TEXTS"


def main() -> None:
    """Measure what was asked for and print it."""
    options = _options()
    if options.engine:
        print(json.dumps(_in_this_process(options)))
        return
    kind = "real paragraphs" if options.texts else "made-up sentences"
    print(f"{options.n} documents of about {options.words} words of {kind}, {os.cpu_count()} cores")
    measured: dict[str, Figures] = {}
    for name in ENGINES:
        if name in options.without:
            print(f"{name}: left out on request")
            continue
        answer = _in_own_processes(name, options)
        if isinstance(answer, str):
            print(f"{name}: skipped, {answer}")
        else:
            measured[name] = answer
    _report(measured)
    if "web" not in options.without:
        measure_web()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=800, help="number of documents")
    parser.add_argument("--words", type=int, default=WORDS, help="words of a document, about")
    parser.add_argument("--texts", default=os.environ.get(TEXTS), help="gzipped JSON lines with real texts")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--without", nargs="*", action="extend", default=[], help="engines to leave out, or: web")
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--phases", default="build,ask", help=argparse.SUPPRESS)
    return parser.parse_args()


def _corpus(options: argparse.Namespace) -> Corpus:
    words = options.words
    return from_texts(Path(options.texts), options.n, words) if options.texts else made_up(options.n, words)


def _in_this_process(options: argparse.Namespace) -> dict[str, object]:
    corpus, found = _corpus(options), {}
    try:
        if "build" in options.phases:
            made = asdict(build(options.engine, options.folder, corpus))
            found |= {name: value for name, value in made.items() if value}
        if "ask" in options.phases:
            asked = asdict(ask(options.engine, options.folder, corpus, options.rounds))
            found |= {name: value for name, value in asked.items() if value}
    except Absent as absent:
        return {"absent": str(absent)}
    return found


def _in_own_processes(name: str, options: argparse.Namespace) -> Figures | str:
    """Measure an engine; building and asking happen in separate processes, except with a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        base = [sys.executable, str(HERE), "--engine", name, "--folder", folder, "--n", str(options.n)]
        base += ["--words", str(options.words)]
        base += ["--rounds", str(options.rounds), *(["--texts", options.texts] if options.texts else [])]
        if name in WITH_SERVER:
            base = base if os.environ.get(POSTGRES) else [str(WITH_POSTGRES), *base]
            answers = [_run([*base, "--phases", "build,ask"])]
        else:
            answers = [_run([*base, "--phases", phase]) for phase in ("build", "ask")]
    joined = {name: value for answer in answers for name, value in answer.items()}
    return str(joined["absent"]) if "absent" in joined else Figures(**joined)


def _run(command: Sequence[str]) -> dict[str, object]:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 -- our own program
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _report(measured: dict[str, Figures]) -> None:
    columns = ("build s", "index MB", "memory MB", "add 1 ms", "cold p50", "p95", "warm p50", "p95", "cpu p50", "ratio")
    print(f"\n{'page of results, ms':<20}" + "".join(f"{column:>10}" for column in columns))
    ours = statistics.median(measured["ours"].processor) if "ours" in measured else 0.0
    for name, one in measured.items():
        # the processor time of a server is not ours: there the clock has to do
        worked = statistics.median(one.warm if name in WITH_SERVER else one.processor)
        figures = (
            one.build_seconds, one.megabytes, one.memory_megabytes, one.add_one, statistics.median(one.cold),
            percentile(one.cold, 0.95), statistics.median(one.warm), percentile(one.warm, 0.95), worked,
            worked / ours if ours else 0.0,
        )  # fmt: skip
        print(f"{name:<20}" + "".join(f"{figure:>10.2f}" for figure in figures))
    print("\nper class, warm p50 / p95")
    for kind in next(iter(measured.values())).by_kind if measured else ():
        row = [
            f"{statistics.median(one.by_kind[kind]):.1f}/{percentile(one.by_kind[kind], 0.95):.1f}"
            for one in measured.values()
        ]
        print(f"{kind:<20}" + "".join(f"{figures:>16}" for figures in row))
    for name, time_taken in measured["ours"].hostile.items() if "ours" in measured else ():
        print(f"hostile: {name:<24}{time_taken:>8.1f} ms")


if __name__ == "__main__":
    main()
