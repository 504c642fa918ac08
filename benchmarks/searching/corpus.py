"""The documents every engine gets: runs of real paragraphs when a file of texts is given, made-up sentences otherwise.

A file of texts is gzipped JSON lines: `{"src": "dbrc", "text": …}` are Dutch rulings in full, `{"src": "jup", "fr": …}`
abstracts in French, `nl` the same in Dutch. Document number 17 is the same in every run and at every size.
"""

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from jurisprudence.search.results import Document, Kind
from jurisprudence.search.wordlists import read_lines

SMALL_WORDS = tuple(read_lines("kleine_woorden")[:40])
TOPICS = {
    "gezinshereniging": ("gezinshereniging", "toereikende bestaansmiddelen", "artikel 40ter", "verblijfskaart"),
    "regularisatie": ("buitengewone omstandigheden", "artikel 9bis", "machtiging tot verblijf"),
    "medisch": ("medische regularisatie", "artikel 9ter", "ambtenaar-geneesheer", "dringende medische hulp"),
    "asiel": ("internationale bescherming", "gegronde vrees", "artikel 48/3", "volgend verzoek", "57/6/1"),
    "terugkeer": ("bevel om het grondgebied te verlaten", "inreisverbod", "artikel 74/11", "hoger belang van het kind"),
    "opvang": ("materiële hulp", "Fedasil", "menselijke waardigheid", "opvangplaats"),
}
FRENCH = {
    "gezinshereniging": ("regroupement familial", "moyens de subsistance", "article 40ter"),
    "regularisatie": ("circonstances exceptionnelles", "autorisation de séjour", "article 9bis"),
    "medisch": ("régularisation médicale", "traitement adéquat", "article 9ter"),
    "asiel": ("protection internationale", "crainte fondée", "article 48/3"),
    "terugkeer": ("ordre de quitter le territoire", "interdiction d'entrée", "article 74/11"),
    "opvang": ("aide matérielle", "dignité humaine", "loi accueil"),
}
COURTS = ("rvv", "rvs", "gwh", "cass", "hvj", "ehrm")
COURT_WEIGHTS = (70, 12, 3, 5, 5, 5)
OUTCOMES = ("annulled", "dismissed", "suspended", "inadmissible")
FRENCH_SHARE = 0.3
SHORTEST_PARAGRAPH = 60
"""Characters; shorter ones are headings and page numbers."""
PARAGRAPHS_OF_A_TEXT = 40
SHARE_OF_BODY = 0.82
"""The rest of the words are sentences about the topic and the end of the last run of paragraphs."""
SYLLABLES = [a + b for a in "bdfghklmnprstvz" for b in "aeio"]

Chance = random.Random


@dataclass(frozen=True)
class Corpus:
    """So many documents of about so many words, made again each time they are asked for."""

    count: int
    words: int
    paragraphs: Callable[[Chance, str, int], list[str]]
    is_real: bool

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order."""
        for number in range(self.count):
            yield self.document(number)

    def document(self, number: int) -> Document:
        """Return one document; numbers past the end give documents that are not in the corpus."""
        return _document(Chance(f"7-{number}"), number, self)


def made_up(count: int, words: int) -> Corpus:
    """Return a corpus of made-up sentences whose words have the frequencies of a language."""
    vocabulary = [*SMALL_WORDS, *read_lines("componenten")]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))

    def paragraphs(chance: Chance, _language: str, wanted: int) -> list[str]:
        found = []
        for _ in range(max(wanted // 20, 2)):
            body = chance.choices(vocabulary, cum_weights=weights, k=20)
            found.append(" ".join(body).capitalize() + ".")
        return found

    return Corpus(count, words, paragraphs, is_real=False)


def from_texts(path: Path, count: int, words: int) -> Corpus:
    """Return a corpus of runs of real paragraphs; the runs of one document come from several texts."""
    pools = _pools(path)

    def paragraphs(chance: Chance, language: str, wanted: int) -> list[str]:
        pool, found, length = pools[language], [], 0
        while length < wanted:
            text = chance.choice(pool)
            first = chance.randrange(len(text))
            run = text[first : first + chance.randint(2, 9)]
            found += run
            length += sum(paragraph.count(" ") + 1 for paragraph in run)
        return found

    return Corpus(count, words, paragraphs, is_real=True)


def _pools(path: Path) -> dict[str, list[list[str]]]:
    """Return, per language, texts as lists of paragraphs; abstracts are taken together to texts."""
    dutch: list[list[str]] = []
    french: list[str] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["src"] == "dbrc":
                dutch.append(_long_ones(entry["text"]))
            elif entry["src"] == "jup":
                french += _long_ones(entry["fr"])
    places = range(0, len(french), PARAGRAPHS_OF_A_TEXT)
    return {
        "nl": [text for text in dutch if len(text) >= 5],  # noqa: PLR2004 -- a text to take runs from
        "fr": [french[place : place + PARAGRAPHS_OF_A_TEXT] for place in places],
    }


def _long_ones(text: str) -> list[str]:
    return [paragraph for paragraph in text.split("\n") if len(paragraph) > SHORTEST_PARAGRAPH]


def _document(chance: Chance, number: int, corpus: Corpus) -> Document:
    topic = chance.choice(list(TOPICS))
    language = "fr" if corpus.is_real and chance.random() < FRENCH_SHARE else "nl"
    phrases = (TOPICS if language == "nl" else FRENCH)[topic]
    length = int(min(max(chance.lognormvariate(0, 0.33), 0.55), 1.6) * corpus.words * SHARE_OF_BODY)
    body = corpus.paragraphs(chance, language, length)
    for place in range(0, len(body), 3):
        body[place] += f" {_topic_sentence(chance, phrases)}"
    decided_on = date(2007, 1, 1) + timedelta(days=chance.randrange(6_900))
    ruling_number = f"{100 + number // 1000}.{number % 1000:03}"
    article = next((f"VW:{text.split()[1]}" for text in TOPICS[topic] if text.startswith("artikel")), "EVRM:8")
    return Document(
        id=f"rechtspraak/{number}",
        kind=Kind.RULING,
        address=f"/rechtspraak/{number}",
        title=f"{topic.capitalize()}: uitspraak van {decided_on:%d-%m-%Y}, nr. {ruling_number}",
        text="\n".join(body),
        language=language,
        text_language=language,
        summary=f"{_topic_sentence(chance, phrases)} {body[0][:300]}",
        keywords=TOPICS[topic],
        themes=(topic,),
        theme_ancestors=("verblijf",),
        dated_on=decided_on,
        court=chance.choices(COURTS, weights=COURT_WEIGHTS)[0],
        numbers=(ruling_number,),
        outcome=chance.choice(OUTCOMES),
        articles=(article, "EVRM:8"),
    )


def _topic_sentence(chance: Chance, phrases: Sequence[str]) -> str:
    """Return a sentence with an expression of the topic, an earlier ruling and now and then a new name."""
    name = "".join(chance.choices(SYLLABLES, k=3)).capitalize() if chance.random() < 0.5 else "X"  # noqa: PLR2004
    earlier = f"{chance.randrange(100, 330)}.{chance.randrange(1000):03}"
    return f"{chance.choice(phrases).capitalize()} ({name}, arrest nr. {earlier})."
