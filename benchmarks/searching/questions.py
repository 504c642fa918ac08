"""What every engine is asked: more than two hundred questions in ten classes, drawn from the documents themselves."""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from searching.corpus import TOPICS, Corpus

SAMPLE = 300
"""Documents from which the words of the questions are drawn; the same ones at every size."""

SHORTEST = 5
FRENCH_TOO = 0.3
EVERYDAY = (
    "niet", "beslissing", "verzoekende partij", "de wet", "raad van state", "recht op verblijf", "kind", "hoe lang",
    "mag ik werken", "geen papieren", "beroep tegen beslissing", "welke documenten", "uitgewezen", "termijn",
    "mijn man", "advocaat", "artikel", "getrouwd", "school", "ziek",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Asked:
    """One question with the class it is reported under, as plainly as every engine can be told.

    `words` must all occur; a `phrase` is those words side by side; a `prefix` is the beginning of one word.
    """

    kind: str
    words: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    newest_first: bool = False
    page: int = 1

    @property
    def text(self) -> str:
        """Return the question as a visitor would type it."""
        text = " ".join(self.words)
        return f'"{text}"' if self.is_phrase else f"{text}*" if self.is_prefix else text


@dataclass(frozen=True)
class _Words:
    rare: Sequence[str]
    middling: Sequence[str]
    common: Sequence[str]
    pairs: Sequence[tuple[str, str]]


def questions(corpus: Corpus, seed: int = 11) -> list[Asked]:
    """Return 220 questions, the same ones for every engine and at every size."""
    chance, words = random.Random(seed), _words_of(corpus)  # noqa: S311 -- the same questions in every run
    asked = [Asked("één woord", (word,)) for word in chance.sample(words.rare, 20) + chance.sample(words.common, 15)]
    asked += [Asked("twee woorden", tuple(chance.sample(words.middling, 2))) for _ in range(30)]
    asked += [Asked("woordgroep", pair, is_phrase=True) for pair in chance.sample(words.pairs, 30)]
    asked += [Asked("nummer", (f"{100 + number // 1000}.{number % 1000:03}",)) for number in range(5, 300, 15)]
    articles = [text for texts in TOPICS.values() for text in texts if text.startswith("artikel")]
    asked += [Asked("artikel", tuple(text.split())) for text in articles * 5][:20]
    asked += [_filtered(chance, words, corpus) for _ in range(25)]
    asked += [Asked("op datum", (word,), newest_first=True) for word in chance.sample(words.middling, 15)]
    asked += [Asked("verre bladzijde", (word,), page=20) for word in chance.sample(words.common, 15)]
    asked += [Asked("begin van woord", (word[:5],), is_prefix=True) for word in chance.sample(words.middling, 15)]
    asked += [Asked("alledaags", tuple(text.split())) for text in EVERYDAY]
    return asked


def _filtered(chance: random.Random, words: _Words, corpus: Corpus) -> Asked:
    document = corpus.document(chance.randrange(SAMPLE))
    filters = {"hof": document.court or "", "thema": document.themes[0]}
    return Asked("met keuzes", (chance.choice(words.common),), filters=filters)


def _words_of(corpus: Corpus) -> _Words:
    held: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for number in range(min(SAMPLE, corpus.count)):
        found = [word.lower() for word in _WORD.findall(corpus.document(number).text)]
        held.update(set(found))
        pairs.update(set(pairwise(found)))
    size = min(SAMPLE, corpus.count)
    long_ones = sorted(word for word in held if len(word) >= SHORTEST)
    return _Words(
        rare=[word for word in long_ones if 2 <= held[word] <= size // 50],  # noqa: PLR2004 -- no slips of the pen
        middling=[word for word in long_ones if size // 20 <= held[word] <= size // 4],
        common=[word for word in long_ones if held[word] > size // 4],
        pairs=sorted(pair for pair, count in pairs.items() if count >= 5 and min(map(len, pair)) >= 4),  # noqa: PLR2004
    )
