"""Time one page of search results: this project, Whoosh as it comes, and SQLite FTS5, on the same generated documents.

Run `python -m benchmarks.search` or `python benchmarks/search.py --documents 300 3300`. A page is: the exact total, the
counts of seven facets, ten titles and their highlighted snippets. Nothing is cached between questions; every question
is asked once to warm up and then `--rounds` times. Read the ratios: absolute times depend on the machine. "cpu" is the
median of processor time, which neighbours on a busy machine disturb less; the ratio is taken from it.
"""

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.results import Document, Kind
from jurisprudence.search.wordlists import read_lines

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import fields, highlight, index, sorting
    from whoosh.analysis import LanguageAnalyzer
    from whoosh.qparser import MultifieldParser

SMALL_WORDS = (
    "de",
    "van",
    "het",
    "een",
    "dat",
    "in",
    "en",
    "op",
    "is",
    "niet",
    "te",
    "die",
    "voor",
    "zijn",
    "aan",
    "bij",
    "met",
)
TOPICS = {
    "gezinshereniging": ("gezinshereniging", "toereikende bestaansmiddelen", "artikel 40ter", "verblijfskaart"),
    "regularisatie": ("buitengewone omstandigheden", "artikel 9bis", "machtiging tot verblijf"),
    "medisch": ("medische regularisatie", "artikel 9ter", "ambtenaar-geneesheer", "dringende medische hulp"),
    "asiel": ("internationale bescherming", "gegronde vrees", "artikel 48/3", "volgend verzoek", "57/6/1"),
    "terugkeer": ("bevel om het grondgebied te verlaten", "inreisverbod", "artikel 74/11", "hoger belang van het kind"),
    "opvang": ("materiële hulp", "Fedasil", "menselijke waardigheid", "opvangplaats"),
}
COURTS = ("rvv", "rvs", "gwh", "cass", "hvj", "ehrm")
OUTCOMES = ("annulled", "dismissed", "suspended", "inadmissible")
FACETS = ("soort", "hof", "thema", "jaar", "taal", "uitkomst", "artikel")

Page = Callable[[str, dict[str, str]], int]


@dataclass(frozen=True)
class Asked:
    """One question with the class it is reported under."""

    kind: str
    text: str
    filters: dict[str, str]


def documents(count: int, words: int, seed: int = 7) -> Iterator[Document]:
    """Yield made-up rulings of about so many words; each depends only on the seed and its number."""
    vocabulary = [*SMALL_WORDS, *read_lines("componenten")]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    for number in range(count):
        yield _document(random.Random(f"{seed}-{number}"), number, words, vocabulary, weights)  # noqa: S311


def _document(chance: random.Random, number: int, words: int, vocabulary: list[str], weights: list[float]) -> Document:
    topic = chance.choice(list(TOPICS))
    sentences = []
    for _ in range(max(words // 22, 2)):
        body = chance.choices(vocabulary, cum_weights=weights, k=20)
        if chance.random() < 0.25:  # noqa: PLR2004 -- a quarter of the sentences speak of the topic
            body.insert(chance.randrange(20), chance.choice(TOPICS[topic]))
        if chance.random() < 0.05:  # noqa: PLR2004
            body.append(f"arrest nr. {chance.randrange(100, 330)}.{chance.randrange(1000):03}")
        sentences.append(" ".join(body).capitalize() + ".")
    decided_on = date(2007, 1, 1) + timedelta(days=chance.randrange(6_900))
    ruling_number = f"{100 + number // 1000}.{number % 1000:03}"
    article = next((f"VW:{text.split()[1]}" for text in TOPICS[topic] if text.startswith("artikel")), "EVRM:8")
    return Document(
        id=f"rechtspraak/{number}",
        kind=Kind.RULING,
        address=f"/rechtspraak/{number}",
        title=f"{topic.capitalize()}: uitspraak van {decided_on:%d-%m-%Y}, nr. {ruling_number}",
        text="\n".join(sentences),
        summary=sentences[0],
        keywords=TOPICS[topic],
        themes=(topic,),
        theme_ancestors=("verblijf",),
        dated_on=decided_on,
        court=chance.choices(COURTS, weights=(70, 12, 3, 5, 5, 5))[0],
        numbers=(ruling_number,),
        outcome=chance.choice(OUTCOMES),
        articles=(article, "EVRM:8"),
    )


def questions(seed: int = 11) -> list[Asked]:
    """Return 84 questions as visitors ask them, in seven classes."""
    chance = random.Random(seed)  # noqa: S311
    vocabulary = read_lines("componenten")
    topics = [phrase for phrases in TOPICS.values() for phrase in phrases]
    simple = [word for phrase in topics for word in phrase.split() if len(word) > 5]  # noqa: PLR2004
    asked = []
    for _ in range(12):
        common, rare = chance.choice(simple), chance.choice(vocabulary[1500:])
        asked += [
            Asked("één woord", common, {}),
            Asked("zeldzaam woord", rare, {}),
            Asked("twee woorden", f"{common} {chance.choice(vocabulary[:300])}", {}),
            Asked("drie woorden", " ".join([common, *chance.choices(vocabulary[:200], k=2)]), {}),
            Asked("woordgroep", f'"{chance.choice([topic for topic in topics if " " in topic])}"', {}),
            Asked("gewoon woord", chance.choice(["niet", "beslissing", "verzoeker", "raad"]), {}),
            Asked("met keuze", common, {"hof": chance.choice(COURTS)}),
        ]
    return asked


def our_page(folder: Path, source: Callable[[], Iterator[Document]]) -> Page:
    """Build our index and return what makes a page on it."""
    engine = SearchEngine(folder)
    engine.index.replace_all(source())

    def page(text: str, filters: dict[str, str]) -> int:
        return engine.search(text, filters={name: [value] for name, value in filters.items()}).total

    return page


def stock_whoosh_page(folder: Path, source: Callable[[], Iterator[Document]]) -> Page:
    """Build an index the way Whoosh's manual shows and return what makes a page on it."""
    text = fields.TEXT(stored=True, analyzer=LanguageAnalyzer("nl"))
    tag = fields.KEYWORD(stored=True, commas=True, sortable=True)
    schema = fields.Schema(id=fields.ID(stored=True), title=text, text=text, **dict.fromkeys(FACETS, tag))
    folder.mkdir()
    whoosh_index = index.create_in(str(folder), schema)
    writer = whoosh_index.writer(limitmb=256)
    for document in source():
        writer.add_document(id=document.id, title=document.title, text=document.text, **_facet_row(document))
    writer.commit()
    searcher, parser = whoosh_index.searcher(), MultifieldParser(["title", "text"], schema)

    def page(question: str, filters: dict[str, str]) -> int:
        chosen = [parser.parse(f"{name}:{value}") for name, value in filters.items()]
        grouping = sorting.Facets()
        for name in FACETS:
            grouping.add_field(name, allow_overlap=True)
        found = searcher.search(
            parser.parse(question), limit=None, groupedby=grouping, filter=chosen[0] if chosen else None
        )
        found.fragmenter = highlight.ContextFragmenter(maxchars=200)
        for name in FACETS:
            found.groups(name)
        for hit in found[:10]:
            hit.highlights("text")
        return len(found)

    return page


def sqlite_page(folder: Path, source: Callable[[], Iterator[Document]]) -> Page:
    """Build an FTS5 table without stemming and return what makes a page on it."""
    folder.mkdir()
    database = sqlite3.connect(folder / "fts.sqlite")
    database.execute(f"CREATE TABLE facts (id INTEGER PRIMARY KEY, {', '.join(FACETS)})")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(title, text, tokenize='unicode61 remove_diacritics 2')")
    for number, document in enumerate(source(), start=1):
        row = _facet_row(document)
        marks = ", ".join("?" * (len(FACETS) + 1))
        database.execute(f"INSERT INTO facts VALUES ({marks})", (number, *(row[name] for name in FACETS)))  # noqa: S608
        database.execute(
            "INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)", (number, document.title, document.text)
        )
    database.commit()

    def page(question: str, filters: dict[str, str]) -> int:
        wanted = question if question.startswith('"') else " ".join(f'"{word}"' for word in question.split())
        where = "".join(f" AND facts.{name} = :{name}" for name in filters)
        values = {"wanted": wanted, **filters}
        database.execute("DROP TABLE IF EXISTS temp.found")
        joined = "FROM texts JOIN facts ON facts.id = texts.rowid WHERE texts MATCH :wanted" + where
        database.execute(f"CREATE TEMP TABLE found AS SELECT facts.* {joined}", values)
        total = int(database.execute("SELECT count(*) FROM found").fetchone()[0])
        for name in FACETS:
            database.execute(f"SELECT {name}, count(*) FROM found GROUP BY 1 ORDER BY 2 DESC").fetchall()  # noqa: S608
        database.execute(
            "SELECT title, snippet(texts, 1, '<mark>', '</mark>', '…', 30) "
            f"{joined} ORDER BY bm25(texts, 4.0, 1.0) LIMIT 10",
            values,
        ).fetchall()
        return total

    return page


def _facet_row(document: Document) -> dict[str, str]:
    year = str(document.dated_on.year) if document.dated_on else ""
    return {
        "soort": document.kind.value, "hof": document.court or "", "thema": ",".join(document.themes), "jaar": year,
        "taal": document.language, "uitkomst": document.outcome or "", "artikel": document.articles[0],
    }  # fmt: skip


@dataclass(frozen=True)
class Times:
    """Milliseconds per page: by the clock, by the processor, and by the clock for each class of question."""

    clock: list[float]
    processor: list[float]
    by_kind: dict[str, list[float]]


def measure(page: Page, asked: list[Asked], rounds: int) -> Times:
    """Ask every question once to warm up and then so many times."""
    times = Times([], [], {})
    for question in asked:
        page(question.text, question.filters)
        for _ in range(rounds):
            started, worked = time.perf_counter(), time.process_time()
            page(question.text, question.filters)
            times.processor.append((time.process_time() - worked) * 1_000)
            times.clock.append((time.perf_counter() - started) * 1_000)
            times.by_kind.setdefault(question.kind, []).append(times.clock[-1])
    return times


def compare(count: int, words: int, rounds: int) -> None:
    """Build the three indexes, ask all questions of each, and print medians and ratios."""
    builders = {"this project": our_page, "Whoosh as it comes": stock_whoosh_page, "SQLite FTS5": sqlite_page}
    asked, ours = questions(), 0.0
    print(f"\n{count} documents of about {words} words, {len(asked)} questions × {rounds}")
    print(f"{'engine':<20}{'build s':>9}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'ratio':>8}   median per class")
    with tempfile.TemporaryDirectory() as scratch:
        for name, builder in builders.items():
            started = time.perf_counter()
            page = builder(Path(scratch) / name.replace(" ", "-"), lambda: documents(count, words))
            built = time.perf_counter() - started
            times = measure(page, asked, rounds)
            late = sorted(times.clock)[int(len(times.clock) * 0.95)]
            worked = statistics.median(times.processor)
            ours = ours or worked
            kinds = ", ".join(f"{kind} {statistics.median(values):.1f}" for kind, values in times.by_kind.items())
            figures = (
                f"{built:>9.1f}{statistics.median(times.clock):>9.2f}{late:>9.2f}{worked:>9.2f}{worked / ours:>8.1f}"
            )
            print(f"{name:<20}{figures}   {kinds}", flush=True)


def main() -> None:
    """Read the sizes to measure and measure them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[300, 3300])
    parser.add_argument("--words", type=int, default=1_000, help="words per document")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for count in options.documents:
        compare(count, options.words, options.rounds)


if __name__ == "__main__":
    main()
