from pathlib import Path

import pytest

from helpdesk.settings import SettingRefused, read_settings


class TestSecret:
    def test_it_is_made_once_and_only_its_owner_may_read_it(self, tmp_path: Path) -> None:
        first = read_settings({"HELPDESK_DATA_DIR": str(tmp_path)}).secret_key
        again = read_settings({"HELPDESK_DATA_DIR": str(tmp_path)}).secret_key

        assert first == again
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]

    def test_an_empty_one_is_refused(self, tmp_path: Path) -> None:
        """A crash between making and writing the file once left an empty secret that was accepted for ever."""
        (tmp_path / "secret_key").touch()

        with pytest.raises(SettingRefused, match="Verwijder het bestand"):
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path)})

    def test_a_short_one_from_the_environment_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SettingRefused, match="te kort"):
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_SECRET_KEY": "kort"})


class TestNumbers:
    @pytest.mark.parametrize("port", ["0", "65536", "acht", "-1", "80.5"])
    def test_what_is_no_port_is_refused(self, tmp_path: Path, port: str) -> None:
        with pytest.raises(SettingRefused, match="HELPDESK_PORT"):
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_PORT": port})


class TestDatabase:
    def test_postgresql_means_the_driver_we_ship(self, tmp_path: Path) -> None:
        settings = read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_DATABASE_URL": "postgresql://h/d"})

        assert settings.database_url == "postgresql+psycopg://h/d"


class TestSearch:
    def test_an_index_is_kept_in_postgresql_or_in_a_folder(self, tmp_path: Path) -> None:
        given = {"HELPDESK_DATA_DIR": str(tmp_path)}

        assert read_settings(given).search_url == ""
        assert read_settings({**given, "HELPDESK_SEARCH_URL": "postgresql://h/d"}).search_url == "postgresql://h/d"

    def test_a_node_that_changes_from_one_to_the_other_knows_how_far_each_has_come(self, tmp_path: Path) -> None:
        """With one note for both, an old index in PostgreSQL would count as up to date."""
        given = {"HELPDESK_DATA_DIR": str(tmp_path)}
        folder, shared = (
            read_settings({**given, **more}).index_dir for more in ({}, {"HELPDESK_SEARCH_URL": "postgresql://h/d"})
        )

        assert folder != shared

    def test_another_kind_of_server_is_refused_and_its_password_not_repeated(self, tmp_path: Path) -> None:
        with pytest.raises(SettingRefused, match="HELPDESK_SEARCH_URL") as refused:
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_SEARCH_URL": "mysql://u:geheim@h/d"})

        assert "geheim" not in str(refused.value)


class TestSingleSignOn:
    @pytest.mark.parametrize("issuer", ["http://aanmelden.example.org", "ftp://x", "aanmelden.example.org"])
    def test_a_provider_without_encryption_is_refused(self, tmp_path: Path, issuer: str) -> None:
        with pytest.raises(SettingRefused, match="HELPDESK_OIDC_ISSUER"):
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_OIDC_ISSUER": issuer})

    def test_one_on_this_machine_may_do_without(self, tmp_path: Path) -> None:
        issuer = "http://127.0.0.1:9000"

        assert read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_OIDC_ISSUER": issuer}).oidc_issuer == issuer

    def test_the_secret_may_stand_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "geheim").write_text("van de aanmelddienst\n", encoding="utf-8")
        given = {"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "geheim")}

        settings = read_settings(given)

        assert settings.oidc_client_secret == "van de aanmelddienst"
        assert "van de aanmelddienst" not in repr(settings)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        given = {"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "weg")}

        with pytest.raises(SettingRefused, match="HELPDESK_OIDC_CLIENT_SECRET_FILE"):
            read_settings(given)


class TestIdle:
    @pytest.mark.parametrize("minutes", ["4", "721", "een uur"])
    def test_a_limit_out_of_range_is_refused(self, tmp_path: Path, minutes: str) -> None:
        with pytest.raises(SettingRefused, match="HELPDESK_SESSION_IDLE_MINUTES"):
            read_settings({"HELPDESK_DATA_DIR": str(tmp_path), "HELPDESK_SESSION_IDLE_MINUTES": minutes})
