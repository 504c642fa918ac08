"""Legal knowledge on the command line: `python -m jurisprudence COMMAND` reads text and writes JSON."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jurisprudence.search.analysis import guess_language, tokens

Command = Callable[[str], Iterator[dict[str, Any]]]


def analyse(text: str) -> Iterator[dict[str, Any]]:
    """Give the terms of a text as the search index sees them, in order; Dutch or French is guessed."""
    yield {"tokens": [token.term for token in tokens(text, guess_language(text))]}


COMMANDS: Mapping[str, Command] = {"analyse": analyse}


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
