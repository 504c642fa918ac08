"""Made-up documents and a small index of them. Every ruling here is fictitious."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.results import Document, Kind

BGV = "bevel om het grondgebied te verlaten"


def a_document(identity: str, **changes: Any) -> Document:  # noqa: ANN401 -- the fields of Document
    """Return a complete, fictitious page; any field can be overridden."""
    values: dict[str, Any] = {
        "id": identity,
        "kind": Kind.PAGE,
        "address": f"/{identity}",
        "title": f"Verzonnen pagina {identity.replace('/', ' ')}",
        "text": "Dit is een verzonnen tekst.",
    }
    return Document(**{**values, **changes})


def a_ruling(identity: str, number: str, **changes: Any) -> Document:  # noqa: ANN401 -- the fields of Document
    """Return a complete, fictitious ruling; any field can be overridden."""
    values: dict[str, Any] = {
        "kind": Kind.RULING,
        "title": f"Verzonnen arrest nr. {number}",
        "court": "rvv",
        "numbers": (number,),
        "dated_on": date(2020, 5, 4),
        "outcome": "dismissed",
        "themes": ("terugkeer",),
        "theme_ancestors": ("verblijf",),
    }
    return a_document(identity, **{**values, **changes})


def fictitious_documents() -> list[Document]:
    """Return the documents of the shared index."""
    return [
        a_document(
            "thema/gh-belg",
            kind=Kind.THEME,
            title="Gezinshereniging met een Belg",
            summary="Wie mag volgen en wat is daarvoor nodig?",
            text="Wie een Belg vervoegt, vraagt een verblijfskaart. De voorwaarden staan in artikel 40ter Vw. "
            "De ouders van een minderjarig kind volgen andere regels.\nToereikende bestaansmiddelen zijn nodig.",
            synonyms=("partner laten overkomen",),
            themes=("gh-belg",),
            theme_ancestors=("gezinshereniging", "verblijf"),
            articles=("VW:40ter",),
            dated_on=date(2026, 2, 1),
        ),
        a_ruling(
            "rechtspraak/rvv-een",
            "910.433",
            summary="Het hoger belang van het kind weegt door.",
            keywords=("BGV", "art. 8 EVRM", "vernietiging"),
            text=f"De verzoeker voert de schending aan van artikel 8 EVRM. Het {BGV} is vernietigd. "
            "Zie ook zaak C-978/08. De niet-begeleide minderjarige vreemdeling heeft geen recht op opvang.",
            articles=("EVRM:8", "VW:74/13"),
            outcome="annulled",
        ),
        a_ruling(
            "rechtspraak/hvj-twee",
            "C-978/08",
            title="Verzonnen zaak C-978/08, Voorbeeld",
            text="Uitspraak over bestaansmiddelen bij gezinshereniging. Er is recht op verblijf.",
            court="hvj",
            ecli="ECLI:EU:C:2010:9117",
            dated_on=date(2010, 3, 4),
            themes=("gh-derdelander",),
            theme_ancestors=("gezinshereniging", "verblijf"),
        ),
        a_ruling(
            "rechtspraak/rvv-drie",
            "950.001",
            title="Arrêt fictif n° 950.001",
            language="fr",
            text_language="fr",
            text="La demande d'asile et le réfugié. L'article 9bis de la loi est cité.",
            dated_on=date(2021, 6, 1),
            themes=("asiel",),
            theme_ancestors=(),
        ),
        a_document(
            "lexicon/oekraine", kind=Kind.LEXICON, title="Oekraïne", text="Tijdelijke bescherming <b>x</b> & co."
        ),
    ]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    """Return an engine over the fictitious documents; tests only read it."""
    engine = SearchEngine(tmp_path_factory.mktemp("index"), thesaurus=[("BGV", BGV), ("partner", "echtgenoot")])
    engine.index.replace_all(fictitious_documents())
    return engine


@pytest.fixture
def found(engine: SearchEngine) -> Callable[..., list[str]]:
    """Return a function that gives the ids found, in order."""

    def ids(text: str, **options: Any) -> list[str]:  # noqa: ANN401 -- the options of SearchEngine.search
        return [hit.id for hit in engine.search(text, **options).hits]

    return ids


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    """Return a folder for an index that does not exist yet."""
    return tmp_path / "index"
