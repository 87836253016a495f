"""Reading what is in force, finding damage, and going back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from orchestration.errors import RunFailed, WrongUse
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.publishing import generation, publication_log
from tests.unit import tiny_generation as tiny


@pytest.fixture(scope="module")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("published") / "home")
    for run_id in ("first", "second", "third"):
        tiny.publish(home, run_id)
    return home


@pytest.fixture
def home(published_home: Home, tmp_path: Path) -> Home:
    """Three generations, the third in force."""
    shutil.copytree(published_home.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def flip_bit(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position // 8] ^= 1 << position % 8
    path.write_bytes(bytes(content))


def test_rollback_puts_back_the_very_bytes(home: Home) -> None:
    directory = home.published / "gen-000001"
    before = {path.name: path.read_bytes() for path in directory.iterdir()}

    assert tiny.rollback(home, 1).generation == 1
    assert {path.name: path.read_bytes() for path in home.current.resolve().iterdir()} == before
    assert tiny.runs_seen(home) == ["first"]
    assert json.loads((home.published / "current.json").read_text())["generation"] == 1
    assert publication_log.events(home)[-1].what == "rolled_back"
    assert tiny.rollback(home, 3).generation == 3


def test_each_rollback_goes_one_further_back(home: Home) -> None:
    assert [tiny.rollback(home).generation, tiny.rollback(home).generation] == [2, 1]
    with pytest.raises(WrongUse, match="no generation before"):
        tiny.rollback(home)


def test_generation_after_a_rollback_takes_a_new_number(home: Home) -> None:
    tiny.rollback(home)
    published = tiny.publish(home, "fourth")
    assert (published.generation, published.previous_generation) == (4, 2)
    assert tiny.runs_seen(home) == ["first", "second", "fourth"]
    assert tiny.rollback(home).generation == 2


@pytest.mark.parametrize(("to", "says"), [(9, "not kept"), (3, "in force already")])
def test_rollback_to_no_other_kept_generation_names_the_kept_ones(home: Home, to: int, says: str) -> None:
    with pytest.raises(WrongUse, match=f"{says}.*1, 2, 3"):
        tiny.rollback(home, to)


@pytest.mark.parametrize("name", PUBLISHED_FILES)
def test_one_flipped_bit_is_found_by_name(home: Home, name: str) -> None:
    path = home.published / "gen-000002" / name
    for position in (0, path.stat().st_size * 4, path.stat().st_size * 8 - 1):
        flip_bit(path, position)
        with pytest.raises(RunFailed, match=f"/{name} is not what was published"):
            generation.verify(path.parent)
        flip_bit(path, position)
    generation.verify(path.parent)


def test_any_flipped_bit_of_a_manifest_is_found(home: Home) -> None:
    path = home.published / "gen-000002" / "manifest.json"
    for position in range(0, path.stat().st_size * 8, 13):
        flip_bit(path, position)
        with pytest.raises(RunFailed, match=r"manifest\.json is damaged"):
            generation.verify(path.parent)
        flip_bit(path, position)


def test_damaged_generation_is_not_put_back_in_force(home: Home) -> None:
    flip_bit(home.published / "gen-000001" / PUBLISHED_FILES[0], 99)
    with pytest.raises(RunFailed, match=PUBLISHED_FILES[0]):
        tiny.rollback(home, 1)
    assert tiny.runs_seen(home) == ["first", "second", "third"]


def test_damaged_generation_in_force_is_not_built_upon_but_can_be_left(home: Home) -> None:
    flip_bit(home.published / "gen-000003" / PUBLISHED_FILES[1], 99)
    with pytest.raises(RunFailed, match="rollback --to"):
        tiny.publish(home, "fourth")
    flip_bit(home.published / "gen-000003" / "manifest.json", 99)
    assert tiny.rollback(home, 2).generation == 2
    assert tiny.publish(home, "fourth").generation == 4


def test_current_that_points_to_nothing_is_said_and_mended_by_rollback(home: Home) -> None:
    (home.published / "gen-000003").rename(home.root / "lost")
    with pytest.raises(RunFailed, match=r"generation 3, which does not exist.*1, 2 are kept"):
        generation.current(home)
    with pytest.raises(RunFailed, match="does not exist"):
        tiny.publish(home, "fourth")
    assert tiny.rollback(home, 2).generation == 2
    assert tiny.publish(home, "fourth").generation == 4


def test_lost_current_is_not_taken_for_an_empty_warehouse(home: Home) -> None:
    home.current.unlink()
    with pytest.raises(RunFailed, match="generation 3 was in force"):
        tiny.publish(home, "fourth")
    assert tiny.rollback(home, 3).generation == 3
    assert tiny.runs_seen(home) == ["first", "second", "third"]


def test_lost_log_costs_no_generation_that_was_in_force(home: Home) -> None:
    publication_log.log_path(home).unlink()
    assert tiny.publish(home, "fourth").generation == 4
    assert [kept.generation for kept in generation.kept(home)] == [1, 2, 3, 4]


def test_damaged_log_line_is_named(home: Home) -> None:
    path = publication_log.log_path(home)
    path.write_text(path.read_text().replace('"generation":2', '"generation":"x"'))
    with pytest.raises(RunFailed, match=r"history\.jsonl, line 2"):
        tiny.publish(home, "fourth")


def test_unfinished_log_line_is_cut_off(home: Home) -> None:
    with publication_log.log_path(home).open("a") as file:
        file.write('{"generation":4,"wh')
    tiny.publish(home, "fourth")
    assert [event.generation for event in publication_log.events(home)] == [1, 2, 3, 4]
