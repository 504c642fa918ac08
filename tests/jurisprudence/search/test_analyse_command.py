"""`python -m jurisprudence analyse`: what the index makes of a text, for scripts."""

import json
import subprocess
import sys


def analyse(text: str) -> list[str]:
    answer = subprocess.run(
        [sys.executable, "-m", "jurisprudence", "analyse"], input=text.encode(), capture_output=True, check=True
    )
    found: list[str] = json.loads(answer.stdout)["tokens"]
    return found


def test_it_prints_one_object_with_the_terms_in_order() -> None:
    assert analyse("artikel 9 bis geen visum") == ["artikel", "9bis", "geen", "visum"]


def test_it_refuses_an_unknown_command() -> None:
    answer = subprocess.run([sys.executable, "-m", "jurisprudence", "onbekend"], capture_output=True, check=False)

    assert answer.returncode == 2
