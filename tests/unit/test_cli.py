"""What the command line refuses, with which exit status, in one sentence; nothing here starts a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import lock
from orchestration.command_line import cli
from orchestration.errors import WrongUse
from orchestration.home import Home


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("adoption: ")
    assert "Traceback" not in captured.err
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nightly", "--date", "30.03.2026"], "is no date"),
        (["nightly", "--date", "2026-02-30"], "is no date"),
        (["nightly", "--date", "20260330"], "is no date"),
        (["nightly", "--date", "2999-01-01"], "future"),
        (["nightly", "--date", "1970-01-01"], "earliest date"),
        (["nightly", "--nonsense"], "No such option"),
        (["backfill", "--from", "2026-03-02", "--to", "2026-03-01"], "lies after"),
        (["backfill", "--from", "2026-03-02"], "--to"),
        (["nonsense"], "No such command"),
        (["explain", "1234567"], "Nothing has been published"),
        (["withdraw", "abc", "--reason", "x"], "Nothing has been landed"),
    ],
)
def test_wrong_use_exits_2_with_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = [] if arguments == ["nonsense"] else ["--home", str(tmp_path)]
    assert cli.run_command([*arguments, *place]) == 2
    assert words in complaint(capsys)


def test_a_missing_inbox_fails_and_creates_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "none"
    assert cli.run_command(["nightly", "--date", "2026-03-30", "--home", str(home)]) == 1
    assert "does not exist" in complaint(capsys)
    assert not home.exists()


def test_a_wrong_setting_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "adoption.toml").write_text('business_time_zone = "Mars/Olympus"\n')
    assert cli.run_command(["nightly", "--home", str(tmp_path)]) == 2
    assert "business_time_zone" in complaint(capsys)


def test_a_run_finds_out_before_its_start_up_that_another_is_at_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("orchestration.graph.launch.execute", started)
    (tmp_path / "inbox").mkdir()
    with lock.run_lock(Home(tmp_path), "the-other-run"):
        assert cli.run_command(["nightly", "--date", "2026-03-30", "--home", str(tmp_path)]) == 4
    assert "Run the-other-run (process " in complaint(capsys)


@pytest.mark.parametrize(("given", "full"), [("abc1", "abc123"), ("abc123", "abc123"), ("x", "x"), ("", "")])
def test_a_delivery_is_known_by_a_unique_beginning(given: str, full: str) -> None:
    assert cli._full_id(given, ["abc123", "abd456"]) == full


def test_an_ambiguous_beginning_is_refused_and_a_whole_id_never_is() -> None:
    with pytest.raises(WrongUse, match="2 deliveries begin with abc1"):
        cli._full_id("abc1", ["abc123", "abc123456"])
    assert cli._full_id("abc123", ["abc123", "abc123456"]) == "abc123"


def test_status_works_with_no_generation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_command(["status", "--json", "--home", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["generation"], found["pending_deliveries"], found["holds"]) == (None, 0, [])


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_command(["--help"]) == 0
    shown = capsys.readouterr().out
    commands = "nightly backfill sample status versions rollback withdraw explain release ui"
    for command in commands.split():
        assert f"  {command} " in shown


def test_an_unexpected_error_shows_its_type_but_never_its_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object) -> None:
        raise ValueError("jane.doe@bank.example")

    monkeypatch.setattr("orchestration.command_line.status.read_status", burst)
    assert cli.run_command(["status", "--home", str(tmp_path)]) == 1
    said = complaint(capsys)
    assert "ValueError" in said
    assert "jane" not in said


def test_an_interrupt_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("orchestration.command_line.status.read_status", interrupted)
    assert cli.run_command(["status", "--home", str(tmp_path)]) == cli.INTERRUPTED
    assert "Interrupted" in complaint(capsys)


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.command_line.cli", "status", "--home", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == cli.BROKEN_PIPE
    assert errors == b""


def test_the_command_line_starts_without_the_slow_packages() -> None:
    code = (
        "import sys, orchestration.command_line.cli, orchestration.command_line.status;"
        "import orchestration.transformation.run_scope;"
        "slow = {'dagster', 'dbt', 'great_expectations', 'pandas', 'duckdb'} & set(sys.modules);"
        "print(sorted(slow))"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (finished.stdout, finished.stderr) == ("[]\n", "")
