"""How often the search puts the right page first, on the questions of content/lijsten/zoekvragen.yaml.

Run with `make bench`, or `python benchmarks/relevance.py --misses` to see the questions we adjusted to that still fail
(`--held-back` shows the others; `--backend postgresql` asks an index in PostgreSQL, on a server that is thrown away).
The library of content/ is installed in a folder of its own by the command that installs the site. Questions that were
held back are reported apart: nothing was adjusted to them. A second sample, written later by who had not seen the
search, was adjusted to after it had been measured once (docs/search.md), and so were a third, about the papers people
hold and what the library gained later, and a fourth, mostly what worried people and counter clerks type.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from searching.server import POSTGRES, start_again_with_server

from helpdesk.app import create_app
from helpdesk.cli import main as main_command
from helpdesk.settings import PROJECT, Settings
from helpdesk.web.services import services
from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.quality import DEPTH, Figures, Judged, figures_by_kind, keeps_promise, load_questions

CONTENT = PROJECT / "content"
SAMPLES = ("second_sample", "third_sample", "fourth_sample")
Answered = list[tuple[Judged, list[str]]]


def main() -> None:
    """Print a table for the questions we adjusted to and one for those we did not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--misses", action="store_true", help="list the adjusted-to questions whose answer stands too low"
    )
    options.add_argument("--held-back", action="store_true", help="list the held back ones too")
    options.add_argument("--backend", choices=["folder", "postgresql"], default="folder", help="where the index is")
    chosen = options.parse_args()
    if chosen.backend == "postgresql":
        start_again_with_server()
        if not os.environ.get(POSTGRES):
            sys.exit("There is no PostgreSQL on this machine.")
    questions = load_questions(CONTENT / "lijsten" / "zoekvragen.yaml")
    samples = {name: load_questions(Path(__file__).with_name(f"{name}.yaml")) for name in SAMPLES}
    with tempfile.TemporaryDirectory() as folder:
        engine = _installed_engine(Path(folder), os.environ[POSTGRES] if chosen.backend == "postgresql" else "")
        answered = ask_all(engine, questions)
        answered_samples = {name: ask_all(engine, sample) for name, sample in samples.items()}
    for name, held_back in (("adjusted to", False), ("held back", True)):
        group = [pair for pair in answered if pair[0].is_held_back == held_back]
        _print_table(name, figures_by_kind(group))
        if chosen.held_back if held_back else chosen.misses:
            _print_misses(group)
    for name, pairs in answered_samples.items():
        _print_table(name, figures_by_kind(pairs))
        if chosen.misses:
            _print_misses(pairs)


def _installed_engine(folder: Path, search_url: str) -> SearchEngine:
    """Install the shipped library in a folder and return the search of that site."""
    settings = Settings(
        data_dir=folder,
        content_dir=CONTENT,
        database_url=f"sqlite:///{folder / 'helpdesk.sqlite'}",
        secret_key="only for measuring",  # noqa: S106 - a key of a database that is thrown away
        testing=True,
        queue_url=f"sqlite:///{folder / 'queue.sqlite'}",
        search_url=search_url,
    )
    app = create_app(settings)
    done = app.test_cli_runner().invoke(main_command, ["init"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        return services().search


def ask_all(engine: SearchEngine, questions: Sequence[Judged]) -> Answered:
    """Return each question with the ids of the first ten hits."""
    return [(one, [hit.id for hit in engine.search(one.ask, per_page=DEPTH).hits]) for one in questions]


def _print_table(name: str, table: dict[str, Figures]) -> None:
    print(f"\n{name:14} {'n':>4} {'S@1':>6} {'S@3':>6} {'S@5':>6} {'kept':>6} {'MRR':>6} {'nDCG':>6}")
    for kind, row in table.items():
        shown = (row.success_at_1, row.success_at_3, row.success_at_5, row.kept, row.reciprocal_rank, row.ndcg)
        print(f"{kind:14} {row.questions:4}", *(f"{value:6.3f}" for value in shown))


def _print_misses(answered: Answered) -> None:
    for question, ranking in answered:
        if not keeps_promise(ranking, question.wanted):
            print(f"  {question.ask!r} wants {dict(question.wanted)}, gets {ranking[:5]}")


if __name__ == "__main__":
    main()
