r"""The words and forms of an article reference: numbers, parts, joints, and how a law is pointed at.

Only patterns and word maps; `parts` and `articles` read with them, each at a place they know. No pattern repeats
something that can match in two ways. Long ones are verbose: a blank that counts is written `\s`.
"""

import re
from typing import Final

from jurisprudence.references.names import MONTHS


def _verbose(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | (re.IGNORECASE if ignore_case else re.NOFLAG))


_SUFFIXES: Final = (  # the longer ones first
    "quaterdecies|quindecies|terdecies|duodecies|undecies|quinquies|septies|octies|novies|nonies|decies|sexies|quater"
    "|bis|ter"
)
ORDINALS: Final = {
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
_ORDINAL: Final = "|".join(sorted(ORDINALS, key=len, reverse=True))
_LAST: Final = "laatste|voorlaatste|enig|enige|dernier|dernière|avant-dernier|unique"
_AND: Final = r"(?:,|/|\ben/of\b|\ben\b|\bof\b|\bet\b|\bou\b)"
_ALSO: Final = r"en|of|et|ou|alsook|evenals|alsmede|ainsi\s+que|juncto|iuncto|j°"
_DIGITS: Final = rf"\d+(?:{_SUFFIXES})?"

# --- the number of an article ---------------------------------------------------------------------------------------

NUMBER: Final = _verbose(
    rf"""
    (?:[IVXLC]{{1,6}}\.\s?)?                                        # the book of a code: VII.57
    \d{{1,4}}(?:\.\d{{1,3}}){{0,3}}
    (?: (?:{_SUFFIXES})
      | \s(?:bis|quater|quinquies|sexies|septies|octies)
      | \ster(?=\s*(?:[,;.)§/]|$|Vw|Vb|van\s+de|de\s+la|du\s))      # "9 ter" is a number, "3 ter zake" is not
    )?
    (?:/\d{{1,3}}(?:{_SUFFIXES})?){{0,4}}
    (?:er|ier)?
    (?![\w°]|[.,]\d)
    """,
    ignore_case=True,
)
FIRST_IN_FRENCH: Final = re.compile(r"[Pp]remier\b")
RANGE: Final = _verbose(
    r"\s*(?:t\.?\s?e\.?\s?m\.?|tot\s+en\s+met|tot|jusqu'à|jusqu'au|à|-)\s*(?=[\dIVXLC])", ignore_case=True
)
NO_ARTICLE: Final = _verbose(  # "artikel 10 dagen na …", "art. 12-10-2020"
    rf"""
    \s*(?: dagen?|daags|dgn|weken?|maand(?:en)?|jaar|jaren|uur|uren|minuten|euro|eur|frank|fr\.|%|€
      | procent|personen|kinderen|keer|maal|meter|km|m²|m2|cm|bladzijden|blz|pagina's|leden|studiepunten
      | jours?|mois|ans?|années?|heures?|euros|francs|personnes|enfants|pages|fois
      | {"|".join(sorted(MONTHS, key=len, reverse=True))}
    )(?!\w)
    | -\d{{1,2}}-\d | /\d{{1,2}}/\d | :\d | \s*x\s
    """,
    ignore_case=True,
)

# --- parts of an article: paragraph, lid, point, letter ---------------------------------------------------------------

_NO_PARAGRAPH_NUMBER: Final = r"(?![°\w/])"
_PARAGRAPHS: Final = rf"""
    (?:§§|\b(?:paragrafen|paragraphes)\b) \s*\d+(?:{_SUFFIXES}|er)?
    (?:\s*(?:,|-|\ben\b|\bet\b|\bof\b|\btot\s+en\s+met\b|\btot\b|\bà\b)\s*§?
        \s*\d{{1,2}}(?:{_SUFFIXES})?{_NO_PARAGRAPH_NUMBER})*
"""
_PARAGRAPH: Final = rf"""
    (?:§|\bpar(?:agraaf|agraphe|\.)) \s*\d+(?:{_SUFFIXES}|er|/\d{{1,2}}(?![\d/°)]))?
    (?:\s*-\s*\d+{_NO_PARAGRAPH_NUMBER})?
    (?:\s*(?:,(?:\s*(?:en|et|of)\b)?|\ben\b|\bet\b|\bof\b|-|\btot\s+en\s+met\b|\btot\b)\s*§
        \s*{_DIGITS}{_NO_PARAGRAPH_NUMBER})*
"""
_LID: Final = rf"""
    (?: \b(?:{_ORDINAL})(?:\s*(?:,|en|of|et|ou|tot\s+en\s+met|tot|à)\s*(?:{_ORDINAL}))*
      | \b\d+(?:e|ste|de|er|ère|ème)(?:\s+(?:en|et)\s+\d+(?:e|ste|de|ème))?
    )
    \s+(?:lid|leden|alinea(?:'s)?|alinéas?)\b
"""
_STARTS_ANOTHER_PART: Final = rf"[°)/\w]|\.\d|\s*,?\s*(?:§|al\.|alin|lid\b|(?:{_ORDINAL})\s+(?:lid|alin))"
_LID_NUMBER: Final = rf"""
    \b(?:lid|leden|al\.|alinea(?:'s)?|alinéas?) \s*\d+(?:er|e|ème|{_SUFFIXES})?\b
    (?:\s*(?:,|\ben\b|\bet\b|\btot\b|\bà\b)\s*\d{{1,2}}(?:er|e)?\b(?!{_STARTS_ANOTHER_PART}))*
"""
_PASSED: Final = rf"""
    \b(?: (?:{_LAST})\s+(?:lid|alinea|alinéa)
      | alinéa\s+(?:unique|dernier)
      | (?:{_ORDINAL}|{_LAST})
        \s+(?:zin(?:snede|sdeel)?|volzin|streepje|gedachtestreepje|onderdeel|phrase|tiret|zinsnede)
      | \d{{1,2}}\)
      | in\s+fine | in\s+limine | aanhef | e\.v\. | en\s+volgende? | et\s+suivants? | et\s+s\. | e\.s\.
    )(?!\w)
"""
_POINT: Final = rf"""
    (?:\b(?:sub|onder|punt|punten|n°|nr\.|num[ée]ro)\s*)? \d+\s?°(?:{_SUFFIXES})?
    (?: \s*{_AND}\s*(?:sub\s+)?\d+\s?°(?:{_SUFFIXES})?
      | \s*(?:tot\s+en\s+met|t\.e\.m\.|tot|à|-)\s*\d+\s?°(?:{_SUFFIXES})?
    )*
"""
_LETTER_WORD: Final = r"\b(?:punt|onder|littera|letter|litt?\.|sub|point)"
_LETTER: Final = rf"""
    (?:(?:{_LETTER_WORD}|\bpunten|\bpoints)\s*)? [a-z]\) (?:\s*{_AND}\s*(?:onder\s+)?[a-z]\))*
  | {_LETTER_WORD}\s+[a-z]\b
"""
_BARE_LETTER: Final = r"""
    \.\s?[a-z]\b\)?(?=[\s,;.)])                                     # 5.1.f
  | (?: -(?=[a-i]\b)                                                # § 3-b
      | (?:(?<=,)|(?<=,\s))(?=[a-i])                                # 6.3,c
    )[a-i](?:\s*(?:,|\ben\b|\bet\b)\s*[a-i])*(?=\s*,|\s+(?:van|de\s+la|du|[A-Z]{2})\b)
"""
PART: Final = _verbose(
    rf"""
    (?P<paragraph>{_PARAGRAPHS}|{_PARAGRAPH})
  | (?P<lid>{_LID})
  | (?P<lid_number>{_LID_NUMBER})
  | (?P<passed>{_PASSED})                                           # said, but not part of a normal form
  | (?P<point>{_POINT})
  | (?P<letter>{_LETTER})
  | (?P<bare_letter>{_BARE_LETTER})
  | (?P<numbered>\b(?:punt|point|sub)\s+\d+\b(?!°))
  | (?P<section>(?:\b(?:section|sectie|afdeling)\s+)?[A-F]\b
      (?:\s?\(\d\))?(?=\s*(?:,|van|Vl|V\.|du|de|Verdrag|Conv|Gen)))
    """
)
SUFFIXED: Final = re.compile(_DIGITS)
PARAGRAPH_NUMBER: Final = re.compile(rf"{_DIGITS}(?:/\d{{1,2}})?")
POINT: Final = re.compile(rf"\d+\s?°(?:{_SUFFIXES})?")
LID: Final = re.compile(rf"{_ORDINAL}|{_DIGITS}")
LETTER_BEFORE_BRACKET: Final = re.compile(r"\b([a-z])\)")
LETTER: Final = re.compile(r"\b[a-z]\b")
TO: Final = re.compile(r"-|tot|\bà\b|t\.e\.m")
BEFORE_PART: Final = re.compile(r"\s*(?:,\.?\s*){0,2}")
AND_BEFORE_PART: Final = re.compile(r"\s*(?:,\s*)?(?:en|et|of|ou)\s+(?!\d{1,2}\))")
NEXT_PARAGRAPH: Final = _verbose(  # "§ 1er et 2, du Code"
    r"\s*(?:en|et)\s+(?P<number>\d)(?!\w|°|/|[.,]\d)(?P<law>\s*,?\s*(?:du|de|van|[A-Z(])\b)?"
)

# --- from one article or group to the next ----------------------------------------------------------------------------

CONNECTOR: Final = _verbose(
    rf"""
    \s*(?: ,\s*(?:{_ALSO}|&|jo\.)? | ; | & | en/of | (?:{_ALSO}|jo\.?|j\.|et/ou)(?=[\s\d]) )
    \s*(?:(?:ook|van|uit|met)\s+)?(?:de\s+)?(?=[\dIVXLC])
    """
)
FOOTNOTE: Final = re.compile(r"\s?\(\d{1,2}\)")  # "artikelen 149 Grondwet (1) en 780 Gerechtelijk Wetboek"
BETWEEN_GROUPS: Final = _verbose(
    rf"""
    [\s,(]*
    (?: , | {_ALSO} | jo\.? | samen\s+(?:gelezen\s+)?met
      | (?:in\s+samenhang\s+)?gelezen(?:\s+in\s+samenhang)?\s+met
      | in\s+samenhang(?:\s+gelezen)?\s+met | in\s+combinatie\s+met
      | combinés?\s+(?:avec|à) | lus?\s+(?:en\s+combinaison|conjointement)?\s*avec
      | (?:en|of|als|et|ou|qu'|que)\s+(?:(?:aan|in|à|dans)\s+)?(?:die|dat|ceux|celles|celui|celle)
    )
    \s*(?:,\s*)?(?:(?:van|uit|in|à|de)\s+)?(?:het|de|l'|les|aux)?\s*
    """,
    ignore_case=True,
)
TITLE_THEN_MORE: Final = _verbose(  # "artikel 62 van de wet van 15 december 1980 betreffende …, en 3 van de wet van …"
    r"""
    \s+(?:betreffende|houdende|tot|inzake|op|over|met\s+betrekking\s+tot
        |relative|relatif|sur|portant|concernant|organique)\b
    [^.;()\n]{0,170}?(?:,|\ben|\balsook|\bevenals|\balsmede|\bjuncto|\bet|\bainsi\s+que)\s+(?:van\s+)?(?=\d)
    """,
    ignore_case=True,
)
NAME_THEN_MORE: Final = _verbose(  # behind the first words of a name that stands in no register
    r"""
    [^.;()\n]{2,110}?(?:,|\ben|\bet)\s+
    (?=\d{1,4}(?:\.\d)?[\w/]*(?:,|\s+(?:en|et|van|du|de)\b|\s[A-Z]))
    """
)
MORE_WITHOUT_JOINT: Final = _verbose(r"\s+(?=\d{1,4}\w*(?:,|\s(?:et|en|van|du)|\s[A-Z]))")  # a comma was forgotten

# --- from an article to its law ---------------------------------------------------------------------------------------

_QUALIFIED: Final = r"""(?:
    (?: (?:voor|boven|hoger|hierboven|eerder|laatst|ver|ge)?(?:meld|noemd|vermeld|genoemd|citeerd|zegd|staand)e?
      | reeds\s+\w+e | bovenvermelde? | hogervermelde? | voornoemde? | voormelde? | vernoemde | zelfde | betrokken
      | gecoördineerde | gewijzigde | Belgische? | belge | federale | précitée?s? | susvisée?s? | susmentionnée?s?
      | dit | dite | même | oude? | nieuwe? | toenmalige? | vroegere? | ancienne? | nouvelle | nouveau | toepasselijke
    )\s+
)*"""
OF: Final = _verbose(
    rf"""
    (?:\s+(?:anciens?|nouveaux)\b)?
    \s*(?:\([^()]{{1,60}}\)\s*)?,?\s*
    (?:van\s+(?:het|de)\s+(?=van\s+(?:het|de)\b))?                 # written twice by a slip of the pen
    (?P<of>
        \b(?:van|der|uit|bij|in|op|onder|of)\b\s+
      | (?:zoals\s+)?vervat\s+in\s+
      | (?:contenue?s?|inséré\w*|figurant)\s+dans\s+
      | \bd(?:e|u|es)\b\s+ | \bd' | \bde\s+l'
    )?
    (?P<the>(?:
        de|het|'t|deze|dit|die|dat|dezelfde|hetzelfde|diezelfde|datzelfde|zijn
      | la|le|les|l'|cette|ce|cet|ces|ladite|ledit|dudit|desdites|the
    )(?:\s+|(?<=')))?
    {_QUALIFIED}
    (?P<bracket>[(\["])?\s*
    """,
    ignore_case=True,
)
LOOSE: Final = frozenset({"in", "op", "onder", "bij", "of"})  # seldom before the law: "artikel 9bis in de praktijk"
SHORT_FORM: Final = _verbose(  # "die wet", "de la même loi"
    r"""
    (?P<noun>
        wet(?:ten)?|wetboek|(?:(?:koninklijk|ministerieel)\s+)?besluit|k\.?b\.?|decreet|ordonnantie|verdrag|conventie
      | richtlijn|verordening|grondwet|handvest|codex|samenwerkingsakkoord|protocol
      | loi|lois|code|arrêté(?:\s+(?:royal|ministériel))?|décret|ordonnance|convention|traité|directive|règlement|charte
      | constitution
    )
    (?:\s+(?:précitée?s?|susvisée?s?|susmentionnée?s?|coordonnées?|organiques?|spéciales?))*(?![\w-])
    """,
    ignore_case=True,
)
GOES_ON: Final = _verbose(  # "de wet op de …" is not a short form
    r"""
    \s+(?:van|betreffende|inzake|houdende|tot|op|over|met\s+betrekking|nr
        |du|des?|d'|sur|relative?|concernant|portant|organique|\d)\b
    (?!\s+(?:toepassing|rechtswege|oordeel|grond|basis|gevolg))
    """,
    ignore_case=True,
)
OTHER_CODE: Final = re.compile(r"\s+[a-zé]{4,}\s")  # "Code marocain de la Famille"
OTHER_FRENCH: Final = _verbose(  # "la loi communale"
    r"\s+[a-zéè]{2,}(?:ale|aux|aire|ive|ique|elle|ienne|oise|euse|al|if|el|ien|ime|uniforme)s?\b | \s+[A-Z]{2,}\b"
)
FRENCH_NOUNS: Final = frozenset(
    {"loi", "lois", "convention", "traité", "règlement", "décret", "ordonnance", "charte", "arrêté"}
)
ACT_OF_NOUN: Final = {
    "wet": "wet", "wetten": "wet", "loi": "wet", "lois": "wet", "wetboek": "wetboek", "code": "wetboek",
    "codex": "decreet", "decreet": "decreet", "décret": "decreet", "besluit": "kb", "kb": "kb", "k.b.": "kb",
    "arrêté": "kb", "arrêté royal": "kb", "ordonnantie": "ordonnantie", "ordonnance": "ordonnantie",
    "verdrag": "verdrag", "conventie": "verdrag", "convention": "verdrag", "traité": "verdrag", "protocol": "verdrag",
    "richtlijn": "richtlijn", "directive": "richtlijn", "verordening": "verordening", "règlement": "verordening",
    "grondwet": "grondwet", "constitution": "grondwet", "handvest": "eu-verdrag", "charte": "eu-verdrag",
    "samenwerkingsakkoord": "samenwerkingsakkoord",
}  # fmt: skip
FITS: Final = {  # kinds of act a short form may mean, beside its own
    "wet": {"wet", "wetboek", "grondwet"},
    "wetboek": {"wetboek", "wet"},
    "kb": {"kb", "mb", "besluit", "besluit-eu", "uitvoeringsbesluit"},
    "verdrag": {"verdrag", "eu-verdrag"},
}
UNKNOWN_NAME: Final = _verbose(  # what looks like the name of a law and stands in no register: "VCRO", "Sv."
    r"""
    [A-Z][a-z]+-?\s+en\s+[A-Z]\w*wet\b
  | [A-Z][a-z]+\s+[A-Z][a-z]*(?:wet|wetboek|decreet|codex|code|reglement|regeling|ordonnantie)\b
  | gecoörd\.?\s+\w+
  | (?:[a-z]+\s+)?(?:[Aa]anvullend|[Ff]acultatief)\s+[Pp]rotocol\b
  | (?: Internationaal|Internationale|Europees|Algemeen|Pact|Statuut|Wet|Wetboek|Wetb\.|Decreet|Codex|Code|KB|K\.B\.|MB
      | M\.B\.|BVR|Besluit|Verdrag|Reglement|Richtlijn|Verordening|Protocol|Taalwet|Kaderbesluit|Bijzondere|Voorafgaande
      | Huishoudelijk|Besluitwet|Wetten|Loi|Arrêté|A\.R\.|Décret|Convention|Traité|Pacte|Titre|Onderwijs
    )\b
  | [A-Za-zà-ÿ-]{2,}(?:wet|wetboek|decreet|codex|reglement|verdrag|besluit|ordonnantie|code)\b
  | (?:[A-Z][\w-]*\.){2,}
  | [A-Z][a-z]{0,5}\.(?=\s*[A-Z,;)]|\s*$)
  | [A-Z]{2,}[a-z]?[\w/]*\b
  | [A-Z][a-z]*[A-Z]\w*
    """
)
UNKNOWN_BEFORE: Final = re.compile(  # "Wegcode van 10 december 1958, art. 15"
    r"\b[A-Z][a-zà-ÿ-]*(?:wet|wetboek|decreet|codex|code|reglement|ordonnantie)"
    r"(?:\s+van\s+\d{1,2}\s+[a-z]+\s+\d{4})?\s*,\s*$"
)
NO_NAME: Final = _verbose(  # authorities, courts and numerals that look like an abbreviated law
    r"""
    (?: DVZ|CGVS|OCMW|RvV|RVV|RvS|GwH|HvJ|EHRM|CGRA|OE|CPAS|VDAB|RVA|OVAM|BGV|EU|VS|VN|NBMV|KI|RVOHR
      | AR|NR|BS|PB|UDN|IBP|GGC|II|III|IV|VI
    )\b
    """
)
IN_LOWER_CASE: Final = re.compile(r"[a-zà-ÿ]")
