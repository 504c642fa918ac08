"""Articles of law in running Dutch and French text.

A group is one head ("artikelen") with the articles it opens and the law that closes it. Reading goes in two steps:
first every group for itself, then the laws, because "artikel 51/5 juncto artikel 62 Vw." hands its law back, and
"artikel 3 van die wet" takes the one named before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from jurisprudence.legislation import ArticleReference, Law
from jurisprudence.references import grammar
from jurisprudence.references.found import NO_LAW, Kind, Reference
from jurisprudence.references.names import LawNames, Mention
from jurisprudence.references.parts import Article, read_articles, read_first_in_french
from jurisprudence.references.prepared import Prepared
from jurisprudence.references.rules import ARTICLE

_HEAD: Final = ARTICLE.pattern
_DOTTED: Final = re.compile(r"(\d+)\.(\d+)(?:\.\w+)?")
_SIGNS: Final = (("paragraph", "§"), ("lid", "l"), ("point", ""), ("letter", ""))
_WITH_HYPHENS: Final = frozenset({"OUDBW"})  # their articles are numbered 577-4, others' 74/13
_LONGEST_UNKNOWN: Final = 70  # signs of a name and date that stand in no register
_LAW_THEN_HEAD: Final = 3  # signs between a law and the head it stands before: "EVRM, art. 3"
_MOST_MENTIONS: Final = 40  # how far back in a paragraph the law of a short form is looked for


class _NoLaw(Enum):
    """Why a group has no law of its own."""

    NOT_NAMED = "not named"
    UNKNOWN = "named, but in no register"


@dataclass(slots=True)
class _Group:
    """Articles that share one law.

    `act` is the kind of act of a short form ("die wet"); `named_after_comma` the law of "art. 3, EVRM", which may
    belong to the next article instead; `is_settled` tells that the text says which law it is, known or not.
    """

    start: int
    articles: list[Article]
    end: int
    law: Law | _NoLaw = _NoLaw.NOT_NAMED
    act: str | None = None
    named_after_comma: Mention | None = None
    is_settled: bool = False

    def may_belong_to(self, law: Law) -> bool:
        return all(law.may_have(article.number) for article in self.articles)

    def settle_as_unknown(self) -> None:
        self.law, self.is_settled = _NoLaw.UNKNOWN, True


def find_articles(text: Prepared, names: LawNames, default: Law | None = None) -> list[Reference]:
    """Return the articles a text refers to, in order.

    An article without a law takes that of the next article it is joined to, else the last law named before it in its
    paragraph, else `default`, else none (`?:9bis`). An article of something that is named but in no register is no
    reference.
    """
    groups = _read_groups(text.plain, names)
    _hand_back(groups, text.plain)
    _take_last_named(groups, text, names)
    return [reference for group in groups for reference in _references(group, text, default)]


# --- every group for itself -------------------------------------------------------------------------------------------


def _read_groups(plain: str, names: LawNames) -> list[_Group]:
    groups: list[_Group] = []
    place = 0
    while head := _HEAD.search(plain, place):
        place = head.end()
        group = _read_group(plain, head, names)
        while group is not None:
            groups.append(group)
            place = group.end
            group = _read_more(plain, group, names)
    return groups


def _read_group(plain: str, head: re.Match[str], names: LawNames) -> _Group | None:
    first = grammar.FIRST_IN_FRENCH.match(plain, head.end())
    if first:
        articles = [read_first_in_french(plain, head.start(), first.end())]
    else:
        articles = read_articles(plain, head.end(), names)
    if not articles:
        return None
    articles[0].start = head.start()
    return _closed_group(articles, plain, names)


def _read_more(plain: str, before: _Group, names: LawNames) -> _Group | None:
    """Read on after a law: "10 en 11 van de Grondwet, 6 EVRM en 24 Handvest"; each must close with a law."""
    if before.law is _NoLaw.NOT_NAMED:
        return None
    note = grammar.FOOTNOTE.match(plain, before.end)
    joint = (
        grammar.CONNECTOR.match(plain, note.end() if note else before.end)
        or grammar.TITLE_THEN_MORE.match(plain, before.end)
        or grammar.MORE_WITHOUT_JOINT.match(plain, before.end)
    )
    if joint is None and before.law is _NoLaw.UNKNOWN:
        joint = grammar.NAME_THEN_MORE.match(plain, before.end)
    if joint and _HEAD.search(joint[0] + "1"):  # a head in between opens a group of its own
        joint = None
    articles = read_articles(plain, joint.end(), names) if joint else []
    if not articles:
        return None
    group = _closed_group(articles, plain, names)
    return group if group.is_settled else None


def _closed_group(articles: list[Article], plain: str, names: LawNames) -> _Group:
    """Return a group of articles with the law behind them, when one stands there."""
    group = _Group(articles[0].start, articles, articles[-1].end)
    end = group.end
    if "." in articles[-1].number and plain[end : end + 1] == "." and plain[end + 1 : end + 2] in {" ", "\n"}:
        end += 1  # "6.1. EVRM"
    of = grammar.OF.match(plain, end)
    if of is None:
        return group
    mention = _named_in_full(plain, of, names) or names.at(plain, of.end())
    if mention is not None:
        _close_with(group, of, mention, plain)
    elif of["the"] or _joint(of) not in {"", "de", *grammar.LOOSE}:
        _close_short(group, of, plain)
    elif not of["of"]:
        _close_unnamed(group, of, plain)
    return group


def _joint(of: re.Match[str]) -> str:
    return (of["of"] or "").strip().lower()


def _named_in_full(plain: str, of: re.Match[str], names: LawNames) -> Mention | None:
    """Return the law whose name has the first words in it: "van het oud Burgerlijk Wetboek" is not the new one."""
    first = next(place for place in (of.end("the"), of.end("of"), of.start()) if place >= 0)
    said = plain[first : of.end()]
    first += len(said) - len(said.lstrip(" ,\n"))
    return names.at(plain, first) if first != of.end() else None


def _close_with(group: _Group, of: re.Match[str], mention: Mention, plain: str) -> None:
    is_after_comma = not of["of"] and not of["the"] and "," in of[0]
    if is_after_comma and group.articles[0].start == group.start:
        group.named_after_comma = mention
    group.law = mention.law or _NoLaw.UNKNOWN
    group.is_settled = True
    group.end = mention.end
    if of["bracket"] and plain[mention.end : mention.end + 1] in {")", "]", '"'}:
        group.end += 1
    if mention.law is not None:
        group.articles[-1].end = group.end


def _close_short(group: _Group, of: re.Match[str], plain: str) -> None:
    """Close with a short form ("van die wet"), or with what "van de" leads to and is no law of the register."""
    noun = grammar.SHORT_FORM.match(plain, of.end())
    joint = _joint(of)
    if noun is not None:
        if _names_another(noun["noun"].lower(), plain, noun.end()):
            group.settle_as_unknown()
        else:
            group.act = grammar.ACT_OF_NOUN.get(noun["noun"].lower(), "kb")  # what else there is: spellings of "k.b."
            group.is_settled = True
            group.end = group.articles[-1].end = noun.end()
    elif joint in {"", *grammar.LOOSE}:
        return
    elif of["the"] or joint not in {"van", "de", "uit"}:
        group.settle_as_unknown()
    else:
        _close_unnamed(group, of, plain)


def _names_another(noun: str, plain: str, end: int) -> bool:
    """Tell whether the noun only begins a name: "de wet op de …", "du Code wallon", "la loi communale"."""
    if noun == "codex" or grammar.GOES_ON.match(plain, end):
        return True
    if noun == "code":
        return grammar.OTHER_CODE.match(plain, end) is not None
    return noun in grammar.FRENCH_NOUNS and grammar.OTHER_FRENCH.match(plain, end) is not None


def _close_unnamed(group: _Group, of: re.Match[str], plain: str) -> None:
    """Settle a group that something follows which looks like the name of a law we do not know: "VCRO", "Sv."."""
    unknown = grammar.UNKNOWN_NAME.match(plain, of.end())
    if unknown is None or grammar.NO_NAME.match(plain, of.end()):
        return
    if "," in of[0] and grammar.IN_LOWER_CASE.match(plain, of.end()):
        return  # "artikel 3, huurcode": a sentence that goes on
    group.settle_as_unknown()
    group.end = unknown.end()


# --- then the laws that stand elsewhere -------------------------------------------------------------------------------


def _hand_back(groups: Sequence[_Group], plain: str) -> None:
    """Give a group without a law that of the group it is joined to: "artikel 51/5 juncto artikel 62 Vw."."""
    for group, after in zip(reversed(groups[:-1]), reversed(groups[1:]), strict=True):
        if group.is_settled or not after.is_settled or not plain[group.end : after.start].strip():
            continue
        if isinstance(after.law, Law) and not group.may_belong_to(after.law):
            continue
        if grammar.BETWEEN_GROUPS.fullmatch(plain, group.end, after.start):
            group.law, group.act, group.is_settled = after.law, after.act, True


def _take_last_named(groups: Sequence[_Group], text: Prepared, names: LawNames) -> None:
    """Settle short forms and articles without a law by what the paragraph named last."""
    paragraph = _Paragraph(-1, -1)
    for group in groups:
        start = text.paragraph_start(group.start)
        if paragraph.start != start:
            paragraph = _Paragraph(start, start)
        if not group.is_settled and _stands_behind_unknown(text.plain, group.start):
            paragraph.read_up_to(group.start, text.plain, names)
            if not paragraph.ends_with_a_law(group.start):
                group.settle_as_unknown()
        if group.act is not None or not group.is_settled or group.named_after_comma is not None:
            paragraph.read_up_to(group.start, text.plain, names)
            if group.named_after_comma is None:
                group.law = paragraph.law_for(group)
            else:
                _prefer_law_before(group, paragraph.mentions, text.plain)
        paragraph.remember(group)


def _stands_behind_unknown(plain: str, place: int) -> bool:
    return grammar.UNKNOWN_BEFORE.search(plain, max(0, place - _LONGEST_UNKNOWN), place) is not None


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph named so far: laws in order of their ends, and the law each article number belonged to."""

    start: int
    read: int
    mentions: list[Mention] = field(default_factory=list)
    law_of_number: dict[str, Law | _NoLaw] = field(default_factory=dict)

    def read_up_to(self, place: int, plain: str, names: LawNames) -> None:
        self.mentions += names.all(plain, self.read, place)
        self.read = max(self.read, place)

    def ends_with_a_law(self, place: int) -> bool:
        """Tell whether a law of the register stands right before a place: "Huurwet, art. 3"."""
        return bool(self.mentions) and place - self.mentions[-1].end <= _LAW_THEN_HEAD

    def law_for(self, group: _Group) -> Law | _NoLaw:
        """Return the law of the same article before ("art. 211bis Sv. … dat art. 211bis"), else the last that fits."""
        if group.act is None:
            before = {self.law_of_number.get(article.number, _NoLaw.NOT_NAMED) for article in group.articles}
            if len(before) == 1 and _NoLaw.NOT_NAMED not in before:
                return before.pop()
        for mention in reversed(self.mentions[-_MOST_MENTIONS:]):
            if group.act is not None and mention.act is not None and not _is_act(mention.act, group.act):
                continue
            if mention.law is None:
                return _NoLaw.UNKNOWN
            if group.may_belong_to(mention.law):
                return mention.law
        return _NoLaw.NOT_NAMED

    def remember(self, group: _Group) -> None:
        self.law_of_number.update({article.number: group.law for article in group.articles})
        if group.law is _NoLaw.UNKNOWN and group.act is None and group.end > self.read:
            self.mentions.append(Mention(group.articles[-1].end, group.end, None, None))


def _prefer_law_before(group: _Group, before: Sequence[Mention], plain: str) -> None:
    """Read "EVRM, art. 3, Handvest, art. 4" with the laws in front, not behind."""
    if not before or group.named_after_comma is None:
        return
    is_near = group.start - before[-1].end <= _LAW_THEN_HEAD
    if is_near and not plain[before[-1].end : group.start].strip(" ,:("):
        group.law = before[-1].law or _NoLaw.UNKNOWN
        last = group.articles[-1]
        last.end = min(last.end, len(plain[last.start : group.named_after_comma.start].rstrip(" ,")) + last.start)


def _is_act(act: str, wanted: str) -> bool:
    return act == wanted or act in grammar.FITS.get(wanted, ())


# --- what is given back -----------------------------------------------------------------------------------------------


def _references(group: _Group, text: Prepared, default: Law | None) -> list[Reference]:
    """Return the references of a group; an article its law cannot have is a slip of the pen and left out."""
    if group.law is _NoLaw.UNKNOWN:
        return []
    if isinstance(group.law, Law):
        law = group.law
        return [_reference(article, law, text) for article in group.articles if law.may_have(article.number)]
    return [
        _reference(article, default if default and default.may_have(article.number) else None, text)
        for article in group.articles
    ]


def _reference(article: Article, law: Law | None, text: Prepared) -> Reference:
    number, branches = article.number, [dict(branch) for branch in article.branches]
    if article.has_hyphen and law is not None and law.id in _WITH_HYPHENS:
        number = number.replace("/", "-", 1)
    dotted = _DOTTED.fullmatch(number) if law is not None and law.dot_separates_lid else None
    if dotted:
        number = dotted[1]
        branches[0].setdefault("lid", dotted[2])
    if law is None or law.id != "GENEVE":  # only the refugee convention counts sections: art. 1 A
        branches[0].pop("section", None)
    found = _with_law(law, number, article.to, branches) if law is not None else None
    return Reference(
        start=text.offset(article.start),
        end=text.offset(article.end, is_end=True),
        text=text.plain[article.start : article.end],
        kind=Kind.ARTICLE,
        normal=found.precise if found is not None else _without_law(number, article.to, branches),
        article=found,
    )


def _with_law(law: Law, number: str, to: str | None, branches: Sequence[Mapping[str, Any]]) -> ArticleReference:
    further = tuple(ArticleReference(law, number, **branch) for branch in branches[1:])
    return ArticleReference(law, number, to, further=further, **branches[0])


def _without_law(number: str, to: str | None, branches: Sequence[Mapping[str, str]]) -> str:
    last = f"..{to}" if to else ""
    said = ["|".join(f"{sign}{branch[name]}" for name, sign in _SIGNS if name in branch) for branch in branches]
    return "|".join(filter(None, [f"{NO_LAW}:{number}{last}", "+".join(filter(None, said))]))
