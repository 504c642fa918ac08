"""The register of laws and references to their articles, as an editor or a ruling record writes them.

One string is one reference here: "art. 40ter, § 2 Vw." or "Vw." alone. Recognising references in running text is
another matter and lives elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from jurisprudence.identifiers import NBSP, plain_text

_SUFFIXES: Final = (
    "", "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies", "undecies",
    "duodecies", "terdecies", "quaterdecies", "quindecies",
)  # fmt: skip
_SUFFIX: Final = "(?:" + "|".join(sorted((*_SUFFIXES[1:], "novies"), key=len, reverse=True)) + ")"
_NUMBER: Final = rf"(?:[IVXL]+\.)?\d+(?:\.\d+)*{_SUFFIX}?(?:/\d+{_SUFFIX}?)*"
_ORDINALS: Final = (
    "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende",
)  # fmt: skip
_DOT_IS_LID: Final = frozenset(
    {"verdrag", "eu-verdrag", "richtlijn", "verordening", "besluit-eu", "uitvoeringsbesluit"}
)
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50}

_HEAD: Final = re.compile(r"^art(?:ikelen|ikels|ikel|t)?\b\.?\s*(?=[\dIVXL])", re.IGNORECASE)
_ARTICLE: Final = re.compile(
    rf"(?P<number>{_NUMBER})(?:\s*(?P<joint>-|t\.?e\.?m\.?|tot en met)\s*(?P<to>{_NUMBER}))?(?=[\s,]|$)",
)
_PARTS: Final = re.compile(
    rf"(?P<paragraph>§§?\s*\d+{_SUFFIX}?(?:\s*(?:en|,|-)\s*\d+{_SUFFIX}?(?!°|\w))*)"
    rf"|(?P<lid_word>{'|'.join(_ORDINALS)}|laatste)\s+(?:lid|alinea)"
    r"|(?P<lid_ordinal>\d+)(?:e|ste|de)\s+(?:lid|alinea)"
    r"|(?:lid|alinea|al\.)\s*(?P<lid>\d+)"
    rf"|(?P<point>\d+°{_SUFFIX}?)"
    r"|(?:punt\s+|onder\s+)?(?P<letter>[a-z])\)"
    r"|(?P<section>[A-F](?:\s*\(\d\))?)(?=[\s,]|$)",
    re.IGNORECASE,
)


class UnknownLaw(LookupError):
    """No law of the register has that name; the message says in Dutch what was not recognised."""


class InvalidSource(ValueError):
    """The text names a known law but is not one reference to it; the message is Dutch."""


@dataclass(frozen=True, slots=True)
class Law:
    """One law, treaty or EU act. `verified` is False when the official source was not consulted yet.

    `spellings` are further names, in several languages, by which running text is recognised; editors do not write them.
    `last_article` is the highest number, where the register gives it.
    """

    id: str
    kind: str
    title: str
    abbreviation: str
    aliases: tuple[str, ...]
    long_form: str | None
    date: date | None
    numac: str | None
    eli: str | None
    celex: str | None
    note: str | None
    verified: bool
    spellings: tuple[str, ...] = ()
    last_article: int | None = None

    @property
    def slug(self) -> str:
        """Part of the address /wetgeving/<slug>: `vw`, `r2003-86`."""
        return self.id.lower().replace("_", "-")

    @property
    def address(self) -> str:
        """Address of the page of this law."""
        return f"/wetgeving/{self.slug}"

    def may_have(self, number: str) -> bool:
        """Tell whether an article can have that number.

        No treaty and no EU act counts 9bis or 57/6, and no law of the register has books in Roman numbers.
        """
        main = re.match(r"\d+", number)
        if main is None or (self.last_article is not None and int(main[0]) > self.last_article):
            return False
        return not self.dot_separates_lid or re.fullmatch(r"[\d.]+", number) is not None

    @property
    def dot_separates_lid(self) -> bool:
        """Tell whether 7.1 means article 7, lid 1 (treaties and EU acts) rather than an article called 7.1."""
        return self.kind in _DOT_IS_LID


@dataclass(frozen=True, slots=True)
class ArticleReference:
    """One reference to a law, an article, a range of articles or a part of an article.

    Without `number` it refers to the whole law. `to` is the last article of a range. `paragraph` joins several with
    "+" and a range with "-", and so do several lids, points or letters; `lid` is a number as text, or "laatste".
    `further` are other parts of the same article that one text names with it: "§ 1, eerste lid, en § 2".
    """

    law: Law
    number: str | None = None
    to: str | None = None
    section: str | None = None
    paragraph: str | None = None
    lid: str | None = None
    point: str | None = None
    letter: str | None = None
    further: "tuple[ArticleReference, ...]" = ()

    @property
    def normal(self) -> str:
        """Normal form up to the article: `VW:40ter`, `VWEU:20..21`, or the law alone: `VW`."""
        if self.number is None:
            return self.law.id
        return f"{self.law.id}:{self.number}" + (f"..{self.to}" if self.to else "")

    @property
    def precise(self) -> str:
        """Normal form with every part that has a number: `VW:40ter|§2|l1|1°`, `VW:39/82|§1|l1+§2|l1`."""
        branches = "+".join(filter(None, (one.precise_parts for one in (self, *self.further))))
        return "|".join(filter(None, (self.normal, branches)))

    @property
    def precise_parts(self) -> str:
        """The parts alone in normal form, without those of `further`: `§2|l1|1°`, empty for a whole article."""
        parts = (
            self.section,
            self.paragraph and f"§{self.paragraph}",
            f"l{self.lid}" if self.lid and self.lid[0].isdigit() else None,
            self.point,
            self.letter,
        )
        return "|".join(filter(None, parts))

    @property
    def display(self) -> str:
        """Text for a reader, for instance "art. 40ter, § 2, eerste lid, 1° Vw.", with non-breaking spaces.

        They stand after "art." and "§" and before the law, so that no line breaks inside a reference.
        """
        if self.number is None:
            return self.law.abbreviation
        article = self.number + (f"-{self.to}" if self.to else "") + self._section_text()
        branches = ", en ".join(filter(None, (one.parts_display for one in (self, *self.further))))
        return f"art.{NBSP}{', '.join(filter(None, (article, branches)))}{NBSP}{self.law.abbreviation}"

    @property
    def address(self) -> str:
        """Address of the page of the article, or of the law when no article is named. Slashes of a number stay."""
        return self.law.address if self.number is None else f"{self.law.address}/{self.number}"

    @property
    def order_key(self) -> tuple[Any, ...]:
        """Key that sorts references to one law by article, paragraph and lid; the whole law comes first."""
        article = article_order_key(self.number) if self.number else ()
        return article, _leading_number(self.paragraph), _leading_number(self.lid), self.precise

    @property
    def parts_display(self) -> str:
        """The parts alone as a reader sees them, without those of `further`: "§ 2, eerste lid"."""
        parts = (self._paragraph_text(), self._lid_text(), _joined(self.point), _joined(self.letter))
        return ", ".join(filter(None, parts))

    def _section_text(self) -> str:
        return NBSP + re.sub(r"(?<=[A-F])(\d)", rf"{NBSP}(\1)", self.section) if self.section else ""

    def _paragraph_text(self) -> str | None:
        if not self.paragraph:
            return None
        sign = "§§" if re.search(r"[+-]", self.paragraph) else "§"
        return f"{sign}{NBSP}{self.paragraph.replace('+', ' en ')}"

    def _lid_text(self) -> str | None:
        if not self.lid:
            return None
        if not self.lid[0].isdigit():
            return f"{self.lid} lid"
        numbers = re.findall(r"\d+", self.lid)
        joint = " tot " if "-" in self.lid else " en "
        if self.law.dot_separates_lid or any(int(number) > len(_ORDINALS) for number in numbers):
            return f"lid {joint.join(numbers)}"
        return f"{joint.join(_ORDINALS[int(number) - 1] for number in numbers)} lid"


@dataclass(frozen=True)
class LawRegister:
    """All laws, in the order of the list."""

    laws: tuple[Law, ...]

    def get_law(self, law_id: str) -> Law:
        """Return the law with that id, in any case. Raises UnknownLaw."""
        for law in self.laws:
            if law.id == law_id.upper():
                return law
        raise UnknownLaw(f"Onbekende wet: '{law_id}'. Gebruik een id uit lijsten/wetgeving.yaml.")

    def find_law(self, alias: str) -> Law | None:
        """Return the law with this abbreviation, alias or long form ("wet van 15 december 1980"), in any case."""
        return self._by_alias.get(plain_text(alias).casefold())

    def find_law_by_slug(self, slug: str) -> Law | None:
        """Return the law of the address /wetgeving/<slug>; None when there is none."""
        return next((law for law in self.laws if law.slug == slug), None)

    def split_law(self, text: str) -> tuple[str, Law] | None:
        """Cut the longest known law name off the end of a text; return what stands before it, and the law."""
        for start in sorted({0, *(found.end() for found in re.finditer(r"[\s,)°]+", text))}):
            law = self._by_alias.get(text[start:].casefold())
            if law:
                return text[:start], law
        return None

    @cached_property
    def _by_alias(self) -> dict[str, Law]:
        return {name.casefold(): law for law in reversed(self.laws) for name in _names(law)}


def load_laws(path: Path) -> LawRegister:
    """Read `content/lijsten/wetgeving.yaml`.

    Raises:
        OSError: the file cannot be read.
        KeyError: an entry lacks a required field; the key is the name of that field.
    """
    return LawRegister(tuple(map(read_law, yaml.safe_load(path.read_text(encoding="utf-8"))["laws"])))


def parse_source(text: str, laws: LawRegister) -> ArticleReference:
    """Read one reference as an editor writes it: "art. 40ter, § 2 Vw.", "artikel 9ter van de Vreemdelingenwet", "Vw.".

    A hyphen between two numbers is a range when the right one is larger (20-21); otherwise it belongs to the number
    (61/25-1), and the older notation 74-4bis is read as 74/4bis.

    Raises:
        UnknownLaw: no law of the register stands at the end.
        InvalidSource: the law is known, but what stands before it is not one article with its parts.
    """
    plain = re.sub(r"novies\b", "nonies", plain_text(text))
    head = _HEAD.match(plain)
    found = laws.split_law(plain[head.end() :] if head else plain)
    if found is None:
        raise UnknownLaw(f"Onbekende wet in '{text}'. Eindig met een afkorting uit lijsten/wetgeving.yaml, zoals Vw.")
    before, law = found
    if not before and not head:
        return ArticleReference(law)
    body = re.sub(r"(?:[\s,]|\b(?:van|uit|de|het)\b)+$", "", before)
    article = _ARTICLE.match(body) if head else None
    if article is None:
        raise InvalidSource(f"'{text}' is geen verwijzing. Schrijf ze zoals: art. 40ter, § 2 Vw.")
    return ArticleReference(law, **_numbers(article, law), **_parts(body[article.end() :], text))


def parse_normal(text: str, laws: LawRegister) -> ArticleReference:
    """Read a normal form back: `VW:40ter`, `VWEU:20..21`, `VW`.

    Raises:
        UnknownLaw: the part before the colon is no id of the register.
        InvalidSource: the part after it is no article number.
    """
    law_id, _, articles = text.partition(":")
    law = laws.get_law(law_id)
    number, _, to = articles.partition("..")
    for part in filter(None, (number, to)):
        if not re.fullmatch(rf"{_NUMBER}(?:-\d+{_SUFFIX}?)?", part):
            raise InvalidSource(f"'{part}' is geen artikelnummer.")
    return ArticleReference(law, number or None, to or None)


@lru_cache(maxsize=8_192)  # more than all articles that anything refers to
def article_order_key(number: str) -> tuple[Any, ...]:
    """Return a key that sorts article numbers as a code prints them: 9, 9bis, 9ter, 10, 40, 40bis, 57/6, 57/6/1."""
    book, _, rest = number.rpartition(".") if re.match(r"[IVXL]+\.", number) else ("", "", number)
    return (_roman(book), *map(_segment_key, re.split(r"[/-]", rest)))


def _joined(several: str | None) -> str | None:
    return several.replace("+", " en ") if several else None


def _segment_key(segment: str) -> tuple[tuple[int, ...], int]:
    found = re.fullmatch(rf"(\d{{1,6}}(?:\.\d{{1,6}})*)({_SUFFIX}?)", segment)
    if not found:
        raise InvalidSource(f"'{segment}' is geen artikelnummer.")
    return tuple(map(int, found[1].split("."))), _SUFFIXES.index(found[2].replace("novies", "nonies"))


def _leading_number(text: str | None) -> int:
    found = re.match(r"\d+", text or "")
    return int(found[0]) if found else 0


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=False))


def _numbers(article: re.Match[str], law: Law) -> dict[str, Any]:
    number, joint, to = article["number"], article["joint"], article["to"]
    if joint == "-" and "/" not in to and _main(to) < _main(number):
        return {"number": number + ("-" if "/" in number else "/") + to}
    dotted = re.fullmatch(r"(\d+)\.(\d+)", number) if law.dot_separates_lid else None
    return {"number": dotted[1], "lid": dotted[2]} if dotted else {"number": number, "to": to}


def _main(number: str) -> int:
    return int(re.sub(r"^[IVXL]+\.", "", number).partition("/")[0].rstrip("abcdefghijklmnopqrstuvwxyz").split(".")[0])


def _parts(rest: str, text: str) -> dict[str, Any]:
    """Read what follows the article number: paragraph, lid, point, letter, each at most once, separated by commas."""
    parts: dict[str, str | None] = {}
    position = 0
    while position < len(rest):
        blank = re.compile(r"[\s,]+").match(rest, position)
        found = _PARTS.match(rest, blank.end()) if blank else None
        if found is None or set(_part(found)) & set(parts):
            raise InvalidSource(f"'{rest.strip(' ,')}' in '{text}' is geen deel van één artikel.")
        parts |= _part(found)
        position = found.end()
    return parts


def _part(found: re.Match[str]) -> dict[str, str | None]:
    if found["paragraph"]:
        numbers = re.findall(rf"\d+{_SUFFIX}?", found["paragraph"])
        return {"paragraph": ("-" if "-" in found["paragraph"] else "+").join(numbers)}
    if found["lid_word"]:
        word = found["lid_word"].lower()
        return {"lid": str(_ORDINALS.index(word) + 1) if word in _ORDINALS else word}
    if found["lid_ordinal"] or found["lid"]:
        return {"lid": found["lid_ordinal"] or found["lid"]}
    if found["point"]:
        return {"point": found["point"]}
    if found["letter"]:
        return {"letter": f"{found['letter'].lower()})"}
    return {"section": re.sub(r"\s*\((\d)\)", r"\1", found["section"])}


def read_law(entry: Mapping[str, Any]) -> Law:
    """Read one entry of the register. Raises KeyError with the name of a required field that lacks."""
    return Law(
        id=entry["id"],
        kind=entry["kind"],
        title=entry["title"],
        abbreviation=entry["abbreviation"],
        aliases=tuple(entry["aliases"]),
        long_form=entry.get("long_form"),
        date=entry.get("date"),
        numac=entry.get("numac"),
        eli=entry.get("eli"),
        celex=entry.get("celex"),
        note=entry.get("note"),
        verified=entry["verified"],
        spellings=tuple(entry.get("spellings", ())),
        last_article=entry.get("last_article"),
    )


def _names(law: Law) -> set[str]:
    return {plain_text(name) for name in (law.abbreviation, *law.aliases, law.long_form) if name}
