"""Look for the question that occupies a worker longest: hostile ones made by hand, then thousands made by chance.

`python benchmarks/worst.py --n 800` on made-up sentences, `--texts FILE` on real ones, `--index FOLDER` on an index
that is there. Prints the slowest in processor time, which neighbours disturb less, the best of three.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from searching.corpus import from_texts, made_up  # noqa: E402 -- after the path is known

from jurisprudence.search.engine import SearchEngine  # noqa: E402
from jurisprudence.search.results import Sort  # noqa: E402

WORDS = 2_700
SMALL = ("de", "van", "het", "een", "in", "dat", "en", "op", "te", "is", "niet", "voor", "met", "aan", "la", "les")
LEGAL = (
    *("vreemdeling", "verblijf", "artikel", "wet", "beslissing", "verzoeker", "asiel", "visum", "arrest", "recht"),
    *(
        "gezinshereniging",
        "8 EVRM",
        "art. 9bis",
        "40ter",
        "RvV",
        "BGV",
        "2019",
        "C-718/19",
        "246.433",
        "niet-begeleide",
    ),
)
STARTS = ("ver", "bes", "ond", "ger", "aan", "rec", "vre", "art", "con", "int")
WEIRD = (
    "\u202e",
    "\u0301" * 40,
    "ß",
    "ﬀ",
    "İ",
    "\ud800",
    "\0",
    "\U0001d4b1isum",
    "\uff11\uff12",
    "—",
    "’",
    "\u00ad",
    "ǅ",
    "٣",
    "²",
)

HOSTILE = {
    "niets": "",
    "drie woordgroepen van kleine woorden": '"de van het een in dat en op te is" "van de in het" "dat de"',
    "nabijheid 9999": '"de van"~9999 "het een"~100 "artikel wet van de"~100',
    "nabijheid van kleine woorden": '"de van het een"~100 "de van"~100 "in de"~100',
    "twintig kleine woorden op een rij": "de van het een in dat en op te is " * 2,
    "vier sterretjes": "ver* bes* ond* ger*",
    "vier sterretjes met OF": "ver* OF bes* OF ond* OF aan*",
    "uitgesloten sterretjes": "-ver* -bes* -ond* NIET aan*",
    "lang sterretje": "a" * 1_900 + "*",
    "vijfduizend woorden": "vreemdeling verblijf " * 2_500,
    "driehonderd verschillende woorden": " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}woord" for n in range(300)),
    "vijftig onbekende lange woorden": " ".join(f"verbl{chr(97 + n % 26)}jfsx{chr(97 + n // 3)}ing" for n in range(12)),
    "duizend aanhalingstekens": '"' * 1_999,
    "honderd woordgroepen": '"de van" ' * 200,
    "EN OF NIET": "visum EN " * 60 + "OF " * 60 + "NIET " * 60 + "(" * 300,
    "OF tussen alle kleine woorden": " OF ".join(SMALL * 12),
    "NIET voor alle kleine woorden": "visum NIET " + " NIET ".join(SMALL * 10),
    "alle wetten": " ".join(f"artikel {n} Vw" for n in range(1, 70)),
    "alle jaren": "jaar:..2100 " * 100 + " ".join(str(year) for year in range(1990, 2030)),
    "alle velden": "hof:rvv jaar:0..9999 artikel:VW:9 thema:x nummer:1 taal:nl soort:thema uitkomst:x " * 20,
    "gesproken zin": "mag ik van de in het op te een dat en is niet voor met aan wat mijn vrouw " * 15,
    "letters los": "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 11,
    "cijfers los": " ".join(str(n) for n in range(300)),
    "samenstelling": "vreemdelingenwetgevingsaanvraagprocedurebeslissing" * 30,
    "koppeltekens": "-".join(SMALL * 30),
    "koppeltekens in een groep": '"' + "-".join(SMALL * 30) + '"',
    "punten": "a." * 900,
    "schuine strepen": "1/" * 900,
    "stippen en cijfers": "1.111." * 300,
    "accenten": "e\u0301\u0302\u0303" * 500,
    "stapel accenten": "e" + "\u0301" * 1_990,
    "ligaturen": "ﬃ" * 1_999,
    "afkortingen": "R.v.V. " * 250,
    "ecli's": "ECLI:BE:RVSCE:2020:ARR.123.456 " * 60,
    "enkele aanhalingstekens": "'a " * 600,
}


def main() -> None:
    """Measure what was asked for and print the slowest."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        engine = SearchEngine(options.index or Path(folder))
        if options.index is None:
            corpus = from_texts(options.texts, options.n, WORDS) if options.texts else made_up(options.n, WORDS)
            engine.index.replace_all(corpus.documents())
        found = sorted(_timings(engine, options.chance), reverse=True)
    print(f"{len(found)} questions, {sum(ms > options.above for ms, *_ in found)} over {options.above} ms")
    for milliseconds, name, text in found[: options.show]:
        print(f"{milliseconds:8.1f} ms  {name}: {text[:100]!r}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=800, help="number of documents")
    parser.add_argument("--texts", type=Path, help="gzipped JSON lines with real texts")
    parser.add_argument("--index", type=Path, help="folder of an index that is there")
    parser.add_argument("--chance", type=int, default=2_000, help="number of questions made by chance")
    parser.add_argument("--above", type=float, default=100.0, help="milliseconds that are too many")
    parser.add_argument("--show", type=int, default=25)
    return parser.parse_args()


def _timings(engine: SearchEngine, by_chance: int) -> Iterator[tuple[float, str, str]]:
    for name, text in (*HOSTILE.items(), *_made_by_chance(by_chance)):
        for sort in (Sort.RELEVANCE, Sort.COURT) if name in HOSTILE else (Sort.RELEVANCE,):
            best = min(_timed(engine, text, sort) for _ in range(3))
            yield best * 1_000, f"{name} ({sort})", text


def _timed(engine: SearchEngine, text: str, sort: Sort) -> float:
    started = time.thread_time()
    engine.search(text, sort=sort)
    return time.thread_time() - started


def _made_by_chance(count: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(7)  # noqa: S311 -- the same questions in every run
    for number in range(count):
        pieces = [_piece(chance) for _ in range(chance.choice((1, 2, 3, 5, 8, 20, 60, 300)))]
        yield f"toeval {number}", chance.choice((" ", " ", " OF ", " NIET ", "")).join(pieces)


def _piece(chance: random.Random) -> str:
    words = " ".join(chance.choices((*SMALL, *LEGAL), k=chance.randint(1, 12)))
    return chance.choice(
        (
            *(words, words, f'"{words}"', f'"{words}"~{chance.choice((1, 5, 100, 999))}', f"-{words}"),
            *(f"{chance.choice(STARTS)}*", f"art. {chance.randint(1, 80)}", f"jaar:{chance.randint(1990, 2030)}"),
            *(chance.choice(WEIRD), chance.choice(SMALL) * chance.randint(1, 300), chance.choice(LEGAL)),
            *(f"{chance.choice(('hof', 'artikel', 'nummer', 'xx'))}:{chance.choice(LEGAL)}", "OF", "NIET", "(", '"'),
        )
    )


if __name__ == "__main__":
    main()
