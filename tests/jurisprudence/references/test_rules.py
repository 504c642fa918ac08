"""Every rule of the table does what its own rows say."""

import pytest

from jurisprudence.references.prepared import prepare
from jurisprudence.references.recogniser import Recogniser
from jurisprudence.references.rules import RULES, Rule

EXAMPLES = [(rule.name, text, normals) for rule in RULES for text, normals in rule.examples]
COUNTER_EXAMPLES = [(rule.name, text) for rule in RULES for text in rule.counter_examples]


@pytest.mark.parametrize(("rule", "text", "normals"), EXAMPLES)
def test_an_example_gives_its_normal_forms(
    recogniser: Recogniser, rule: str, text: str, normals: tuple[str, ...]
) -> None:
    assert tuple(found.normal for found in recogniser.find(text)) == normals, rule


@pytest.mark.parametrize(("rule", "text"), COUNTER_EXAMPLES)
def test_a_counter_example_gives_nothing(recogniser: Recogniser, rule: str, text: str) -> None:
    assert [found.normal for found in recogniser.find(text)] == [], rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_complete(rule: Rule) -> None:
    """A rule without examples and counter-examples says nothing that a test could hold it to."""
    assert rule.name
    assert rule.normal_form
    assert rule.examples
    assert rule.counter_examples


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_pattern_of_a_rule_finds_its_examples(rule: Rule) -> None:
    """The pattern is what the reading starts from: an example it does not touch belongs to another rule."""
    assert all(rule.pattern.search(prepare(text).plain) for text, _ in rule.examples)


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
