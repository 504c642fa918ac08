from datetime import date

import pytest

from helpdesk.activities import rules
from helpdesk.activities.rules import ActivityRejected, GuidanceDraft, TrainingDraft
from helpdesk.core.vocabulary import Vocabulary
from tests.helpdesk.activities.examples import a_guidance, a_training

TODAY = date(2026, 3, 2)


def broken_training(draft: TrainingDraft, vocabulary: Vocabulary) -> list[str]:
    with pytest.raises(ActivityRejected) as refused:
        rules.check_training(draft, vocabulary=vocabulary, today=TODAY)
    return [problem.field for problem in refused.value.broken]


def broken_guidance(draft: GuidanceDraft, vocabulary: Vocabulary) -> list[str]:
    with pytest.raises(ActivityRejected) as refused:
        rules.check_guidance(draft, vocabulary=vocabulary, today=TODAY)
    return [problem.field for problem in refused.value.broken]


class TestCheckTraining:
    def test_a_complete_training_passes(self, vocabulary: Vocabulary) -> None:
        rules.check_training(a_training(), vocabulary=vocabulary, today=TODAY)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kind": "webinar"}, "kind"),
            ({"sector": "justitie"}, "sector"),
            ({"sector": None}, "sector"),
            ({"title": " "}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "Vraag van an@voorbeeld.be"}, "title"),
            ({"held_on": date(2026, 3, 3)}, "held_on"),
            ({"held_on": date(2014, 12, 31)}, "held_on"),
            ({"place": ""}, "place"),
            ({"participants": -1}, "participants"),
            ({"participants": 5_001}, "participants"),
            ({"themes": ("bestaat-niet",)}, "themes"),
        ],
    )
    def test_a_broken_rule_is_told_at_its_field(
        self, changes: dict[str, object], field: str, vocabulary: Vocabulary
    ) -> None:
        """The sectors of trainings are a list of their own: justitie belongs to the helpdesk only."""
        assert broken_training(a_training(**changes), vocabulary) == [field]

    @pytest.mark.parametrize("kind", ["extern_open", "intern"])
    def test_only_trainings_on_demand_need_a_sector(self, kind: str, vocabulary: Vocabulary) -> None:
        rules.check_training(a_training(kind=kind, sector=None), vocabulary=vocabulary, today=TODAY)


class TestCheckGuidance:
    def test_a_complete_guidance_passes(self, vocabulary: Vocabulary) -> None:
        rules.check_guidance(a_guidance(), vocabulary=vocabulary, today=TODAY)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kind": "individueel"}, "kind"),
            ({"sector": "onderwijs"}, "sector"),
            ({"title": ""}, "title"),
            ({"organisations": ()}, "organisations"),
            ({"organisations": ("x" * 201,)}, "organisations"),
            ({"sessions": ()}, "sessions"),
            ({"sessions": (date(2026, 3, 3),)}, "sessions"),
        ],
    )
    def test_a_broken_rule_is_told_at_its_field(
        self, changes: dict[str, object], field: str, vocabulary: Vocabulary
    ) -> None:
        assert broken_guidance(a_guidance(**changes), vocabulary) == [field]
