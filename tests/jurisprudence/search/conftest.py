"""Made-up documents and a small index of them. Every ruling here is fictitious."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.index import SearchIndex
from jurisprudence.search.postgres.index import PostgresIndex
from jurisprudence.search.results import Document, Kind
from jurisprudence.search.searchable import SearchableIndex

POSTGRES = "HELPDESK_TEST_POSTGRES_URL"
DOCUMENTS_OF_A_SEGMENT = 3
"""So few that what takes tens of thousands of documents in practice, several segments, happens here too."""

NewIndex = Callable[[], SearchableIndex]
NewEngine = Callable[..., SearchEngine]
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


@pytest.fixture(scope="module", params=["folder", "postgresql"])
def new_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewIndex]:
    """Return a function that makes an index that does not exist yet: in a folder, and once more in PostgreSQL."""
    if request.param == "folder":
        yield lambda: SearchIndex(tmp_path_factory.mktemp("index") / "new")
        return
    url, made = os.environ.get(POSTGRES, ""), dict[str, PostgresIndex]()
    if not url:
        pytest.skip(f"no PostgreSQL: {POSTGRES} is not set")

    def in_postgres() -> SearchableIndex:
        schema = f"search_{uuid4().hex}"
        made[schema] = PostgresIndex(url, schema=schema, most_at_once=DOCUMENTS_OF_A_SEGMENT)
        return made[schema]

    yield in_postgres
    with psycopg.connect(url, autocommit=True) as database:
        for schema, index in made.items():
            index.close()
            database.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


@pytest.fixture(scope="module")
def new_engine(new_index: NewIndex) -> NewEngine:
    """Return a function that makes an engine over an index that is yet to be built; it takes SearchEngine's options."""
    return lambda **options: SearchEngine(new_index(), **options)


@pytest.fixture(scope="module")
def engine(new_engine: NewEngine) -> SearchEngine:
    """Return an engine over the fictitious documents; tests only read it."""
    engine = new_engine(thesaurus=[("BGV", BGV), ("partner", "echtgenoot")])
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
