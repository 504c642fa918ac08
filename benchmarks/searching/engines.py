# ruff: noqa: ANN401, D102, PLC0415, S608 -- untyped libraries; see Engine; only what is measured is loaded; own names
"""Search engines behind one interface: the same documents, the same questions, the same page of results.

A page is: the exact total, the counts of seven facets (each without its own selection), ten titles, and up to two
snippets for each. The rivals hold one value per facet and document, we hold all of them.
"""

import os
import sqlite3
import sys
import warnings
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from searching.questions import Asked
from searching.server import POSTGRES

from jurisprudence.search.engine import SearchEngine
from jurisprudence.search.postgres.index import PostgresIndex
from jurisprudence.search.results import Document, Sort

FACETS = ("soort", "hof", "thema", "jaar", "taal", "uitkomst", "artikel")
PER_PAGE = 10
OWN_SCHEMA = "measured_search"


class Absent(Exception):
    """An engine is not installed here; the message says why, for the reader of the figures."""


class Engine(Protocol):
    """What is measured. The folder exists; `open` comes after `build`, mostly in another process."""

    def __init__(self, folder: Path) -> None: ...

    def build(self, documents: Iterable[Document]) -> None:
        """Build the index of these documents."""

    def open(self) -> None:
        """Make ready to answer."""

    def page(self, asked: Asked) -> int:
        """Make one page of results and return the total."""

    def add(self, document: Document) -> None:
        """Add one document so that the next question finds it."""


def facts(document: Document) -> dict[str, str]:
    """Return one value per facet."""
    return {
        "soort": document.kind.value,
        "hof": document.court or "",
        "thema": document.themes[0],
        "jaar": str((document.dated_on or date.min).year),
        "taal": document.language,
        "uitkomst": document.outcome or "",
        "artikel": document.articles[0],
    }


def day(document: Document) -> int:
    """Return the date as a number to sort by."""
    return (document.dated_on or date.min).toordinal()


class Ours:
    """This project."""

    def __init__(self, folder: Path) -> None:
        self._engine = SearchEngine(folder / "index")

    def build(self, documents: Iterable[Document]) -> None:
        self._engine.index.replace_all(documents)

    def open(self) -> None:
        self._engine.index.snapshot()

    def page(self, asked: Asked) -> int:
        found = self._engine.search(
            asked.text,
            filters={name: [value] for name, value in asked.filters.items()},
            sort=Sort.NEWEST if asked.newest_first else Sort.RELEVANCE,
            page=asked.page,
            per_page=PER_PAGE,
        )
        return found.total

    def add(self, document: Document) -> None:
        self._engine.index.update([document])
        self._engine.index.snapshot()


class OursInPostgres(Ours):
    """This project with its index in PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        if not os.environ.get(POSTGRES):
            raise Absent("no PostgreSQL on this machine")
        import psycopg

        del folder  # its files are the server's
        self._database = psycopg.connect(os.environ[POSTGRES], autocommit=True)
        self._engine = SearchEngine(PostgresIndex(os.environ[POSTGRES], schema=OWN_SCHEMA))

    def build(self, documents: Iterable[Document]) -> None:
        self._database.execute(f"DROP SCHEMA IF EXISTS {OWN_SCHEMA} CASCADE")
        super().build(documents)

    def megabytes(self) -> float:
        size = self._database.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = %s AND relkind = 'r'",
            [OWN_SCHEMA],
        ).fetchone()
        return float(size[0]) / 1e6 if size else 0.0


class StockWhoosh:
    """Whoosh the way its manual shows."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from whoosh import analysis, fields
        text = fields.TEXT(stored=True, analyzer=analysis.LanguageAnalyzer("nl"))
        tag = fields.ID(stored=True, sortable=True)
        self._schema = fields.Schema(
            id=fields.ID(stored=True, unique=True), title=text, summary=text, text=text,
            day=fields.NUMERIC(sortable=True), **dict.fromkeys(FACETS, tag),
        )  # fmt: skip
        self._folder = str(folder)

    def build(self, documents: Iterable[Document]) -> None:
        from whoosh import index

        writer = index.create_in(self._folder, self._schema).writer(limitmb=256)
        for document in documents:
            writer.add_document(**self._row(document))
        writer.commit()

    def open(self) -> None:
        from whoosh import index
        from whoosh.qparser import MultifieldParser

        self._index = index.open_dir(self._folder)
        self._searcher = self._index.searcher()
        self._parser = MultifieldParser(["title", "summary", "text"], self._schema)

    def page(self, asked: Asked) -> int:
        from whoosh import highlight, query, sorting

        parsed = self._parser.parse(asked.text)
        chosen = [query.Term(name, value) for name, value in asked.filters.items()]
        found = self._found(
            parsed, chosen, FACETS, sorting.FieldFacet("day", reverse=True) if asked.newest_first else None
        )
        for own in asked.filters:
            self._found(parsed, [term for term in chosen if term.fieldname != own], (own,), None).groups(own)
        for name in FACETS:
            found.groups(name)
        found.fragmenter = highlight.ContextFragmenter(maxchars=200)
        for hit in found[(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE]:
            hit.highlights("summary", top=1)
            hit.highlights("text", top=1)
        return len(found)

    def add(self, document: Document) -> None:
        writer = self._index.writer()
        writer.add_document(**self._row(document))
        writer.commit()
        self._searcher = self._searcher.refresh()

    def _found(self, parsed: Any, chosen: list[Any], names: Iterable[str], order: Any) -> Any:
        from whoosh import query, sorting

        grouping = sorting.Facets()
        for name in names:
            grouping.add_field(name)
        # a limit loses hits in unions: Whoosh skips blocks it should not
        return self._searcher.search(
            parsed, limit=None, groupedby=grouping, filter=query.And(chosen) if chosen else None, sortedby=order
        )

    def _row(self, document: Document) -> dict[str, Any]:
        texts = {"id": document.id, "title": document.title, "summary": document.summary, "text": document.text}
        return {**texts, "day": day(document), **facts(document)}


class Fts5:
    """SQLite's full text search, without stems."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "fts.sqlite")

    def build(self, documents: Iterable[Document]) -> None:
        run = self._database.execute
        run(f"CREATE TABLE facts (id INTEGER PRIMARY KEY, day INTEGER, {', '.join(FACETS)})")
        run("CREATE VIRTUAL TABLE texts USING fts5(title, summary, text, tokenize='unicode61 remove_diacritics 2')")
        for document in documents:
            self._insert(document)
        self._database.commit()

    def open(self) -> None:
        self._database.execute("PRAGMA mmap_size = 4000000000")
        self._database.execute("PRAGMA temp_store = memory")

    def page(self, asked: Asked) -> int:
        run = self._database.execute
        run("DROP TABLE IF EXISTS temp.found")
        joined = "FROM texts JOIN facts ON facts.id = texts.rowid WHERE texts MATCH :wanted"
        values = {"wanted": _fts_question(asked), **asked.filters}
        run(f"CREATE TEMP TABLE found AS SELECT facts.* {joined}", values)
        where = _where(asked.filters)
        total = int(run(f"SELECT count(*) FROM found{where}", values).fetchone()[0])
        for name in FACETS:
            others = _where([other for other in asked.filters if other != name])
            run(f"SELECT {name}, count(*) FROM found{others} GROUP BY 1 ORDER BY 2 DESC", values).fetchall()
        narrowed = "".join(f" AND facts.{name} = :{name}" for name in asked.filters)
        order = "facts.day DESC" if asked.newest_first else "bm25(texts, 4.0, 2.0, 1.0)"
        run(
            "SELECT title, snippet(texts, 1, '<mark>', '</mark>', '…', 30), "
            f"snippet(texts, 2, '<mark>', '</mark>', '…', 30) {joined}{narrowed} "
            f"ORDER BY {order} LIMIT {PER_PAGE} OFFSET {(asked.page - 1) * PER_PAGE}",
            values,
        ).fetchall()
        return total

    def add(self, document: Document) -> None:
        self._insert(document)
        self._database.commit()

    def _insert(self, document: Document) -> None:
        marks = ", ".join("?" * (len(FACETS) + 1))
        row = self._database.execute(
            f"INSERT INTO facts (day, {', '.join(FACETS)}) VALUES ({marks})",
            (day(document), *facts(document).values()),
        ).lastrowid
        self._database.execute(
            "INSERT INTO texts (rowid, title, summary, text) VALUES (?, ?, ?, ?)",
            (row, document.title, document.summary, document.text),
        )


class Tantivy:
    """The library in Rust that many would take."""

    def __init__(self, folder: Path) -> None:
        try:
            import tantivy
        except ImportError as error:
            raise Absent("not installed: uv sync --group bench") from error
        self._tantivy = tantivy
        schema = tantivy.SchemaBuilder()
        for name in ("title", "summary", "text"):
            schema.add_text_field(name, stored=True)
        schema.add_integer_field("day", fast=True)
        for name in FACETS:
            schema.add_text_field(name, stored=True, fast=True, tokenizer_name="raw")
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema, path=str(folder))

    def build(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(heap_size=256_000_000, num_threads=1)
        for document in documents:
            writer.add_document(self._row(document))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def page(self, asked: Asked) -> int:
        searcher = self._searcher
        words = self._parsed(asked)
        query = self._narrowed(words, asked.filters)
        # the direction of an order by field is named by a value of the library itself
        order = {"order_by_field": "day", "order": self._tantivy.Order.Desc} if asked.newest_first else {}
        found = searcher.search(query, limit=PER_PAGE, offset=(asked.page - 1) * PER_PAGE, count=True, **order)
        free = [name for name in FACETS if name not in asked.filters]
        searcher.aggregate(query, self._counts(free))
        for own in asked.filters:
            others = {name: value for name, value in asked.filters.items() if name != own}
            searcher.aggregate(self._narrowed(words, others), self._counts([own]))
        makers = [
            self._tantivy.SnippetGenerator.create(searcher, words, self._schema, name) for name in ("summary", "text")
        ]
        for _, address in found.hits:
            document = searcher.doc(address)
            for maker in makers:
                maker.snippet_from_doc(document).to_html()
        return int(found.count)

    def add(self, document: Document) -> None:
        writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        writer.add_document(self._row(document))
        writer.commit()
        self.open()

    def _parsed(self, asked: Asked) -> Any:
        fields = ["title", "summary", "text"]
        if asked.is_prefix:
            query, term = self._tantivy.Query, asked.words[0].lower()
            either = [query.regex_query(self._schema, name, f"{term}.*") for name in fields]
            return query.boolean_query([(self._tantivy.Occur.Should, one) for one in either])
        text = asked.text if asked.is_phrase else " ".join(f'+"{word}"' for word in asked.words)
        return self._index.parse_query(text, fields, field_boosts={"title": 4.0, "summary": 2.0})

    def _narrowed(self, words: Any, filters: Any) -> Any:
        query, must = self._tantivy.Query, self._tantivy.Occur.Must
        terms = [(must, query.term_query(self._schema, name, value)) for name, value in filters.items()]
        return query.boolean_query([(must, words), *terms]) if terms else words

    @staticmethod
    def _counts(names: Iterable[str]) -> dict[str, Any]:
        return {name: {"terms": {"field": name, "size": 100}} for name in names}

    def _row(self, document: Document) -> Any:
        texts = {"title": document.title, "summary": document.summary, "text": document.text}
        return self._tantivy.Document(**texts, day=day(document), **facts(document))


class PostgreSql:
    """PostgreSQL's full text search with its Dutch configuration."""

    def __init__(self, folder: Path) -> None:
        if not os.environ.get(POSTGRES):
            raise Absent("no PostgreSQL on this machine")
        import psycopg

        del folder  # its files are the server's
        self._database = psycopg.connect(os.environ[POSTGRES], autocommit=True)

    def build(self, documents: Iterable[Document]) -> None:
        run = self._database.execute
        columns = ", ".join(f"{name} text" for name in FACETS)
        run("DROP TABLE IF EXISTS documents")
        run(
            f"CREATE TABLE documents (id serial PRIMARY KEY, day int, title text, summary text, text text, {columns}, "
            "words tsvector)"
        )
        with self._database.transaction():
            for document in documents:
                self._insert(document)
        run("CREATE INDEX ON documents USING gin (words)")
        run("VACUUM ANALYZE documents")

    def open(self) -> None:
        """Nothing to do: the server is ready."""

    def megabytes(self) -> float:
        size = self._database.execute("SELECT pg_total_relation_size('documents')").fetchone()
        return float(size[0]) / 1e6 if size else 0.0

    def page(self, asked: Asked) -> int:
        run = self._database.execute
        values = {"wanted": self._question(asked), **asked.filters}
        query = self._query(asked)
        run("DROP TABLE IF EXISTS found")
        run(
            f"CREATE TEMP TABLE found AS SELECT id, day, {', '.join(FACETS)}, ts_rank(words, {query}) AS rank "
            f"FROM documents WHERE words @@ {query}",
            values,
        )
        where = _where(asked.filters, "%({})s")
        total = int(run(f"SELECT count(*) FROM found{where}", values).fetchone()[0])
        for name in FACETS:
            others = _where([other for other in asked.filters if other != name], "%({})s")
            run(f"SELECT {name}, count(*) FROM found{others} GROUP BY 1 ORDER BY 2 DESC", values).fetchall()
        order = "day DESC" if asked.newest_first else "rank DESC"
        shown = (
            f"SELECT id FROM found{where} ORDER BY {order}, id LIMIT {PER_PAGE} OFFSET {(asked.page - 1) * PER_PAGE}"
        )
        run(
            f"SELECT title, ts_headline('dutch', summary, {query}), ts_headline('dutch', text, {query}) "
            f"FROM documents WHERE id IN ({shown})",
            values,
        ).fetchall()
        return total

    def add(self, document: Document) -> None:
        self._insert(document)

    def _insert(self, document: Document) -> None:
        marks = ", ".join(["%s"] * len(FACETS))
        texts = (document.title, document.summary, document.text)
        self._database.execute(
            f"INSERT INTO documents (day, title, summary, text, {', '.join(FACETS)}, words) VALUES (%s, %s, %s, %s, "
            f"{marks}, setweight(to_tsvector('dutch', %s), 'A') || setweight(to_tsvector('dutch', %s), 'B') || "
            "to_tsvector('dutch', %s))",
            (day(document), *texts, *facts(document).values(), *texts),
        )

    @staticmethod
    def _query(asked: Asked) -> str:
        parse = "phraseto_tsquery" if asked.is_phrase else "to_tsquery" if asked.is_prefix else "plainto_tsquery"
        return f"{parse}('dutch', %(wanted)s)"

    @staticmethod
    def _question(asked: Asked) -> str:
        return f"{asked.words[0]}:*" if asked.is_prefix else " ".join(asked.words)


def _where(names: Iterable[str], mark: str = ":{}") -> str:
    conditions = " AND ".join(f"{name} = {mark.format(name)}" for name in names)
    return f" WHERE {conditions}" if conditions else ""


def _fts_question(asked: Asked) -> str:
    if asked.is_phrase:
        return asked.text
    if asked.is_prefix:
        return f'"{asked.words[0]}"*'
    return " ".join(f'"{word}"' for word in asked.words)


ENGINES: dict[str, type[Engine]] = {
    "ours": Ours,
    "ours in postgresql": OursInPostgres,
    "fts5": Fts5,
    "tantivy": Tantivy,
    "postgresql": PostgreSql,
    "whoosh": StockWhoosh,
}


WITH_SERVER = {name for name, engine in ENGINES.items() if issubclass(engine, PostgreSql | OursInPostgres)}
"""Engines whose index is kept by a server, which does part of the work."""


def size_megabytes(folder: Path) -> float:
    """Return how large the files of an index are."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def forget_pages(folder: Path) -> None:
    """Take the files of an index out of the memory of the system, so that the next question reads them from disk."""
    for path in folder.rglob("*"):
        if path.is_file() and sys.platform == "linux":
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
