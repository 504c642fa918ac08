"""Reading what stands behind "artikelen": numbers, ranges, and the paragraph, lid, point and letter of each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jurisprudence.references import grammar
from jurisprudence.references.names import LawNames

_MOST_ARTICLES: Final = 60


@dataclass(slots=True)
class Article:
    """One article as it was read, with its place in the text; `to` is the last one of a range.

    `branches` are its parts by name: one for "§ 1, eerste lid", two for "§ 1, eerste lid, en § 2, tweede lid".
    """

    start: int
    end: int
    number: str
    to: str | None = None
    has_hyphen: bool = False
    branches: list[dict[str, str]] = field(default_factory=lambda: [{}])


def read_first_in_french(plain: str, start: int, end: int) -> Article:
    """Read "article premier", whose number ends at `end`, with its parts."""
    article = Article(start, end, "1")
    _read_parts(plain, article)
    return article


def read_articles(plain: str, place: int, names: LawNames) -> list[Article]:
    """Read "40bis, § 2, eerste lid, 3°, en 40ter, § 1": the articles that begin at a place, with their parts."""
    articles: list[Article] = []
    while len(articles) < _MOST_ARTICLES:
        number = _number_at(plain, place)
        if number is None or (articles and names.at(plain, place) is not None):
            break
        article = Article(place, number.end(), _normal_number(number[0]))
        articles.append(article)
        _read_range(plain, article)
        _read_parts(plain, article)
        connector = grammar.CONNECTOR.match(plain, article.end)
        if connector is None:
            break
        place = connector.end()
    return articles


def _number_at(plain: str, place: int) -> re.Match[str] | None:
    number = grammar.NUMBER.match(plain, place)
    return None if number is None or grammar.NO_ARTICLE.match(plain, number.end()) else number


def _read_range(plain: str, article: Article) -> None:
    """Read the end of a range (20-21), or what a hyphen adds to the number itself (61/25-1; 74-4bis for 74/4bis)."""
    joint = grammar.RANGE.match(plain, article.end)
    number = _number_at(plain, joint.end()) if joint else None
    if joint is None or number is None:
        return
    other = _normal_number(number[0])
    if _main(other) >= _main(article.number):
        article.to = other
    elif joint[0].strip() == "-" and "/" not in other:
        article.has_hyphen = True
        article.number += ("-" if "/" in article.number else "/") + other
    else:
        return
    article.end = number.end()


def _read_parts(plain: str, article: Article) -> None:
    """Read paragraph, lid, point and letter behind an article number.

    What comes again at once is joined (first and second lid); what comes again later opens a branch of its own.
    """
    branch, last = article.branches[0], ""
    while part := _part_at(plain, article):
        name, value = _value(part)
        article.end = part.end()
        if name == "paragraph":
            value, article.end = _with_next_paragraph(plain, value, article)
        if name is None:
            continue
        if name in branch and name != last:
            branch = {}
            article.branches.append(branch)
        branch[name] = f"{branch[name]}+{value}" if name in branch else value
        last = name


def _part_at(plain: str, article: Article) -> re.Match[str] | None:
    """Return the part behind a comma or a blank, or behind "en" when the article has parts already."""
    blank = grammar.BEFORE_PART.match(plain, article.end)
    part = grammar.PART.match(plain, blank.end() if blank else article.end)
    if part is None and article.branches[0] and (joint := grammar.AND_BEFORE_PART.match(plain, article.end)):
        part = grammar.PART.match(plain, joint.end())
    return part


def _with_next_paragraph(plain: str, value: str, article: Article) -> tuple[str, int]:
    """Add the second number of "§ 1er et 2, du Code" and of "144bis, § 2 et 3, 764".

    Without its sign it counts only when it is the next one, and an article that follows would not have a lower number.
    """
    following = grammar.NEXT_PARAGRAPH.match(plain, article.end)
    if following is None or not value.isdigit() or int(following["number"]) != int(value) + 1:
        return value, article.end
    if following["law"] is None and int(following["number"]) >= _main(article.number):
        return value, article.end
    return f"{value}+{following['number']}", following.end("number")


def _value(part: re.Match[str]) -> tuple[str | None, str]:
    """Return which part was read, and its value in a normal form; no name for what a normal form leaves out."""
    name, read = _READERS.get(part.lastgroup or "", (None, None))
    if read is None:
        return None, ""
    return name, ("-" if grammar.TO.search(part[0]) else "+").join(read(part[0]))


def _lids(said: str) -> list[str]:
    return [str(grammar.ORDINALS.get(word, word)) for word in grammar.LID.findall(said)]


def _points(said: str) -> list[str]:
    return [point.replace(" ", "") for point in grammar.POINT.findall(said)]


def _numbered_points(said: str) -> list[str]:
    return [f"{number}°" for number in grammar.SUFFIXED.findall(said)]


def _letters(said: str) -> list[str]:
    letters = grammar.LETTER_BEFORE_BRACKET.findall(said) or grammar.LETTER.findall(said)
    return [f"{letter})" for letter in letters]


def _section(said: str) -> list[str]:
    return [re.sub(r"^\w{2,}\s+|[\s()]", "", said)]


_READERS: Final[Mapping[str, tuple[str, Callable[[str], list[str]]]]] = {  # by the groups of grammar.PART
    "paragraph": ("paragraph", grammar.PARAGRAPH_NUMBER.findall),
    "lid": ("lid", _lids),
    "lid_number": ("lid", _lids),
    "point": ("point", _points),
    "numbered": ("point", _numbered_points),
    "letter": ("letter", _letters),
    "bare_letter": ("letter", _letters),
    "section": ("section", _section),
}


def _normal_number(said: str) -> str:
    compact = re.sub(r"(?<=\d)(?:er|ier)$", "", re.sub(r"\s+", "", said))
    book = re.match(r"[IVXLCivxlc]+\.", compact)
    roman = book[0].upper() if book else ""
    return roman + compact[len(roman) :].lower().replace("novies", "nonies")


def _main(number: str) -> int:
    found = re.match(r"(?:[IVXLC]+\.)?(\d+)", number)
    return int(found[1]) if found else 0
