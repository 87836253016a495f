"""Which version a simulation takes, when two can be compared, and how the movement is shown; without dbt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.command_line import simulate as screen
from orchestration.errors import WrongUse
from orchestration.tiers.policies import Policies
from orchestration.tiers.refusals import checked_policies
from orchestration.tiers.simulation import (
    Compared,
    ScopeMovement,
    Simulation,
    chosen_version,
    why_incomparable,
)
from tests.unit.policy_seeds import sound_seeds

BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)
SCALE = {"heavy": 3, "some": 2, "none": 1, "unknown": None, "not_rated": None}


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return checked_policies(sound_seeds(tmp_path_factory.mktemp("seeds")).root)


def simulation(
    policies: Policies, *scopes: ScopeMovement, compared: Compared | None, why: str = ""
) -> Simulation:
    version = policies.versions_of("shares")[1]
    return Simulation(version, AFTER, 7, compared, why, scopes, ("A note.",))


@pytest.mark.parametrize(("day", "number", "expected"), [(BEFORE, None, 1), (AFTER, None, 2), (AFTER, 1, 1)])
def test_the_version_in_force_is_meant_unless_one_is_named(
    policies: Policies, day: date, number: int | None, expected: int
) -> None:
    assert chosen_version(policies, "shares", number, day).policy_version == expected


@pytest.mark.parametrize(
    ("policy", "number", "day", "words"),
    [
        ("other", None, AFTER, "There is no tier policy 'other'.*it has shares, weeks, score, ranks"),
        ("shares", 3, AFTER, "shares has no version 3.*it has 1, 2"),
        (
            "shares",
            None,
            date(2023, 12, 31),
            "No version of shares holds on 2023-12-31; name one with --version",
        ),
    ],
)
def test_a_version_that_is_not_there_is_wrong_use(
    policies: Policies, policy: str, number: int | None, day: date, words: str
) -> None:
    with pytest.raises(WrongUse, match=words):
        chosen_version(policies, policy, number, day)


def test_only_equal_scales_are_compared(policies: Policies) -> None:
    version = policies.versions_of("shares")[1]
    assert why_incomparable(version, Compared("shares", 1, SCALE), "shares") == ""
    assert why_incomparable(version, Compared("other", 1, SCALE), "shares") == "", (
        "another policy on the scale"
    )
    for scale in (SCALE | {"heavy": 4}, SCALE | {"more": 4}, {k: v for k, v in SCALE.items() if k != "some"}):
        reason = why_incomparable(version, Compared("shares", 1, scale), "shares")
        assert "shares version 1 has the tiers" in reason
        assert "and shares version 2 has heavy (3), some (2), none (1)" in reason
    assert "nothing of shares" in why_incomparable(version, None, "shares")


def test_the_table_adds_up_both_ways(policies: Policies) -> None:
    counts: dict[tuple[str | None, str | None], int] = {
        ("heavy", "heavy"): 1200,
        ("heavy", "some"): 3,
        ("some", "heavy"): 40,
        (None, "none"): 5,
        ("none", None): 2,
    }
    scope = ScopeMovement("all", counts, firm_count=1100, no_cutoffs_count=0)
    assert (scope.person_count, scope.unchanged_count) == (1248, 1200)
    lines = screen.lines(simulation(policies, scope, compared=Compared("shares", 1, SCALE)))
    assert lines[0] == (
        "shares version 2 as edited, as of 2026-01-01, against shares version 1 as published (generation 7)"
    )
    assert lines[2] == "all: 1,248 people, 50 would move, 1,200 unchanged, 1,100 firm under the edited rule"
    assert [" ".join(line.split()) for line in lines[3:11]] == [
        "in force \\ edited heavy some none unknown not_rated (no row) total",
        "heavy 1,200 3 . . . . 1,203",
        "some 40 . . . . . 40",
        "none . . . . . 2 2",
        "unknown . . . . . . .",
        "not_rated . . . . . . .",
        "(no row) . . 5 . . . 5",
        "total 1,240 3 5 . . 2 1,250",
    ]
    assert len({len(line) for line in lines[3:11]}) == 1
    assert lines[-1] == "A note."


def test_without_a_common_scale_only_the_new_tiers_are_counted(policies: Policies) -> None:
    scope = ScopeMovement(
        "all", {("heavy", "some"): 3, ("none", "none"): 2}, firm_count=4, no_cutoffs_count=1
    )
    said = "\n".join(screen.lines(simulation(policies, scope, compared=None, why="tiers differ")))
    assert "No movement is shown: tiers differ." in said
    assert "all: 5 people, 4 firm\n  heavy 0, some 3, none 2, unknown 0, not_rated 0" in said
    assert "would move" not in said
    assert "no cut-offs of these percentiles hold for them on that date: 1 in all;" in said.replace(
        "\n           ", " "
    )


def test_a_scope_the_other_policy_does_not_have_is_counted_alone(policies: Policies) -> None:
    scope = ScopeMovement("code_only", {(None, "some"): 3}, firm_count=3, no_cutoffs_count=0)
    said = "\n".join(screen.lines(simulation(policies, scope, compared=Compared("ranks", 1, SCALE))))
    assert "code_only: 3 people, 3 firm; no movement, ranks is not evaluated in this scope" in said


def test_a_date_without_anybody_says_so(policies: Policies) -> None:
    assert "Nobody has a tier of it on that date." in screen.lines(
        simulation(policies, compared=Compared("shares", 1, SCALE))
    )


def test_the_seeds_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert checked_policies().policy_ids
