"""Articles of law in running Dutch and French text.

A group is one head ("artikelen") with the articles it opens and the law that closes it. Reading goes in two steps: first
every group for itself, then the laws, because "artikel 51/5 juncto artikel 62 Vw." hands its law back, and "artikel 3 van
die wet" takes the one named before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from jurisprudence.legislation import ArticleReference, Law
from jurisprudence.references.found import NO_LAW, Kind, Reference
from jurisprudence.references.names import MONTHS, LawNames, Mention
from jurisprudence.references.prepared import Prepared
from jurisprudence.references.rules import ARTICLE, NUMBER, SUFFIXES

HEAD: Final = ARTICLE.pattern

_ORDINALS: Final = {
    word: number
    for number, words in enumerate(
        (
            "eerste premier première", "tweede deuxième second seconde", "derde troisième", "vierde quatrième",
            "vijfde cinquième", "zesde sixième", "zevende septième", "achtste huitième", "negende neuvième",
            "tiende dixième", "elfde onzième", "twaalfde douzième",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_ORDINAL: Final = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_LAST: Final = "laatste|voorlaatste|enig|enige|dernier|dernière|avant-dernier|unique"
_AND: Final = r"(?:,|/|\ben/of\b|\ben\b|\bof\b|\bet\b|\bou\b)"
_TO: Final = r"(?:t\.?\s?e\.?\s?m\.?|tot\s+en\s+met|tot|jusqu'à|jusqu'au|à|-)"

_ROMAN_HEAD: Final = re.compile(r"[Pp]remier\b")
_TOKEN: Final = re.compile(
    rf"""
    (?P<paragraph>(?:§§|\b(?:paragrafen|paragraphes)\b)\s*\d+(?:{SUFFIXES}|er)?
            (?:\s*(?:,|-|\ben\b|\bet\b|\bof\b|\btot\s+en\s+met\b|\btot\b|\bà\b)\s*§?\s*\d{{1,2}}(?:{SUFFIXES})?(?![°\w/]))*
        |(?:§|\bpar(?:agraaf|agraphe|\.))\s*\d+(?:{SUFFIXES}|er)?(?:\s*-\s*\d+(?![°\w/]))?
            (?:\s*(?:,|\ben\b|\bet\b|\bof\b|-|\btot\s+en\s+met\b|\btot\b)\s*§\s*\d+(?:{SUFFIXES})?(?![°\w/]))*)
  | (?P<lid>(?:\b(?:{_ORDINAL})(?:\s*(?:,|en|of|et|ou|tot\s+en\s+met|tot|à)\s*(?:{_ORDINAL}))*|\b\d+(?:e|ste|de|er|ère|ème)(?:\s+(?:en|et)\s+\d+(?:e|ste|de|ème))?)
        \s+(?:lid|leden|alinea(?:'s)?|alinéas?)\b)
  | (?P<lid_number>\b(?:lid|leden|al\.|alinea(?:'s)?|alinéas?)\s*\d+(?:er|e|ème)?\b(?:\s*(?:,|\ben\b|\bet\b|\btot\b|\bà\b)\s*\d{{1,2}}(?:er|e)?\b(?![°)/\w]|\.\d|\s*,?\s*(?:§|al\.|alin|lid\b|(?:{_ORDINAL})\s+(?:lid|alin))))*)
  | (?P<passed>\b(?:(?:{_LAST})\s+(?:lid|alinea|alinéa)|alinéa\s+(?:unique|dernier)|(?:{_ORDINAL}|{_LAST})\s+(?:zin(?:snede|sdeel)?|volzin|streepje|gedachtestreepje|onderdeel|phrase|tiret|zinsnede)
        |\d{{1,2}}\)|in\s+fine|in\s+limine|aanhef|e\.v\.|en\s+volgende?|et\s+suivants?|et\s+s\.|e\.s\.)(?!\w))
  | (?P<point>(?:\b(?:sub|onder|punt|punten|n°|nr\.|num[ée]ro)\s*)?\d+\s?°(?:{SUFFIXES})?(?:\s*{_AND}\s*(?:sub\s+)?\d+\s?°(?:{SUFFIXES})?|\s*(?:tot\s+en\s+met|t\.e\.m\.|tot|à|-)\s*\d+\s?°(?:{SUFFIXES})?)*)
  | (?P<letter>(?:\b(?:punt|punten|onder|littera|letter|litt?\.|sub|point|points)\s*)?[a-z]\)(?:\s*{_AND}\s*(?:onder\s+)?[a-z]\))*
        |\b(?:punt|onder|littera|letter|litt?\.|sub|point)\s+[a-z]\b)
  | (?P<bare_letter>\.\s?[a-z]\b\)?(?=[\s,;.)])|(?<=,\s)[a-i](?:\s*(?:,|\ben\b|\bet\b)\s*[a-i])*(?=\s*,|\s+(?:van|de\s+la|du|[A-Z]{{2}})\b))
  | (?P<numbered>\b(?:punt|point|sub)\s+\d+\b(?!°))
  | (?P<section>[A-F]\b(?:\s?\(\d\))?(?=\s*(?:,|van|Vl|V\.|du|de|Verdrag|Conv|Gen)))
    """,
    re.VERBOSE,
)
_NUMBER: Final = re.compile(NUMBER, re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*(?:,\s*){0,2}")
_CONNECTOR: Final = re.compile(
    r"\s*(?:,\s*(?:en|of|et|ou|&|alsook|evenals|alsmede|ainsi que|juncto|jo\.|j°|iuncto)?|;|&|en/of|(?:en|of|alsook|evenals|alsmede|juncto|jo\.?"
    r"|j°|j\.|iuncto|et/ou|et|ou|ainsi\s+que)(?=[\s\d]))\s*(?:ook\s+|van\s+|uit\s+|met\s+)?(?:de\s+)?(?=[\dIVXLC])"
)
_NEXT_PARAGRAPH: Final = re.compile(
    r"\s*(?:en|et)\s+(?P<number>\d)(?=\s*,?\s*(?:du|de|van|[A-Z(])\b)"
)  # "§ 1er et 2, du Code"
_RANGE: Final = re.compile(rf"\s*{_TO}\s*(?=[\dIVXLC])", re.IGNORECASE)
_NO_ARTICLE: Final = re.compile(
    r"\s*(?:dagen?|daags|dgn|weken?|maand(?:en)?|jaar|jaren|uur|uren|minuten|euro|eur|frank|fr\.|%|procent|personen|kinderen|keer|maal|meter"
    r"|km|m²|m2|cm|bladzijden|blz|pagina's|leden|studiepunten|jours?|mois|ans?|années?|heures?|euros|francs|personnes|enfants|pages|fois"
    rf"|€|{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?!\w)|-\d{{1,2}}-\d|/\d{{1,2}}/\d|:\d|\s*x\s",
    re.IGNORECASE,
)
_BETWEEN_GROUPS: Final = re.compile(
    r"[\s,(]*(?:,|en|of|alsook|evenals|alsmede|juncto|jo\.?|j°|iuncto|et|ou|ainsi\s+que|samen\s+met|samen\s+gelezen\s+met"
    r"|(?:in\s+samenhang\s+)?gelezen(?:\s+in\s+samenhang)?\s+met|in\s+samenhang(?:\s+gelezen)?\s+met|in\s+combinatie\s+met"
    r"|combinés?\s+(?:avec|à)|lus?\s+(?:en\s+combinaison|conjointement)?\s*avec)"
    r"\s*(?:,\s*)?(?:(?:van|uit|à|de)\s+)?(?:het|de|l'|les|aux)?\s*",
    re.IGNORECASE,
)
_QUALIFIED: Final = (
    r"(?:(?:(?:voor|boven|hoger|hierboven|eerder|laatst|ver|ge)?(?:meld|noemd|vermeld|genoemd|citeerd|zegd|staand)e?|reeds\s+\w+e|bovenvermelde?|hogervermelde?"
    r"|voornoemde?|voormelde?|vernoemde|zelfde|betrokken|gecoördineerde|gewijzigde|Belgische?|belge|federale|précitée?s?|susvisée?s?"
    r"|susmentionnée?s?|dit|dite|même|oude?|nieuwe?|toenmalige?|vroegere?|ancienne?|nouvelle|nouveau|toepasselijke)\s+)*"
)
_OF: Final = re.compile(
    rf"\s*(?:\([^()]{{1,60}}\)\s*)?,?\s*(?P<of>\b(?:van|der|uit|bij|in|op|onder|of)\b\s+|(?:zoals\s+)?vervat\s+in\s+|(?:contenue?s?|inséré\w*|figurant)\s+dans\s+|\bd(?:e|u|es)\b\s+|\bd'|\bde\s+l')?"
    rf"(?P<the>(?:de|het|'t|deze|dit|die|dat|dezelfde|hetzelfde|diezelfde|datzelfde|zijn|la|le|les|l'|cette|ce|cet|ces|ladite|ledit|dudit|desdites|the)(?:\s+|(?<=')))?"
    rf"{_QUALIFIED}(?P<bracket>[(\[\x22])?\s*",
    re.IGNORECASE,
)
_SHORT_FORM: Final = re.compile(
    r"(?P<noun>wet(?:ten)?|wetboek|besluit|k\.?b\.?|decreet|ordonnantie|verdrag|conventie|richtlijn|verordening|grondwet|handvest|codex"
    r"|samenwerkingsakkoord|protocol|loi|lois|code|arrêté(?:\s+royal)?|décret|ordonnance|convention|traité|directive|règlement|charte|constitution)"
    r"(?:\s+(?:précitée?s?|susvisée?s?|susmentionnée?s?|coordonnées?|organiques?|spéciales?))*(?![\w-])",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"\s+(?:van|betreffende|inzake|houdende|tot|op|over|met\s+betrekking|nr|du|des?|d'|sur|relative?|concernant|portant|organique|\d)\b"
    r"(?!\s+(?:toepassing|rechtswege|oordeel|grond|basis|gevolg))",
    re.IGNORECASE,
)
_OTHER_CODE: Final = re.compile(r"\s+[a-zé]{4,}\s")  # "Code marocain de la Famille"
_OTHER_FRENCH: Final = re.compile(
    r"\s+[a-zéè]{2,}(?:ale|aux|aire|ive|ique|elle|ienne|oise|euse|al|if|el|ien|uniforme)s?\b|\s+[A-Z]{2,}\b"
)
_FRENCH_NOUNS: Final = frozenset(
    {"loi", "lois", "convention", "traité", "règlement", "décret", "ordonnance", "charte", "arrêté"}
)
_ACT_OF_NOUN: Final = {
    "wet": "wet", "wetten": "wet", "loi": "wet", "lois": "wet", "wetboek": "wetboek", "code": "wetboek", "codex": "decreet",
    "besluit": "kb", "kb": "kb", "k.b.": "kb", "k.b": "kb", "arrêté": "kb", "arrêté royal": "kb", "decreet": "decreet",
    "décret": "decreet", "ordonnantie": "ordonnantie", "ordonnance": "ordonnantie", "verdrag": "verdrag",
    "conventie": "verdrag", "convention": "verdrag", "traité": "verdrag", "protocol": "verdrag", "richtlijn": "richtlijn",
    "directive": "richtlijn", "verordening": "verordening", "règlement": "verordening", "grondwet": "grondwet",
    "constitution": "grondwet", "handvest": "eu-verdrag", "charte": "eu-verdrag",
    "samenwerkingsakkoord": "samenwerkingsakkoord",
}  # fmt: skip
_FITS: Final = {
    "wet": {"wet", "wetboek", "grondwet"},
    "wetboek": {"wetboek", "wet"},
    "kb": {"kb", "mb", "besluit", "besluit-eu", "uitvoeringsbesluit"},
    "verdrag": {"verdrag", "eu-verdrag"},
}
_UNKNOWN_NAME: Final = re.compile(
    r"[A-Z][a-z]+-?\s+en\s+[A-Z]\w*wet\b|[A-Z][a-z]+\s+[A-Z][a-z]*(?:wet|wetboek|decreet|codex|code|reglement|regeling|ordonnantie)\b|gecoörd\.?\s+\w+|(?:Internationaal|Internationale|Europees|Algemeen|Pact|Statuut|Wet|Wetboek|Wetb\.|Decreet|Codex|Code|KB|K\.B\.|MB|M\.B\.|BVR|Besluit|Verdrag|Reglement|Richtlijn|Verordening|Protocol|Taalwet"
    r"|Kaderbesluit|Bijzondere|Voorafgaande|Huishoudelijk|Besluitwet|Wetten|Loi|Arrêté|A\.R\.|Décret|Convention|Traité|Pacte|Titre|Onderwijs)\b"
    r"|[A-Za-zà-ÿ-]{2,}(?:wet|wetboek|decreet|codex|reglement|verdrag|besluit|ordonnantie|code)\b"
    r"|(?:[A-Z][\w-]*\.){2,}|[A-Z][a-z]{0,5}\.(?=\s*[A-Z,;)]|\s*$)|[A-Z]{2,}[a-z]?[\w/]*\b|[A-Z][a-z]*[A-Z]\w*"
)
_AUTHORITIES: Final = re.compile(
    r"(?:DVZ|CGVS|OCMW|RvV|RVV|RvS|GwH|HvJ|EHRM|CGRA|OE|CPAS|VDAB|RVA|OVAM|BGV|EU|VS|VN|NBMV|KI|RVOHR|AR|NR|BS|PB|UDN|IBP|GGC|II|III|IV|VI)\b"
)
_VERB_LIKE: Final = re.compile(r"\s*[a-zà-ÿ(]")
_TITLE_THEN_MORE: Final = re.compile(
    r"\s+(?:betreffende|houdende|tot|inzake|op|over|met\s+betrekking\s+tot|relative|relatif|sur|portant|concernant|organique)\b"
    r"[^.;()\n]{0,170}?(?:,|\ben|\balsook|\bevenals|\balsmede|\bjuncto|\bet|\bainsi que)\s+(?:van\s+)?(?=\d)",
    re.IGNORECASE,
)
_NAME_THEN_MORE: Final = re.compile(
    r"[^.;()\n]{2,110}?(?:,|\ben|\bet)\s+(?=\d{1,4}(?:\.\d)?[\w/]*(?:,|\s+(?:en|et|van|du|de)\b|\s[A-Z]))"
)
_FORGOTTEN: Final = re.compile(r"\s+(?=\d{1,4}(?:\w*)(?:,| et| en| van| du|\s[A-Z]))")
_LAW_THEN_HEAD: Final = 3  # signs between a law and the head it stands before: "EVRM, art. 3"
_MOST_ITEMS: Final = 60
_MOST_MENTIONS: Final = 40  # how far back in a paragraph the law of a short form is looked for


_LOOSE: Final = frozenset(
    {"in", "op", "onder", "bij", "of"}
)  # they seldom lead to the law: "artikel 9bis in de praktijk"


class _NoLaw(Enum):
    """Why a group has no law of its own."""

    NOT_NAMED = "not named"
    UNKNOWN = "named, but in no register"


@dataclass(slots=True)
class _Item:
    start: int
    end: int
    number: str
    to: str | None = None
    parts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Group:
    """Articles that share one law. `act` is the kind of act of a short form ("die wet")."""

    start: int
    items: list[_Item]
    end: int
    law: Law | _NoLaw = _NoLaw.NOT_NAMED
    act: str | None = None
    named_after_comma: Mention | None = None
    is_settled: bool = False


def find_articles(text: Prepared, names: LawNames, default: Law | None = None) -> list[Reference]:
    """Return the articles a text refers to, in order.

    An article without a law takes that of the next article it is joined to, else the last law named before it in its
    paragraph, else `default`, else none (`?:9bis`). An article of something that is named but in no register is no
    reference.
    """
    groups = _read_groups(text.plain, names)
    if not groups:
        return []
    _hand_back(groups, text.plain)
    _take_last_named(groups, text, names)
    return [reference for group in groups for reference in _references(group, text, default)]


def _read_groups(plain: str, names: LawNames) -> list[_Group]:
    groups: list[_Group] = []
    place = 0
    while head := HEAD.search(plain, place):
        place = head.end()
        group = _read_group(plain, head, names)
        while group is not None:
            groups.append(group)
            place = group.end
            group = _read_more(plain, group, names)
    return groups


def _read_group(plain: str, head: re.Match[str], names: LawNames) -> _Group | None:
    premier = _ROMAN_HEAD.match(plain, head.end())
    if premier:
        item = _Item(head.start(), premier.end(), "1")
        items, end = [item], _read_parts(plain, premier.end(), item)
    else:
        items, end = _read_items(plain, head.end(), names)
    if not items:
        return None
    items[0].start = head.start()
    group = _Group(head.start(), items, end)
    _close(group, plain, names)
    return group


def _read_more(plain: str, before: _Group, names: LawNames) -> _Group | None:
    """Read on after a law: "10 en 11 van de Grondwet, 6 EVRM en 24 Handvest"; each must close with a law."""
    if not isinstance(before.law, Law) and before.law is not _NoLaw.UNKNOWN:
        return None
    connector = _CONNECTOR.match(plain, before.end) or _TITLE_THEN_MORE.match(plain, before.end)
    connector = connector or _FORGOTTEN.match(plain, before.end)
    if connector is None and before.law is _NoLaw.UNKNOWN:
        connector = _NAME_THEN_MORE.match(plain, before.end)
        connector = None if connector and HEAD.search(connector[0] + "1") else connector
    if connector is None:
        return None
    items, end = _read_items(plain, connector.end(), names)
    if not items:
        return None
    group = _Group(items[0].start, items, end)
    _close(group, plain, names)
    return group if group.is_settled else None


def _read_items(plain: str, place: int, names: LawNames) -> tuple[list[_Item], int]:
    """Read "40bis, § 2, eerste lid, 3°, en 40ter, § 1": the articles with their parts, and where they end."""
    items: list[_Item] = []
    end = place
    while len(items) < _MOST_ITEMS:
        number = _NUMBER.match(plain, place)
        if number is None or _NO_ARTICLE.match(plain, number.end()):
            break
        if items and names.at(plain, place) is not None:
            break
        item = _Item(place, number.end(), _normal_number(number[0]))
        items.append(item)
        end = _read_range(plain, number.end(), item)
        end = _read_parts(plain, end, item)
        connector = _CONNECTOR.match(plain, end)
        if connector is None:
            break
        place = connector.end()
    return items, end


def _read_range(plain: str, end: int, item: _Item) -> int:
    joint = _RANGE.match(plain, end)
    number = _NUMBER.match(plain, joint.end()) if joint else None
    if joint is None or number is None or _NO_ARTICLE.match(plain, number.end()):
        return end
    other = _normal_number(number[0])
    is_hyphen = joint[0].strip() == "-"
    if is_hyphen and "/" not in other and _main(other) < _main(item.number):
        item.number += ("-" if "/" in item.number else "/") + other
    elif _main(other) >= _main(item.number):
        item.to = other
    else:
        return end
    item.end = number.end()
    return number.end()


def _read_parts(plain: str, end: int, item: _Item) -> int:
    """Read paragraph, lid, point and letter behind an article number; each counts once, what comes again ends it."""
    while True:
        blank = _BETWEEN.match(plain, end)
        joined = re.compile(r"\s*(?:en|et|of|ou)\s+").match(plain, end)
        starts = [blank.end() if blank else end, *([joined.end()] if joined and item.parts else [])]
        token = next(filter(None, (_TOKEN.match(plain, start) for start in starts)), None)
        if token is None or token.end() == token.start():
            return end
        name, value = _part(token)
        following = _NEXT_PARAGRAPH.match(plain, token.end()) if name == "paragraph" else None
        if following and value.isdigit() and int(following["number"]) == int(value) + 1:
            value, place = f"{value}+{following['number']}", following.end()
        else:
            place = token.end()
        if name is not None:
            if name in item.parts and name not in {"point", "lid", "letter"}:
                return end
            item.parts[name] = f"{item.parts[name]}+{value}" if name in item.parts else value
        end = item.end = place


def _part(token: re.Match[str]) -> tuple[str | None, str]:
    kind = "paragraph" if token["paragraph"] else token.lastgroup
    said = token[0]
    if kind == "paragraph":
        numbers = re.findall(rf"\d+(?:{SUFFIXES})?", said)
        return "paragraph", ("-" if re.search(r"\d\s*(?:-|tot)", said) else "+").join(numbers)
    if kind == "lid":
        words = re.findall(rf"{_ORDINAL}|\d+", said)
        numbers = [str(_ORDINALS[word]) if word in _ORDINALS else word for word in words]
        return "lid", ("-" if re.search(r"\b(?:tot|à)\b", said) else "+").join(numbers)
    if kind == "lid_number":
        return "lid", ("-" if re.search(r"\b(?:tot|à)\b", said) else "+").join(re.findall(r"\d+", said))
    if kind == "point":
        numbers = re.findall(rf"\d+\s?°(?:{SUFFIXES})?", said)
        return "point", ("-" if re.search(r"tot|à|t\.e\.m|-", said) else "+").join(n.replace(" ", "") for n in numbers)
    if kind == "numbered":
        return "point", re.findall(r"\d+", said)[0] + "°"
    if kind == "letter":
        letters = re.findall(r"\b([a-z])\)", said) or [said.split()[-1]]
        return "letter", "+".join(f"{letter})" for letter in letters)
    if kind == "bare_letter":
        return "letter", "+".join(f"{letter})" for letter in re.findall(r"\b[a-z]\b", said))
    if kind == "section":
        return "section", re.sub(r"\s*\((\d)\)", r"\1", said)
    return None, ""


def _close(group: _Group, plain: str, names: LawNames) -> None:
    """Read the law behind the articles of a group."""
    end = group.end
    if "." in group.items[-1].number and plain[end : end + 1] == "." and plain[end + 1 : end + 2] in {" ", "\n"}:
        end += 1  # "6.1. EVRM"
    of = _OF.match(plain, end)
    if of is None:
        return
    mention = _named_in_full(plain, of, names) or names.at(plain, of.end())
    if mention is not None:
        _close_with(group, of, mention, plain)
    elif of["the"] or (of["of"] and of["of"].strip().lower() not in {*_LOOSE, "de"}):
        _close_short(group, of, plain)
    elif not of["of"]:
        _close_unnamed(group, of, plain)


def _named_in_full(plain: str, of: re.Match[str], names: LawNames) -> Mention | None:
    """Return the law whose name has the first words in it: "van het oud Burgerlijk Wetboek" is not the new one."""
    first = next(place for place in (of.end("the"), of.end("of"), of.start()) if place >= 0)
    first += len(plain[first : of.end()]) - len(plain[first : of.end()].lstrip(" ,\n"))
    return names.at(plain, first) if first != of.end() else None


def _close_with(group: _Group, of: re.Match[str], mention: Mention, plain: str) -> None:
    is_after_comma = not of["of"] and not of["the"] and "," in of[0]
    if is_after_comma and group.items[0].start == group.start:
        group.named_after_comma = mention
    group.law = mention.law or _NoLaw.UNKNOWN
    group.is_settled = True
    group.end = mention.end
    if of["bracket"] and plain[mention.end : mention.end + 1] in {")", "]", '"'}:
        group.end += 1
    if mention.law is not None:
        group.items[-1].end = group.end


def _close_short(group: _Group, of: re.Match[str], plain: str) -> None:
    noun = _SHORT_FORM.match(plain, of.end())
    is_of = bool(of["of"]) and of["of"].strip().lower() not in _LOOSE
    if noun is None:
        if is_of and (of["the"] or of["of"].strip().lower() not in {"van", "de", "uit"}):
            group.law, group.is_settled = _NoLaw.UNKNOWN, True
        elif is_of:
            _close_unnamed(group, of, plain)
        return
    if _names_another(noun["noun"].lower(), plain, noun.end()):
        group.law, group.is_settled = _NoLaw.UNKNOWN, True
        return
    group.act = _ACT_OF_NOUN.get(noun["noun"].lower(), "kb")
    group.is_settled = True
    group.end = group.items[-1].end = noun.end()


def _names_another(noun: str, plain: str, end: int) -> bool:
    """Tell whether the noun only begins the name of something: "de wet op de …", "du Code wallon", "la loi communale"."""
    if noun == "codex" or _GOES_ON.match(plain, end):
        return True
    if noun == "code":
        return _OTHER_CODE.match(plain, end) is not None
    return noun in _FRENCH_NOUNS and _OTHER_FRENCH.match(plain, end) is not None


def _close_unnamed(group: _Group, of: re.Match[str], plain: str) -> None:
    """Settle a group that something follows which looks like the name of a law we do not know: "VCRO", "Sv."."""
    unknown = _UNKNOWN_NAME.match(plain, of.end())
    if unknown and not _AUTHORITIES.match(plain, of.end()) and not ("," in of[0] and _VERB_LIKE.match(plain, of.end())):
        group.law, group.is_settled = _NoLaw.UNKNOWN, True
        group.end = unknown.end()


def _hand_back(groups: Sequence[_Group], plain: str) -> None:
    """Give a group without a law that of the group it is joined to: "artikel 51/5 juncto artikel 62 Vw."."""
    for group, after in zip(reversed(groups[:-1]), reversed(groups[1:]), strict=True):
        if group.is_settled or not after.is_settled:
            continue
        joint = _BETWEEN_GROUPS.fullmatch(plain, group.end, after.start)
        if joint and plain[group.end : after.start].strip():
            if isinstance(after.law, Law) and not _fits_all(after.law, group):
                continue
            group.law, group.act, group.is_settled = after.law, after.act, True


def _take_last_named(groups: Sequence[_Group], text: Prepared, names: LawNames) -> None:
    """Settle short forms and articles without a law by what the paragraph named last."""
    paragraph = _Paragraph(-1, -1)
    for group in groups:
        start = text.paragraph_start(group.start)
        if paragraph.start != start:
            paragraph = _Paragraph(start, start)
        if group.act is not None or not group.is_settled or group.named_after_comma is not None:
            paragraph.read_up_to(group.start, text.plain, names)
            if group.named_after_comma is None:
                group.law = paragraph.law_for(group)
            else:
                _prefer_law_before(group, paragraph.mentions, text.plain)
        paragraph.remember(group)


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

    def law_for(self, group: _Group) -> Law | _NoLaw:
        """Return the law of the same article before ("art. 211bis Sv. … dat art. 211bis"), else the last that fits."""
        if group.act is None:
            before = {self.law_of_number.get(item.number, _NoLaw.NOT_NAMED) for item in group.items}
            if len(before) == 1 and _NoLaw.NOT_NAMED not in before:
                return before.pop()
        for mention in reversed(self.mentions[-_MOST_MENTIONS:]):
            if group.act is not None and mention.act is not None and not _is_act(mention.act, group.act):
                continue
            if mention.law is None:
                return _NoLaw.UNKNOWN
            if _fits_all(mention.law, group):
                return mention.law
        return _NoLaw.NOT_NAMED

    def remember(self, group: _Group) -> None:
        self.law_of_number.update({item.number: group.law for item in group.items})
        if group.law is _NoLaw.UNKNOWN and group.act is None and group.end > self.read:
            self.mentions.append(Mention(group.items[-1].end, group.end, None, None))


def _prefer_law_before(group: _Group, before: Sequence[Mention], plain: str) -> None:
    """Read "EVRM, art. 3, Handvest, art. 4" with the laws in front, not behind."""
    if not before or group.named_after_comma is None:
        return
    between = plain[before[-1].end : group.start]
    if len(between) <= _LAW_THEN_HEAD and not between.strip(" ,:("):
        group.law = before[-1].law or _NoLaw.UNKNOWN
        last = group.items[-1]
        last.end = min(last.end, len(plain[: group.named_after_comma.start].rstrip(" ,")))


def _is_act(act: str, wanted: str) -> bool:
    return act == wanted or act in _FITS.get(wanted, ())


def _fits_all(law: Law, group: _Group) -> bool:
    return all(law.may_have(item.number) for item in group.items)


def _references(group: _Group, text: Prepared, default: Law | None) -> list[Reference]:
    if group.law is _NoLaw.UNKNOWN:
        return []
    law = group.law if isinstance(group.law, Law) else default
    may_be = [item for item in group.items if not isinstance(group.law, Law) or group.law.may_have(item.number)]
    return [_reference(item, law if law is None or law.may_have(item.number) else None, text) for item in may_be]


def _reference(item: _Item, law: Law | None, text: Prepared) -> Reference:
    number, parts = item.number, dict(item.parts)
    dotted = re.fullmatch(r"(\d+)\.(\d+)(?:\.\w+)?", number) if law is not None and law.dot_separates_lid else None
    if dotted:
        number = dotted[1]
        parts.setdefault("lid", dotted[2])
    if law is None or law.id != "GENEVE":
        parts.pop("section", None)
    found = dict[str, Any](number=number, to=item.to, **parts)
    article = ArticleReference(law, **found) if law is not None else None
    normal = article.precise if article is not None else _without_law(found)
    return Reference(
        start=text.offset(item.start),
        end=text.offset(item.end, is_end=True),
        text=text.plain[item.start : item.end],
        kind=Kind.ARTICLE,
        normal=normal,
        article=article,
    )


def _without_law(found: dict[str, Any]) -> str:
    to = f"..{found['to']}" if found["to"] else ""
    paragraph, lid = found.get("paragraph"), found.get("lid")
    parts = (
        f"§{paragraph}" if paragraph else None,
        f"l{lid}" if lid else None,
        found.get("point"),
        found.get("letter"),
    )
    return "|".join([f"{NO_LAW}:{found['number']}{to}", *filter(None, parts)])


def _normal_number(said: str) -> str:
    bare = re.sub(r"(?:er|ier)$", "", re.sub(r"\s+", "", said)) if re.search(r"\d(?:er|ier)$", said) else said
    compact = re.sub(r"\s+", "", bare)
    roman = re.match(r"[IVXLCivxlc]+\.", compact)
    head = roman[0].upper() if roman else ""
    return head + compact[len(head) :].lower().replace("novies", "nonies")


def _main(number: str) -> int:
    found = re.match(r"(?:[IVXLC]+\.)?(\d+)", number)
    return int(found[1]) if found else 0
