"""How well references are recognised, measured on sentences with labels."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from jurisprudence.references.recogniser import Recogniser


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence with the normal forms of the references in it, in order."""

    id: str
    language: str
    text: str
    normals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the recogniser made of one sentence, by normal form: right, wrongly found, and missed."""

    sentence: Labelled
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.sentence.id} misses {list(self.missed)}, adds {list(self.wrong)}: {self.sentence.text[:160]}"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many references were right, wrong and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what stands in the text that was found; 1 when nothing stands in it."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def load_labelled(path: Path) -> list[Labelled]:
    """Read a file with one JSON object per line: `id`, `language`, `text`, `references` with a `normal` each."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Labelled(line["id"], line["language"], line["text"], tuple(one["normal"] for one in line["references"]))
        for line in lines
    ]


def judge(sentence: Labelled, recogniser: Recogniser) -> Judgement:
    """Compare what is found in a sentence with its labels; a form that stands in it twice counts twice."""
    wanted = Counter(sentence.normals)
    found = Counter(reference.normal for reference in recogniser.find(sentence.text))
    right, wrong, missed = wanted & found, found - wanted, wanted - found
    return Judgement(sentence, *(tuple(one.elements()) for one in (right, wrong, missed)))


def figures(judgements: Iterable[Judgement], *, about: Callable[[str], bool] = bool) -> Figures:
    """Add up what was judged; `about` picks the normal forms that count, all of them unless told otherwise."""
    judged = list(judgements)
    return Figures(
        right=sum(about(normal) for one in judged for normal in one.right),
        wrong=sum(about(normal) for one in judged for normal in one.wrong),
        missed=sum(about(normal) for one in judged for normal in one.missed),
    )
