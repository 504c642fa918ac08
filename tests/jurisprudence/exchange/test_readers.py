"""Files that others made: what is tolerated, what is refused, and in which words."""

import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from jurisprudence.exchange.json_lines import read_json_lines
from jurisprudence.exchange.lines import MOST_LINE_BYTES
from jurisprudence.exchange.record import InvalidRecord, RulingRecord, UnreadableFile
from jurisprudence.exchange.sheets import read_csv

GOOD = {"court": "RVV", "number": "246433", "decided_on": "2020-12-18", "language": "nl"}
HEADER = b"court;number;decided_on;language;summary\r\n"


def line(**changes: object) -> bytes:
    """Return one line of JSON Lines, good but for the changes."""
    return json.dumps(GOOD | changes).encode() + b"\n"


def json_lines(written: bytes) -> list[tuple[int, Any]]:
    """Return what is read: line number, and the number of the ruling or the reason."""
    return [(place, shown(found)) for place, found in read_json_lines(io.BytesIO(written))]


def sheet(written: bytes) -> list[tuple[int, Any]]:
    """Return what is read of CSV in the same way."""
    return [(place, shown(found)) for place, found in read_csv(io.BytesIO(written))]


def shown(found: RulingRecord | InvalidRecord) -> str | None:
    """Return the number of a ruling, or the reason."""
    return str(found) if isinstance(found, InvalidRecord) else found.number


class TestJsonLines:
    def test_a_number_of_json_blank_lines_and_a_byte_order_mark_are_tolerated(self) -> None:
        assert json_lines(b"\xef\xbb\xbf" + line(number=246433) + b"\r\n  \n" + line()) == [
            (1, "246433"),
            (4, "246433"),
        ]

    @pytest.mark.parametrize(
        ("written", "reason"),
        [
            (b"{", "geen geldige JSON (teken 2)"),
            (b"[" * 200_000, "kan niet gelezen worden"),
            (b'{"number": ' + b"9" * 5_000 + b"}", "kan niet gelezen worden"),
            (b"[1]", "één JSON-object"),
            (b'"tekst"', "één JSON-object"),
            (line(court=None), "Het veld 'court' ontbreekt."),
            (line(language=" "), "Het veld 'language' ontbreekt."),
            (line(number=None), "'number' of 'role_number' ontbreekt"),
            (line(number=True), "'number' moet tekst zijn"),
            (line(number=2.5), "'number' moet tekst zijn"),
            (line(decided_on="18-12-2020"), "schrijf een datum die bestaat als 2020-12-18"),
            (line(decided_on="2020-02-30"), "schrijf een datum die bestaat"),
            (line(decided_on="2020-W01-1"), "schrijf een datum die bestaat"),
            (line(decided_on="٢٠٢٠-01-01"), "schrijf een datum die bestaat"),
            (line(decided_on=20201218), "'decided_on' moet tekst zijn"),
            (line(themes="bgv"), "'themes' moet een lijst van teksten zijn"),
            (line(articles=[1]), "'articles' moet een lijst van teksten zijn"),
            (line(fulltext="…"), "Het veld 'fulltext' ken ik niet; kies uit: court, division"),
            (line(summary="a\0b"), "'summary' bevat een teken dat niet bewaard kan worden"),
            (b'{"summary": "\\ud800"}', "'summary' bevat een teken dat niet bewaard kan worden"),
            (line()[:-2] + b', "summary": "caf\xe9"}', "geen UTF-8"),
            (b"x" * (MOST_LINE_BYTES + 1), "langer dan 4 miljoen bytes"),
            (b"x" * 10_000_000, "langer dan 4 miljoen bytes"),
        ],
    )
    def test_a_line_that_is_wrong_is_named_and_the_next_one_is_read(self, written: bytes, reason: str) -> None:
        found = json_lines(line() + written.rstrip(b"\n") + b"\n" + line(number="7"))

        assert [place for place, _ in found] == [1, 2, 3]
        assert (found[0][1], found[2][1]) == ("246433", "7")
        assert reason in found[1][1]

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        (found,) = json_lines(b'{"court": 1, "foo": 2, "decided_on": "nu"}')

        for name in ("court", "foo", "decided_on", "language", "number"):
            assert f"'{name}'" in found[1]

    def test_a_thousand_unknown_fields_do_not_make_a_thousand_sentences(self) -> None:
        (found,) = json_lines(json.dumps(GOOD | {f"veld{number}": 1 for number in range(1_000)}).encode())

        assert len(found[1]) < 1_000

    @pytest.mark.parametrize(
        ("packed", "reason"),
        [
            (b"geen gzip", "geen geldig gzip-bestand"),
            (gzip.compress(line() * 50)[:-9], "beschadigd"),
            (gzip.compress(line())[:10] + b"\xff" * 40, "beschadigd"),
        ],
    )
    def test_a_damaged_gzip_is_told(self, packed: bytes, reason: str) -> None:
        with pytest.raises(UnreadableFile, match=reason):
            list(read_json_lines(gzip.GzipFile(fileobj=io.BytesIO(packed))))  # type: ignore[arg-type]

    def test_utf_16_is_told(self) -> None:
        with pytest.raises(UnreadableFile, match="UTF-16"):
            json_lines("{}".encode("utf-16"))

    def test_no_more_than_one_line_is_held(self) -> None:
        """A file of any size passes: the reader asks for the next line only when the record before it is used."""

        class Endless(io.RawIOBase):
            asked = 0

            def readline(self, _size: int | None = -1, /) -> bytes:
                self.asked += 1
                return line()

        endless = Endless()
        records: Iterator[Any] = read_json_lines(endless)  # type: ignore[arg-type]

        next(records)
        next(records)

        assert endless.asked == 2


class TestCsv:
    @pytest.mark.parametrize(
        "written",
        [
            b"court,number,decided_on,language\nRVV,246433,2020-12-18,nl\n",
            b"\xef\xbb\xbfcourt;number;decided_on;language\r\nRVV;246433;2020-12-18;nl",
            b"sep=;\r\nCourt; Number ;DECIDED_ON;language;;\r\nRVV;246433;18/12/2020;nl;;\r\n",
            b'language,decided_on,"number","court"\n"nl",18-12-2020," 246433 ","RVV"\n',
            b"court,number,decided_on,language,summary\nRVV,246433,2020-12-18,nl\n",
        ],
    )
    def test_what_spreadsheets_make_of_it_is_read(self, written: bytes) -> None:
        ((_, record),) = read_csv(io.BytesIO(written))

        assert isinstance(record, RulingRecord)
        assert (record.court, record.number, record.decided_on.isoformat()) == ("RVV", "246433", "2020-12-18")

    def test_lists_are_parted_by_semicolons_in_either_form(self) -> None:
        header = b"court,number,decided_on,language,themes\n"

        ((_, record),) = read_csv(io.BytesIO(header + b"RVV,1,2020-12-18,nl,bgv; dublin;\n"))

        assert isinstance(record, RulingRecord)
        assert record.themes == ("bgv", "dublin")

    @pytest.mark.parametrize(
        ("written", "reason"),
        [
            (b"", "leeg"),
            (b"\xef\xbb\xbf", "leeg"),
            (b"court,nummer,decided_on,language\n", "De kolom 'nummer' ken ik niet"),
            (b"court,court,decided_on,language\n", "staat er twee keer"),
            (b"court,number,language\n", "De kolom 'decided_on' ontbreekt"),
            (b"\xe9\n", "UTF-8"),
            ("court".encode("utf-16"), "UTF-16"),
            (b"x" * 10_000_000, "langer dan 4 miljoen"),
        ],
    )
    def test_a_file_without_a_good_header_is_refused(self, written: bytes, reason: str) -> None:
        with pytest.raises(UnreadableFile, match=reason):
            sheet(written)

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (b"RVV;1;2020-12-18;nl;te;veel", "telt 6 cellen, de eerste rij 5"),
            (b"RVV;1;2020-12-18;nl;caf\xe9", "geen UTF-8"),
            (b'RVV;1;2020-12-18;nl;"a"b', "geen geldige CSV"),
            (b"RVV;1;2020-12-18;nl;" + b"x" * 10_000_000, "langer dan 4 miljoen"),
            (b"RVV;1;30/02/2020;nl;", "datum die bestaat"),
            (b";1;2020-12-18;nl;", "'court' ontbreekt"),
            (b"RVV;1;2020-12-18;nl;a\0b", "niet bewaard kan worden"),
        ],
    )
    def test_a_row_that_is_wrong_is_named_and_the_next_one_is_read(self, row: bytes, reason: str) -> None:
        found = sheet(HEADER + b"RVV;1;2020-12-18;nl;goed\n" + row + b"\n;;;;\nRVV;2;2020-12-18;nl;goed\n")

        assert [place for place, _ in found] == [2, 3, 5]
        assert (found[0][1], found[2][1]) == ("1", "2")
        assert reason in found[1][1]

    def test_a_row_over_several_lines_is_named_by_its_first(self) -> None:
        assert sheet(HEADER + b'RVV;1;2020-12-18;nl;"een\ntwee"\n;2;2020-12-18;nl;"drie\nvier"\n')[1][0] == 4
