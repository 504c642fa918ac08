"""`python -m jurisprudence references`: what stands in a text, for scripts."""

import json
import subprocess
import sys
from typing import Any


def references(given: bytes) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "jurisprudence", "references"], input=given, capture_output=True, check=True
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_each_reference_is_one_object() -> None:
    text = "Zie art.\u00a09bis Vw., RvV nr. 269.083, C\u2011133/15, EHRM nr. 41738/10 en ECLI:BE:CASS:2021:A1."

    found = references(text.encode())

    assert [(one["kind"], one["normal"]) for one in found] == [
        ("article", "VW:9bis"),
        ("ruling", "RVV:269083"),
        ("eu_case", "HVJ:C-133/15"),
        ("echr_app", "EHRM:41738/10"),
        ("ecli", "ECLI:BE:CASS:2021:A1"),
    ]
    assert all(list(one) == ["start", "end", "text", "kind", "normal"] for one in found)
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found)


def test_offsets_count_characters() -> None:
    """Not bytes: "é" is one."""
    assert [(one["start"], one["end"]) for one in references("één: art. 3 EVRM".encode())] == [(5, 16)]


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    assert [one["normal"] for one in references(b"\xff\xfe art. 9bis Vw. \xc3")] == ["VW:9bis"]


def test_a_text_without_references_gives_nothing() -> None:
    assert references(b"") == []
