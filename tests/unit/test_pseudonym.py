"""The pseudonym of a value, the key it hangs on, and the function dbt calls."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import RunFailed
from orchestration.home import Home
from orchestration.pseudonym import ensure_key, pseudonym, read_key, warn_if_beside_data
from tests.unit import tiny_generation as tiny

KEY = bytes(range(32))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def hmac_by_hand(key: bytes, message: bytes) -> str:
    """RFC 2104, written out."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


def test_pseudonym_is_the_keyed_hash_of_domain_and_value() -> None:
    made = pseudonym(KEY, "employee", "0042 Zoë")
    assert made == hmac_by_hand(KEY, "employee:0042 Zoë".encode())[:32]
    assert made != pseudonym(KEY, "actor", "0042 Zoë")
    assert made != pseudonym(KEY[::-1], "employee", "0042 Zoë")


def test_domain_with_a_colon_is_refused() -> None:
    with pytest.raises(ValueError, match="colon"):
        pseudonym(KEY, "a:b", "c")


def test_key_is_created_once_and_private(home: Home) -> None:
    key = ensure_key(home, home.default_key)
    assert len(key) == 32
    assert home.default_key.read_text() == key.hex() + "\n"
    assert home.default_key.stat().st_mode & 0o777 == 0o600
    assert ensure_key(home, home.default_key) == key
    assert [entry.name for entry in home.root.iterdir()] == [home.default_key.name]


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_key_others_can_read_is_refused(home: Home, mode: int) -> None:
    ensure_key(home, home.default_key)
    home.default_key.chmod(mode)
    with pytest.raises(RunFailed, match="chmod 600"):
        ensure_key(home, home.default_key)


@pytest.mark.parametrize("content", ["", "ab" * 31, "ab" * 33, "zz" * 32, "é" * 32])
def test_damaged_key_is_refused_and_not_shown(home: Home, content: str) -> None:
    ensure_key(home, home.default_key)
    home.default_key.write_text(content)
    with pytest.raises(RunFailed, match="damaged") as error:
        ensure_key(home, home.default_key)
    assert not content or content not in str(error.value)


def test_lost_key_is_not_replaced_once_a_generation_exists(home: Home) -> None:
    ensure_key(home, home.default_key)
    tiny.publish(home, "first")
    home.default_key.unlink()
    with pytest.raises(RunFailed, match="Restore it from its backup"):
        ensure_key(home, home.default_key)
    assert not home.default_key.exists()


def test_key_beside_the_data_is_warned_of(home: Home, tmp_path: Path) -> None:
    assert "pseudonym_key_path" in (warn_if_beside_data(home, home.default_key) or "")
    assert warn_if_beside_data(home, tmp_path / "elsewhere.key") is None


def test_dbt_connection_hashes_with_the_key_of_the_variable(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt_common.exceptions import DbtRuntimeError

    from orchestration.transformation.dbt_plugin import Plugin

    ensure_key(home, home.default_key)
    home.candidate.mkdir(parents=True)
    monkeypatch.setenv("ADOPTION_DBT_SCRATCH", str(home.scratch))
    monkeypatch.setenv("ADOPTION_DBT_CANDIDATE", str(home.candidate))
    monkeypatch.setenv("ADOPTION_DBT_KNOWN", str(home.known_statements))
    monkeypatch.setenv("ADOPTION_DBT_TEMP", str(home.work / "spill"))
    monkeypatch.setenv("ADOPTION_DBT_MEMORY", "1GB")
    monkeypatch.setenv("ADOPTION_DBT_THREADS", "1")
    plugin = Plugin(name="dbt_plugin", plugin_config={})
    with duckdb.connect() as connection:
        monkeypatch.delenv("ADOPTION_DBT_KEY", raising=False)
        with pytest.raises(DbtRuntimeError, match="ADOPTION_DBT_KEY"):
            plugin.configure_connection(connection)
        monkeypatch.setenv("ADOPTION_DBT_KEY", str(home.root / "none.key"))
        with pytest.raises(DbtRuntimeError, match="cannot be read"):
            plugin.configure_connection(connection)
        monkeypatch.setenv("ADOPTION_DBT_KEY", str(home.default_key))
        plugin.configure_connection(connection)
        rows = (
            connection.cursor()
            .execute("select pseudonym_hmac('employee', v) from (values ('é1'), (null), ('2')) as t (v)")
            .fetchall()
        )
        attached = {
            name for (name,) in connection.execute("select database_name from duckdb_databases()").fetchall()
        }
    assert {"scratch", "adoption", "shared", "identity", "known"} <= attached
    key = read_key(home.default_key)
    assert rows == [(pseudonym(key, "employee", "é1"),), (None,), (pseudonym(key, "employee", "2"),)]
