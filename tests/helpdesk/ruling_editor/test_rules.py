import time
from dataclasses import replace

from helpdesk.core.vocabulary import Vocabulary
from helpdesk.ruling_editor.rules import find_persons
from helpdesk.rulings.rules.drafts import differences
from helpdesk.rulings.rules.files import read_ruling
from tests.helpdesk.rulings.test_rules import GOOD, PATH


class TestFindPersons:
    def test_a_text_full_of_names_is_looked_at_in_time(self, vocabulary: Vocabulary) -> None:
        """Counting lines from the start for each of them once took minutes."""
        draft, _ = read_ruling(PATH, GOOD, vocabulary)
        assert draft is not None
        hostile = "mevr. Aaaaa\n" * 160_000
        started = time.process_time()

        found = find_persons(replace(draft, full_text=hostile), pdf_text="")
        differences(replace(draft, full_text=hostile), draft)

        assert (len(found), found[-1].line) == (160_000, 160_000)
        assert time.process_time() - started < 60
