"""Legal knowledge on the command line: `python -m jurisprudence COMMAND` reads text and writes JSON."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jurisprudence.courts import load_courts
from jurisprudence.legislation import load_laws
from jurisprudence.references.recogniser import Recogniser
from jurisprudence.search.analysis import guess_language, tokens

Command = Callable[[str], Iterator[dict[str, Any]]]


def analyse(text: str) -> Iterator[dict[str, Any]]:
    """Give the terms of a text as the search index sees them, in order; Dutch or French is guessed."""
    yield {"tokens": [token.term for token in tokens(text, guess_language(text))]}


def references(text: str) -> Iterator[dict[str, Any]]:
    """Give each article, ruling and ECLI a text refers to, in order, with its place and its normal form."""
    content = Path(os.environ.get("HELPDESK_CONTENT_DIR") or Path(__file__).resolve().parent.parent / "content")
    lists = content / "lijsten"
    recogniser = Recogniser(load_laws(lists / "wetgeving.yaml"), load_courts(lists / "hoven.yaml"))
    for found in recogniser.find(text):
        place = {"start": found.start, "end": found.end, "text": text[found.start : found.end]}
        yield place | {"kind": found.kind.value, "normal": found.normal}


COMMANDS: Mapping[str, Command] = {"analyse": analyse, "references": references}


def main(arguments: list[str] | None = None) -> int:
    """Run one command on standard input and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m jurisprudence", description=__doc__)
    subcommands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        subcommands.add_parser(name, help=(command.__doc__ or "").partition("\n")[0])
    chosen = COMMANDS[parser.parse_args(arguments).command]
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    for answer in chosen(text):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
