from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.operations import rules
from helpdesk.operations.rules import BackupUnreadable, State

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class TestChecks:
    @pytest.mark.parametrize(
        ("version", "mode", "state"),
        [((3, 40, 1), "delete", State.GOOD), ((3, 40, 1), "wal", State.BAD), ((3, 51, 3), "wal", State.GOOD)],
    )
    def test_wal_is_only_safe_in_a_mended_sqlite(self, version: tuple[int, ...], mode: str, state: State) -> None:
        assert rules.check_journal(version, mode).state is state

    @pytest.mark.parametrize(
        ("free", "state"), [(50_000_000_000, State.GOOD), (1_000_000_000, State.MIND), (100_000_000, State.BAD)]
    )
    def test_a_disk_is_told_full_before_it_is(self, free: int, state: State) -> None:
        assert rules.check_room(free, "schijf").state is state

    @pytest.mark.parametrize(
        ("secret", "state"),
        [("geheim", State.BAD), ("a" * 64, State.BAD), ("4f1d8c2ab97e60351f8e2d4c6b8a0f13", State.GOOD)],
    )
    def test_a_key_one_can_guess_is_none(self, secret: str, state: State) -> None:
        assert rules.check_secret(secret).state is state

    def test_the_clock_is_judged_by_what_was_written_and_by_the_server(self) -> None:
        later = NOW + timedelta(hours=1)

        assert rules.check_clock(NOW - timedelta(days=1), NOW, None).state is State.GOOD
        assert rules.check_clock(later, NOW, None).state is State.BAD
        assert rules.check_clock(None, NOW, later).state is State.BAD

    @pytest.mark.parametrize(("minutes", "state"), [(None, State.MIND), (1, State.GOOD), (30, State.BAD)])
    def test_a_job_runner_that_is_quiet_is_missed(self, minutes: int | None, state: State) -> None:
        beat = None if minutes is None else NOW - timedelta(minutes=minutes)

        assert rules.check_pulse(beat, NOW).state is state

    @pytest.mark.parametrize(("hours", "state"), [(None, State.MIND), (20, State.GOOD), (70, State.MIND)])
    def test_an_old_backup_asks_for_attention(self, hours: int | None, state: State) -> None:
        made = None if hours is None else NOW - timedelta(hours=hours)

        assert rules.check_backup_age(made, NOW).state is state


class TestManifest:
    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"tables": 3}', '{"tables": {"a": {}}}'])
    def test_what_is_no_manifest_is_refused(self, text: str) -> None:
        with pytest.raises(BackupUnreadable):
            rules.read_manifest(text)
