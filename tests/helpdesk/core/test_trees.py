import copy
from typing import Any

import pytest

from helpdesk.core.trees import read_tree

STEPS: list[dict[str, Any]] = [
    {
        "id": "wie",
        "question": "Wie?",
        "choices": [
            {"id": "belg", "label": "Een Belg", "next": "band", "basis": ["art. 40ter Vw."]},
            {"id": "ander", "label": "Iemand", "thema": "gh", "explanation": "Lees dit.", "basis": ["art. 10 Vw."]},
        ],
    },
    {
        "id": "band",
        "question": "Wat ben jij?",
        "help": "Kijk goed.",
        "orientation": True,
        "choices": [
            {"id": "kind", "label": "Kind", "thema": "gh", "explanation": "Jij."},
            {"id": "partner", "label": "Partner", "thema": "gh", "explanation": "Jij ook."},
        ],
    },
]


def problems_of(steps: list[dict[str, Any]]) -> list[str]:
    tree, problems = read_tree(
        steps, is_theme=lambda name: name == "gh", is_source=lambda name: name.startswith("art. ")
    )
    assert (tree is None) == bool(problems)
    return [f"{problem.step}: {problem.message}" for problem in problems]


def changed(step: int, choice: int | None = None, **fields: object) -> list[dict[str, Any]]:
    steps = copy.deepcopy(STEPS)
    place = steps[step] if choice is None else steps[step]["choices"][choice]
    for name, value in fields.items():
        if value is None:
            del place[name]
        else:
            place[name] = value
    return steps


class TestReadTree:
    def test_a_tree_that_keeps_the_rules_is_read(self) -> None:
        assert problems_of(STEPS) == []

    @pytest.mark.parametrize(
        ("steps", "said"),
        [
            ([], "1 tot 100 stappen"),
            (changed(0, 0, next="weg"), "wie: De keuze 'belg' leidt naar de stap 'weg', die er niet is."),
            (changed(0, 1, thema="weg"), "wie: De keuze 'ander' leidt naar het thema 'weg', dat er niet is."),
            (changed(0, 0, thema="gh", explanation="x"), "niet naar beide"),
            (changed(0, 0, next=None), "Elke keuze leidt"),
            (changed(0, 0, next=3), "Elke keuze leidt"),
            (changed(0, 0, basis=None), "wie: Geef de stap of elke keuze een 'basis'"),
            (changed(0, 0, basis="art. 3 Vw."), "'basis' is een lijst"),
            (changed(0, 0, basis=["onzin"]), "wie: De basis 'onzin' is niet herkend"),
            (changed(0, 1, explanation=None), "'explanation' ontbreekt"),
            (changed(0, question=None), "'question' ontbreekt"),
            (changed(0, question="x" * 201), "het maximum is 200"),
            (changed(0, question="{{bedrag:x}}"), "Een bedrag hoort"),
            (changed(0, choices=[]), "2 tot 15 keuzes"),
            (changed(0, kleur="rood"), "'kleur'"),
            (changed(0, 0, kleur="rood"), "'kleur'"),
            (changed(0, 0, id="Belg"), "kleine letters"),
            (changed(0, 0, id="ander"), "dezelfde 'id'"),
            (changed(1, id="wie"), "wie: Deze stap staat er twee keer."),
            (changed(0, 0, next=None, thema="gh", explanation="x"), "band: Geen enkele keuze leidt naar deze stap."),
            (changed(1, 0, thema=None, next="wie"), "wie: Vanaf deze stap kun je in een kring lopen"),
            (changed(1, 0, thema=None, next="band"), "band: Vanaf deze stap kun je in een kring lopen"),
            (changed(1, orientation="ja"), "true of false"),
        ],
    )
    def test_what_breaks_a_rule_is_named_with_its_step(self, steps: list[dict[str, Any]], said: str) -> None:
        found = problems_of(steps)

        assert any(said in problem for problem in found), found

    def test_a_basis_of_the_step_holds_for_its_choices(self) -> None:
        steps = changed(0, basis=["art. 3 Vw."])
        del steps[0]["choices"][0]["basis"]

        tree, _ = read_tree(steps, is_theme=lambda _: True, is_source=lambda _: True)

        assert tree is not None
        assert [choice.basis for choice in tree.steps[0].choices] == [("art. 3 Vw.",), ("art. 10 Vw.",)]


class TestAt:
    def test_choices_lead_to_a_step_or_a_leaf(self) -> None:
        tree, _ = read_tree(STEPS, is_theme=lambda _: True, is_source=lambda _: True)
        assert tree is not None

        begin, middle, end, lost = (tree.at(path) for path in ([], ["belg"], ["belg", "kind"], ["belg", "x", "y"]))

        assert (begin.step, begin.made, begin.is_whole) == (tree.steps[0], (), True)
        assert (middle.step, middle.made[0].path) == (tree.steps[1], ())
        assert (end.step, end.made[1].choice.theme, end.made[1].path) == (None, "gh", ("belg",))
        assert (lost.step, len(lost.made), lost.is_whole) == (tree.steps[1], 1, False)
        assert not tree.at(["belg", "kind", "verder"]).is_whole
