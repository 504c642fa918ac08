"""How the cost of searching grows with the number of rulings: the index in a folder beside the one in PostgreSQL.

`python benchmarks/growth.py --texts FILE --sizes 3294 33000` measures on real paragraphs of about 2,700 words a ruling;
`--sizes 330000 --words 270` on shorter ones, since at that size a machine with 24 GB cannot build the index in a folder
from full texts. Building and asking happen in processes of their own; the server of PostgreSQL, when none is named, is
thrown away afterwards. Building gives way to whoever else uses the machine. The figures are those of `search.py`, with
what building takes of memory and what opening takes; "warm" is each question's best of the rounds, which neighbours
disturb less.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from searching.measure import Figures, percentile  # noqa: E402 -- after the path is known
from searching.server import start_again_with_server  # noqa: E402

TEXTS = "HELPDESK_BENCH_TEXTS"
ROUNDS = 3
MEASURED = ("ours", "ours in postgresql")
COLUMNS = (
    "build s", "build MB", "index MB", "open ms", "memory MB", "add 1 ms", "cold p50", "p95", "warm p50", "p95",
)  # fmt: skip


def main() -> None:
    """Measure every size in turn and print a line as soon as it is known."""
    start_again_with_server()
    options = _options()
    kind = "real paragraphs" if options.texts else "made-up sentences"
    print(f"rulings of about {options.words} words of {kind}, {os.cpu_count()} cores")
    print(f"{'rulings':>8}  {'index':<20}" + "".join(f"{column:>10}" for column in COLUMNS), flush=True)
    for size in options.sizes:
        for name in MEASURED:
            if name not in options.without:
                _measure(name, size, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1_200], help="numbers of rulings")
    parser.add_argument("--words", type=int, default=2_700, help="words of a ruling, about")
    parser.add_argument("--texts", default=os.environ.get(TEXTS), help="gzipped JSON lines with real texts")
    parser.add_argument("--without", nargs="*", action="extend", default=[], help=f"leave out: {', '.join(MEASURED)}")
    return parser.parse_args()


def _measure(name: str, size: int, options: argparse.Namespace) -> None:
    joined: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for phase in ("build", "ask"):
            command = [sys.executable, str(HERE.with_name("search.py")), "--engine", name, "--folder", folder]
            command += ["--n", str(size), "--words", str(options.words), "--phases", phase]
            command += ["--rounds", str(ROUNDS), *(["--texts", options.texts] if options.texts else [])]
            command = ["nice", "-n", "19", *command] if phase == "build" else command
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 -- our own
            if done.returncode:
                print(f"{size:>8}  {name:<20}  {phase} failed", flush=True)
                return
            joined |= json.loads(done.stdout.splitlines()[-1])
    if "absent" in joined:
        print(f"{size:>8}  {name:<20}  skipped, {joined['absent']}", flush=True)
        return
    one = Figures(**joined)  # type: ignore[arg-type]  # what the other process made of the same class
    warm = [min(one.warm[place :: len(one.cold)]) for place in range(len(one.cold))]
    figures = (
        one.build_seconds, one.building_megabytes, one.megabytes, one.opening, one.memory_megabytes, one.add_one,
        statistics.median(one.cold), percentile(one.cold, 0.95),
        statistics.median(warm), percentile(warm, 0.95),
    )  # fmt: skip
    print(f"{size:>8}  {name:<20}" + "".join(f"{figure:>10.1f}" for figure in figures))
    slowest = sorted(one.by_kind, key=lambda kind: percentile(one.by_kind[kind], 0.95))[-3:]
    told = (
        f"{kind} {statistics.median(one.by_kind[kind]):.1f} / {percentile(one.by_kind[kind], 0.95):.1f}"
        for kind in slowest
    )
    print(f"{'':>8}  slowest classes, p50 / p95 ms: {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
