"""Texts made to make a pattern run away. The work may grow with the length of a text and with nothing else."""

import time

import pytest

from jurisprudence.references.recogniser import Recogniser

SIGNS = 60_000
MOST_SECONDS = (
    2.0  # processor time, on any machine; the worst takes a third of a second, what is quadratic half a minute
)
HOSTILE = {
    "articles": ("art. ", "1, "),
    "heads": ("", "artikel "),
    "heads with numbers": ("", "artikel 3 is "),
    "short forms": ("", "artikel 3 van die wet. "),
    "juncto": ("", "art. 3 juncto "),
    "laws in front": ("", "EVRM, art. 3, "),
    "laws behind": ("", "art. 3, EVRM, "),
    "unknown laws": ("", "art. 3 Sv., "),
    "forgotten commas": ("art. 1 VCRO ", "en 1234 "),
    "titles": ("", "10 van de Grondwet betreffende het, "),
    "titles of laws": ("", "wet van 15 december 1980 betreffende "),
    "paragraphs": ("art. 1, §§ ", "1, "),
    "paragraphs with en": ("art. 1, §§ ", "2 en "),
    "leden": ("art. 1, ", "eerste lid, "),
    "points": ("art. 1, ", "1°, "),
    "letters": ("art. 1, ", "a, "),
    "branches": ("art. 1, ", "1°, a), "),
    "ranges": ("art. ", "1-"),
    "slashes in a number": ("art. ", "1/"),
    "dots in a number": ("art. ", "1."),
    "roman books": ("art. ", "X"),
    "qualified": ("art. 1 van de ", "voormelde "),
    "brackets": ("art. 1 ", "("),
    "brackets in brackets": ("", "art. 1 [("),
    "quotes": ("", 'art. 1 "'),
    "commas": ("", "art. 1 , , , "),
    "blanks": ("art. 1", " "),
    "lines": ("", "\n"),
    "lines with blanks": ("", "\n "),
    "lines after art.": ("", "art.\n"),
    "soft hyphens": ("", "art.\u00ad 1 "),
    "dates": ("", "wet van 1 januari 2000 "),
    "acts": ("", "besluit van de vlaamse regering "),
    "EU acts": ("richtlijn (", "EU "),
    "one long word": ("", "a"),
    "one long word in wet": ("", "wet"),
    "hyphens": ("", "wet-"),
    "initials": ("artikel 1 ", "A."),
    "ECLI": ("", "ECLI:"),
    "ECLI with blanks": ("", "ECLI : BE : "),
    "a long ECLI": ("ECLI:BE:CASS:2020:", "A1."),
    "numbers without a court": ("", "nr. 111.111, "),
    "numbers with a court": ("RvV nrs. ", "111.111, "),
    "courts and numbers": ("", "nr. 111.111 RvS "),
    "digits": ("", "1234567890"),
    "digits and slashes": ("", "12/3456/"),
    "slashes": ("", "/"),
    "cases": ("", "C-133/15 "),
    "applications": ("EHRM ", "41738/10 "),
    "roll numbers": ("", "Arbeidsrechtbank Antwerpen 15/3105/A "),
    "roll numbers of a seat": ("", "familierechtbank 21/875/B "),
    "old roll numbers": ("Cass. ", "A.R. 8012 "),
    "parties": ("C-133/15, X", ", x"),
    "codes": ("Code de ", "a "),
    "everything": ("", "art. 1, § 2, RvV nr. 111.111, EHRM 41738/10, "),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_makes_it_run_away(recogniser: Recogniser, name: str) -> None:
    start, repeated = HOSTILE[name]
    text = start + repeated * (SIGNS // len(repeated))

    began = time.process_time()
    recogniser.find(text)

    assert time.process_time() - began < MOST_SECONDS


def test_five_thousand_articles_in_one_paragraph_are_all_found(recogniser: Recogniser) -> None:
    found = recogniser.find("artikel 3 is er, " * 5_000)

    assert [one.normal for one in found] == ["?:3"] * 5_000


def test_a_number_of_a_series_is_read_once(recogniser: Recogniser) -> None:
    """Each number once read on through all that follow it."""
    found = recogniser.find("RvV nrs. " + ", ".join(["111.111"] * 2_000))

    assert len({one.start for one in found}) == len(found) > 10


def test_letters_that_only_look_like_others_do_no_harm(recogniser: Recogniser) -> None:
    """`re` takes a long s for an s when it ignores case; no word list does."""
    (found,) = recogniser.find("artikel 9 van de wet van 15 december 1980 en de wet van 1 \u017feptember 2000")

    assert found.normal == "VW:9"
