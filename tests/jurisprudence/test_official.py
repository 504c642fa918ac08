import pytest

from jurisprudence.official import official_address


@pytest.mark.parametrize(
    ("normal", "address"),
    [
        ("ECLI:BE:CASS:2019:ARR.20191024.18", "https://juportal.be/content/ECLI:BE:CASS:2019:ARR.20191024.18"),
        ("GWH:81/2020", "https://juportal.be/content/ECLI:BE:GHCC:2020:ARR.081"),
        ("HVJ:C-578/08", "https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:62008CJ0578"),
        ("HVJ:C-34/89", "https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=CELEX:61989CJ0034"),
        ("ECLI:EU:C:2017:354", "https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=ecli:ECLI:EU:C:2017:354"),
        ("EHRM:41738/10", "https://hudoc.echr.coe.int/eng#%7B%22appno%22%3A%5B%2241738/10%22%5D%7D"),
        ("RVV:246433", None),
        ("RVS:259259", None),
        ("CASS:C.15.0014.N", None),
        ("ARANT:15/3105/A", None),
        ("ECLI:NL:HR:2020:1", None),
    ],
)
def test_a_number_leads_to_the_court_where_it_says_enough(normal: str, address: str | None) -> None:
    assert official_address(normal) == address
