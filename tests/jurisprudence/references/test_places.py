"""Where a reference stands: offsets count in the text as it was given, whatever signs it holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jurisprudence.references.recogniser import Recogniser

PIECES = (
    "art.", "artikelen", "l'article", "premier", "9bis", "40ter", "57/6", "74-4bis", "5.1.f",
    "§", "§§ 1 en 2", "1°", "a)", "eerste lid", "al. 2", "en", "of", "juncto", "van die wet", "van de",
    "du Code civil", "Vw.", "EVRM", "VCRO", "wet van 15 december 1980", "loi du 1 janvier 2000", "Richtlijn 2003/86/EG",
    "RvV", "EHRM", "nr. 245.404", "41738/10", "C-133/15", "C.15.0014.N", "A.R. 8012", "81/2020", "15/3105/A",
    "ECLI:BE:CASS:2021:ARR.1", "familierechtbank Gent",
    ",", ";", ".", "(", ")", "/", "-", "\n", "\n\n", "\x00",
    "\u00ad", "\u00a0", "\u200b", "\u2011", "\u2019", "\u017f", "\u0660",
)  # fmt: skip
LEGAL = st.lists(st.sampled_from(PIECES), max_size=30).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda blank: blank.join(pieces))
)


def test_a_soft_hyphen_is_part_of_the_place(recogniser: Recogniser) -> None:
    text = "Zie de Vreem\u00addelingen\u00adwet, en art\u00adikel 62 van die wet\u00ad."

    (found,) = recogniser.find(text)

    assert found.normal == "VW:62"
    assert text[found.start : found.end] == "art\u00adikel 62 van die wet"
    assert found.text == "artikel 62 van die wet"


def test_signs_before_a_reference_do_not_move_it(recogniser: Recogniser) -> None:
    text = "\ufeff\u00ad\u200bzie art.\u00a09bis\u202fVw. en C\u2011133/15"

    assert [text[one.start : one.end] for one in recogniser.find(text)] == ["art.\u00a09bis\u202fVw.", "C\u2011133/15"]


def test_signs_around_a_reference_stay_outside(recogniser: Recogniser) -> None:
    text = "\u00ad\u00adart. 9bis Vw\u00ad\u00ad en meer"

    (found,) = recogniser.find(text)

    assert text[found.start : found.end] == "art. 9bis Vw"


def test_line_ends_of_any_kind_keep_their_length(recogniser: Recogniser) -> None:
    text = "Eerst\r\n\r\nart.\t9bis Vw.\r\nen dan art. 3\r\nEVRM"

    assert [text[one.start : one.end] for one in recogniser.find(text)] == ["art.\t9bis Vw.", "art. 3\r\nEVRM"]


@settings(max_examples=300, deadline=None)
@given(text=LEGAL | st.text(max_size=200))
def test_references_are_in_order_and_inside_the_text(recogniser: Recogniser, text: str) -> None:
    """No text raises, none gives references that overlap or lie outside it."""
    found = recogniser.find(text)

    places = [place for one in found for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.normal.startswith(one.target) for one in found)


@settings(max_examples=100, deadline=None)
@given(text=LEGAL, hidden=st.lists(st.integers(0, 200), max_size=8))
def test_soft_hyphens_change_no_reference(recogniser: Recogniser, text: str, hidden: list[int]) -> None:
    """Texts from PDF files break words anywhere; what is recognised is the same, at the place it was moved to."""
    plain = text.replace("\u00ad", "").replace("\u200b", "")
    signs = [sign + "\u00ad" * hidden.count(place) for place, sign in enumerate(plain)]

    found = recogniser.find("".join(signs))

    assert [one.normal for one in found] == [one.normal for one in recogniser.find(plain)]
    assert all("".join(signs)[one.start : one.end].replace("\u00ad", "") for one in found)
