"""Texts made by chance: the recogniser never raises, and what it finds stands where it says."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jurisprudence.references.recogniser import Recogniser

PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *(
                "artikel ",
                "art. ",
                "artt.",
                "articles ",
                "9bis",
                "40ter",
                "57/6/1",
                "1.111",
                "§ 2",
                "eerste lid",
                " en ",
            ),
            *(" van de ", " tot en met ", " Vw.", " EVRM", " Grondwet", "Vreemdelingenwet", "wet van 15 december 1980"),
            *(
                "RvV ",
                "RvS nr. ",
                "246.433",
                "nr. ",
                "HvJ ",
                "C-718/19",
                "EHRM ",
                "41738/10",
                "ECLI:BE:GHCC:2020:ARR.001",
            ),
            *("ECLI:", "GwH 187/2021", "31 februari 2020", "0.0.0000", "9" * 30, "9" * 5_000, "٣", "²", "§" * 20),
            *(
                "\0",
                "\ud800",
                "\u00a0",
                "\u202e",
                "e\u0301",
                "ﬃ",
                "\u00ad",
                "\n",
                "\r\n",
                "\x85",
                "\u2028",
                "(",
                ")",
                ", ",
            ),
        ]
    ),
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=30), joint=st.sampled_from(["", " "]), by_line=st.booleans())
def test_what_is_found_stands_where_it_says(
    recogniser: Recogniser, pieces: list[str], joint: str, *, by_line: bool
) -> None:
    text, last = joint.join(pieces), 0

    for found in recogniser.find(text, lines_are_paragraphs=by_line):
        assert last <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        assert found.normal
        last = found.end
