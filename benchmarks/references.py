"""Time the recognition of references beside what one would write first, and show how often it is right.

The text is a judgment of 10,000 words made of our labelled sentences, so that every second sentence has a reference.
The peer is one big alternation of all names of laws, run over what follows each "art."; it reads Dutch parts of an
article and knows no court. Both run in this process, in turns; the figure is processor time, the median of the rounds.
"""

import argparse
import gc
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from jurisprudence.courts import load_courts  # noqa: E402 -- after the path is known
from jurisprudence.legislation import LawRegister, load_laws  # noqa: E402
from jurisprudence.references.quality import Labelled, figures, judge, load_labelled  # noqa: E402
from jurisprudence.references.recogniser import Recogniser  # noqa: E402

LISTS = ROOT / "content" / "lijsten"
GOLD = ROOT / "tests" / "jurisprudence" / "references"
WORDS = 10_000
MOST_MILLISECONDS = 20.0  # what we promise for a judgment of 10,000 words

Finder = Callable[[str], list[str]]


def main() -> None:
    """Print the times and the ratio, then precision and recall per file, kind and language."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9)
    rounds = options.parse_args().rounds
    laws = load_laws(LISTS / "wetgeving.yaml")
    recogniser = Recogniser(laws, load_courts(LISTS / "hoven.yaml"))
    files = {path.stem: load_labelled(path) for path in sorted(GOLD.glob("gold_*.jsonl"))}
    sentences = [sentence for labelled in files.values() for sentence in labelled]
    _report_times(recogniser, naive_finder(laws), sentences, rounds)
    _report_quality(files, recogniser, naive_finder(laws), laws)


def judgment(sentences: Sequence[Labelled]) -> str:
    """Return a text of 10,000 words or a little more, five sentences to a paragraph."""
    said: list[str] = []
    words = 0
    for number, sentence in enumerate(cycle(sentences), start=1):
        said.append(sentence.text + ("\n\n" if number % 5 == 0 else " "))
        words += len(sentence.text.split())
        if words >= WORDS:
            return "".join(said)
    raise AssertionError("there are no sentences")


def naive_finder(laws: LawRegister) -> Finder:
    """Return the peer: for each head, the first name of a law behind it and every number in between."""
    names = {
        name.lower(): law.id
        for law in reversed(laws.laws)
        for name in (law.abbreviation, *law.aliases, *law.spellings, law.long_form)
        if name
    }
    suffix = "(?:quater|quinquies|sexies|septies|octies|nonies|novies|decies|undecies|duodecies|terdecies|bis|ter)"
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    law_name = re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
    head = re.compile(r"\b[Aa]rt(?:ikel(?:en)?|icles?|s|t)?\b\.?\s*(?=[\dIVXL§])")
    part = re.compile(
        r"§+\s*(?P<paragraph>\d+)|(?P<lid>eerste|tweede|derde|vierde|vijfde)\s+lid|(?P<point>\d+°)|\b(?P<letter>[a-z])\)"
        rf"|(?P<number>(?:[IVXL]+\.)?\d+(?:\.\d+)*{suffix}?(?:/\d+{suffix}?)*)"
    )
    leden = {word: f"l{place}" for place, word in enumerate(("eerste", "tweede", "derde", "vierde", "vijfde"), 1)}

    def find(text: str) -> list[str]:
        found: list[str] = []
        heads = list(head.finditer(text))
        for one, after in zip(heads, [*(other.start() for other in heads[1:]), len(text)], strict=False):
            segment = text[one.end() : after]
            law = law_name.search(segment)
            for piece in part.finditer(segment[: law.start()] if law else segment):
                if piece["number"]:
                    found.append(f"{names[law[0].lower()] if law else '?'}:{piece['number']}")
                elif found:
                    value = piece["letter"] and f"{piece['letter']})"
                    value = value or piece["point"] or leden.get(piece["lid"] or "") or f"§{piece['paragraph']}"
                    found[-1] += f"|{value}"
        return found

    return find


def _report_times(recogniser: Recogniser, naive: Finder, sentences: Sequence[Labelled], rounds: int) -> None:
    text = judgment(sentences)
    words = len(text.split())
    finders: Mapping[str, Finder] = {
        "ours": lambda said: [found.normal for found in recogniser.find(said)],
        "one big alternation": naive,
    }
    taken: dict[str, list[float]] = {name: [] for name in finders}
    counts = {name: len(find(text)) for name, find in finders.items()}
    for _ in range(rounds):
        for name, find in finders.items():
            taken[name].append(_milliseconds(find, text) * WORDS / words)
    print(f"a judgment of {words} words, {len(text)} characters, {rounds} rounds")
    print(f"processor time in ms per {WORDS} words\n")
    print(f"{'':22}{'found':>8}{'median':>9}{'best':>8}{'ratio':>8}")
    ours = statistics.median(taken["ours"])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:22}{counts[name]:>8}{median:>9.1f}{min(times):>8.1f}{median / ours:>8.1f}")
    verdict = "kept" if ours < MOST_MILLISECONDS else "BROKEN"
    print(f"\nunder {MOST_MILLISECONDS:.0f} ms for {WORDS} words: {verdict}")


def _milliseconds(find: Finder, text: str) -> float:
    gc.collect()
    began = time.process_time()
    find(text)
    return (time.process_time() - began) * 1_000


def _report_quality(
    files: Mapping[str, Sequence[Labelled]], recogniser: Recogniser, naive: Finder, laws: LawRegister
) -> None:
    print(f"\n{'':34}{'labels':>8}{'precision':>11}{'recall':>8}")
    law_ids = {law.id for law in laws.laws} | {"?"}
    kinds: Mapping[str, Callable[[str], bool]] = {
        "all": bool,
        "articles": lambda normal: normal.partition(":")[0] in law_ids,
        "ECLI": lambda normal: normal.startswith("ECLI:"),
        "rulings": lambda normal: normal.partition(":")[0] not in {*law_ids, "ECLI"},
    }
    for name, labelled in files.items():
        for language in ("nl", "fr"):
            judged = [judge(sentence, recogniser) for sentence in labelled if sentence.language == language]
            for kind, about in kinds.items():
                figure = figures(judged, about=about)
                labels = figure.right + figure.missed
                row = f"{figure.precision:>11.3f}{figure.recall:>8.3f}" if labels else f"{'-':>11}{'-':>8}"
                print(f"{name:18}{language:4}{kind:12}{labels:>8}{row}")
        judged = [judge(sentence, recogniser) for sentence in labelled]
        whole, peer = figures(judged), _peer_figures(labelled, naive, kinds["articles"])
        print(
            f"{name:18}{'':4}{'together':12}{whole.right + whole.missed:>8}{whole.precision:>11.3f}{whole.recall:>8.3f}"
        )
        print(f"{'':18}{'the peer, articles only':24}{peer[0]:>11.3f}{peer[1]:>8.3f}\n")


def _peer_figures(labelled: Sequence[Labelled], naive: Finder, about: Callable[[str], bool]) -> tuple[float, float]:
    """Return precision and recall of the peer, by the multiset of normal forms."""
    right = wrong = missed = 0
    for sentence in labelled:
        wanted = [normal for normal in sentence.normals if about(normal)]
        for normal in naive(sentence.text):
            if normal in wanted:
                wanted.remove(normal)
                right += 1
            else:
                wrong += 1
        missed += len(wanted)
    return right / max(1, right + wrong), right / max(1, right + missed)


if __name__ == "__main__":
    main()
