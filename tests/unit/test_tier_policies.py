"""Which tier policies are refused, and in which words; each case spoils one thing in sound seeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import AdoptionError, PoliciesRefused
from orchestration.home import PROJECT_ROOT
from orchestration.tiers.policies import (
    PARTS_FILE,
    POLICIES,
    POLICY_SCOPES,
    RULES,
    SCOPE_MODES,
    SCOPES,
)
from orchestration.tiers.refusals import checked_policies
from tests.unit.policy_seeds import PolicySeeds, of, sound_seeds

P, R = "dbt_project/seeds/tiers/tier_policies.csv", "dbt_project/seeds/tiers/tier_rules.csv"


@pytest.fixture
def seeds(tmp_path: Path) -> PolicySeeds:
    return sound_seeds(tmp_path)


def refusal(seeds: PolicySeeds) -> str:
    with pytest.raises(PoliciesRefused) as caught:
        checked_policies(seeds.root)
    sentence = str(caught.value)
    assert isinstance(caught.value, AdoptionError) and caught.value.exit_status == 1
    assert "\n" not in sentence and sentence.endswith(".") and sentence.startswith("dbt_project/seeds/")
    return sentence


def test_the_policies_that_are_shipped_can_be_evaluated() -> None:
    found = checked_policies(PROJECT_ROOT)
    assert found.default_policy_id == "standard_28d"
    assert {version.policy_id: version.percentiles for version in found.versions if version.percentiles} == {
        "quartile_4w": (25, 50, 75)
    }


def test_sound_seeds_are_read_as_they_are(seeds: PolicySeeds) -> None:
    found = checked_policies(seeds.root)
    assert found.policy_ids == ("shares", "weeks", "score", "ranks")
    first, second = found.versions_of("shares")
    assert (first.effective_to, second.effective_from, second.effective_to) == (
        second.effective_from,
        second.effective_from,
        None,
    )
    assert second.scale == {"heavy": 3, "some": 2, "none": 1, "unknown": None, "not_rated": None}
    assert [rule.tier_code for rule in first.rated_rules] == ["heavy", "some", "none"]
    assert first.is_in_force(second.effective_from.replace(year=2025)) and not first.is_in_force(
        second.effective_from
    )
    assert found.versions_of("score")[0].score_parts[0].weight_percent == 70


def test_a_spreadsheet_may_write_its_own_way(seeds: PolicySeeds) -> None:
    """A byte order mark, line ends of Windows, TRUE in capitals, columns in another order."""
    text = seeds.path(POLICIES).read_text().replace("true", "TRUE").replace("\n", "\r\n")
    seeds.path(POLICIES).write_bytes(b"\xef\xbb\xbf" + text.encode())
    lines = [line.split(",") for line in seeds.path(POLICY_SCOPES).read_text().splitlines()]
    seeds.path(POLICY_SCOPES).write_text("".join(f"{scope},{policy}\n" for policy, scope in lines))
    assert checked_policies(seeds.root).default_policy_id == "shares"


def test_a_scope_without_policies_is_fine(seeds: PolicySeeds) -> None:
    seeds.add(SCOPES, scope_code="code_only", scope_name="Code", tool_id="code", reason="Nobody asks for it")
    checked_policies(seeds.root)


Spoil = Callable[[PolicySeeds], object]


def two(first: Spoil, second: Spoil) -> Spoil:
    def spoil(seeds: PolicySeeds) -> None:
        first(seeds)
        second(seeds)

    return spoil


FILES: dict[str, tuple[Spoil, str]] = {
    "missing": (lambda s: s.path(RULES).unlink(), f"{R} is missing; put it back."),
    "not readable": (
        two(lambda s: s.path(RULES).unlink(), lambda s: s.path(RULES).mkdir()),
        f"{R} cannot be read (Is a directory)",
    ),
    "not UTF-8": (lambda s: s.path(RULES).write_bytes(b"\xff\xfe\x00"), f"{R} is not UTF-8"),
    "no CSV": (lambda s: s.replace_text(RULES, "shares,1,1,", '"shares"x,1,1,'), f"{R} is no CSV"),
    "empty": (lambda s: s.path(RULES).write_text(""), f"{R}: column policy_id is missing"),
    "semicolons": (
        lambda s: s.path(RULES).write_text(s.path(RULES).read_text().replace(",", ";")),
        f"{R}: its first line holds no columns separated by commas",
    ),
    "column missing": (
        lambda s: s.replace_text(RULES, "minimum_score,", ""),
        f"{R}: column minimum_score is missing",
    ),
    "column too many": (
        lambda s: s.replace_text(RULES, "rule_text", "rule_text,note"),
        f"{R}: there is no column 'note'",
    ),
    "column twice": (
        lambda s: s.replace_text(RULES, "rule_text", "rule_text,tier_code"),
        f"{R}: column tier_code is there twice",
    ),
    "a blank line": (
        lambda s: s.replace_text(RULES, "\nshares,1,2", "\n\nshares,1,2"),
        f"{R}, line 3: it is empty, and dbt would read it as a row of nothing",
    ),
    "a row of commas": (
        lambda s: s.replace_text(RULES, "\nshares,1,2", "\n,,,,,,,,,,,,,,,,,\nshares,1,2"),
        f"{R}, line 3: it is empty",
    ),
    "a comma outside quotes": (
        lambda s: s.replace_text(RULES, "For tests", "For, tests"),
        f"{R}, line 2 (policy shares version 1 rule 1): it has 19 cells and there are 18 columns",
    ),
    "a seed of others": (
        lambda s: s.path("tools/tools.csv").write_text("name\nchat\n"),
        "dbt_project/seeds/tools/tools.csv cannot be read",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read_is_refused(seeds: PolicySeeds, case: str) -> None:
    spoil, words = FILES[case]
    spoil(seeds)
    assert words in refusal(seeds)


CELLS: dict[str, tuple[str, str, str, str]] = {
    "no whole number": (RULES, "minimum_active_days", "one", "must be a whole number from 0 up"),
    "a fraction": (RULES, "minimum_active_days", "1.5", "must be a whole number from 0 up"),
    "negative": (RULES, "minimum_active_days", "-1", "must be a whole number from 0 up"),
    "digits of another script": (RULES, "minimum_active_days", "\u0661", "must be a whole number from 0 up"),
    "a number with a comma": (RULES, "minimum_weekly_mean", "1,5", "must be a number from 0 to 999999"),
    "a negative number": (RULES, "minimum_weekly_mean", "-0.5", "must be a number from 0 to 999999"),
    "too many decimals": (RULES, "above_weekly_mean", "0.1234567", "must be a number from 0 to 999999"),
    "not a number": (RULES, "above_weekly_mean", "nan", "must be a number from 0 to 999999"),
    "substantive above 100": (
        RULES,
        "minimum_substantive_percent",
        "101",
        "must be a whole number from 0 to 100",
    ),
    "active above 100": (RULES, "minimum_active_percent", "101", "must be a whole number from 0 to 100"),
    "score above 100": (RULES, "minimum_score", "101", "must be a whole number from 0 to 100"),
    "percentile above 100": (RULES, "minimum_percentile", "101", "must be a whole number from 0 to 100"),
    "percentile below 0": (RULES, "minimum_percentile", "-1", "must be a whole number from 0 to 100"),
    "flag": (RULES, "is_rated", "yes", "must be true or false"),
    "no flag": (RULES, "is_habit", "", "must not be empty"),
    "no text": (RULES, "rule_text", "", "must not be empty"),
    "the word null": (RULES, "tier_name", "NULL", "must be empty where there is no value"),
    "a space at the end": (RULES, "tier_code", "heavy ", "ends with a space"),
    "a code in capitals": (RULES, "tier_code", "Heavy", "must be lower-case letters"),
    "rank 0": (RULES, "tier_rank", "0", "must be a whole number from 1 up"),
    "no date": (POLICIES, "effective_from", "2024-02-30", "must be a date written YYYY-MM-DD"),
    "a date of a spreadsheet": (POLICIES, "effective_to", "1/1/2026", "must be a date written YYYY-MM-DD"),
    "coverage above 100": (POLICIES, "coverage_floor_percent", "101", "must be a whole number from 0 to 100"),
    "window unit": (POLICIES, "window_unit", "month", "must be day or week"),
    "window length": (POLICIES, "window_length", "0", "must be a whole number from 1 to 366"),
    "measure": (
        POLICIES,
        "measure_code",
        "line_count",
        "must be intentional_action_count, active_day_count or",
    ),
    "weighting": (POLICIES, "week_weighting", "half", "must be whole or pro_rata"),
    "active weeks from nothing": (POLICIES, "active_week_minimum", "0", "must be a whole number from 1 up"),
    "cut-offs of one person": (POLICIES, "minimum_group_size", "1", "must be a whole number from 2 up"),
    "score part": (PARTS_FILE, "part_code", "length", "must be frequency, depth or breadth"),
    "weight above 100": (PARTS_FILE, "weight_percent", "101", "must be a whole number from 0 to 100"),
    "a full value too fine for its seed": (PARTS_FILE, "full_at", "0.6001", "with at most 3 decimals"),
    "full at nothing": (PARTS_FILE, "full_at", "0", "must be above 0"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_of_another_kind_is_refused(seeds: PolicySeeds, case: str) -> None:
    name, column, cell, words = CELLS[case]
    first = seeds.read(name)[0]
    seeds.change(name, lambda row: row == first, **{column: cell})
    sentence = refusal(seeds)
    where = f"dbt_project/seeds/{name}, line 2 (policy {first['policy_id']} version 1"
    assert sentence.startswith(where) and column in sentence and words in sentence
    assert repr(cell) in sentence or "space" in sentence


ROWS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "unknown tool of a scope": (
        lambda s: s.change(SCOPES, lambda r: r["scope_code"] == "chat_only", tool_id="mail"),
        ("scopes.csv, line 3 (scope chat_only): there is no tool mail; tools.csv lists chat, code, office.",),
    ),
    "unknown mode of a scope": (
        lambda s: s.add(SCOPE_MODES, scope_code="all", mode_code="sing"),
        ("scope_modes.csv, line 4 (scope all): there is no mode sing; usage_modes.csv lists talk, write.",),
    ),
    "modes of an unknown scope": (
        lambda s: s.add(SCOPE_MODES, scope_code="none_such", mode_code="talk"),
        ("scope_modes.csv, line 4", "there is no scope none_such"),
    ),
    "a scope in which nothing counts": (
        lambda s: s.drop(SCOPE_MODES, lambda r: r["scope_code"] == "all"),
        ("scopes.csv, line 2 (scope all): nothing counts in this scope",),
    ),
    "unknown scope of a policy": (
        lambda s: s.add(POLICY_SCOPES, policy_id="weeks", scope_code="coding"),
        ("tier_policy_scopes.csv, line 6 (policy weeks scope coding): there is no scope coding",),
    ),
    "scope of an unknown policy": (
        lambda s: s.add(POLICY_SCOPES, policy_id="ghost", scope_code="all"),
        ("tier_policy_scopes.csv, line 6 (policy ghost scope all)", "has no such policy;"),
    ),
    "rule of an unknown version": (
        lambda s: s.change(RULES, of("weeks", rule="1"), policy_version="3"),
        (f"{R}", "(policy weeks version 3 rule 1)", "has no such policy version"),
    ),
    "score part of an unknown version": (
        lambda s: s.add(
            PARTS_FILE,
            policy_id="score",
            policy_version="2",
            part_code="depth",
            weight_percent="1",
            full_at="1",
            reason="x",
        ),
        ("tier_score_parts.csv, line 4 (policy score version 2)", "has no such policy version"),
    ),
    "the same version twice": (
        lambda s: s.change(POLICIES, of("shares", "2"), policy_version="1"),
        (f"{P}, line 3 (policy shares version 1): policy_version 1 is there already, in line 2",),
    ),
    "the same rule number twice": (
        lambda s: s.change(RULES, of("weeks", rule="2"), rule_number="1"),
        ("(policy weeks version 1 rule 1): rule_number 1 is there already",),
    ),
    "the same tier twice": (
        lambda s: s.change(RULES, of("weeks", rule="2"), tier_code="power"),
        ("(policy weeks version 1 rule 2): tier_code power is there already",),
    ),
    "the same score part twice": (
        lambda s: s.change(PARTS_FILE, of("score"), part_code="depth"),
        ("tier_score_parts.csv, line 3", "part_code depth is there already"),
    ),
    "the same scope of a policy twice": (
        lambda s: s.add(POLICY_SCOPES, policy_id="weeks", scope_code="all"),
        ("tier_policy_scopes.csv, line 6", "scope_code all is there already"),
    ),
    "no default": (
        lambda s: s.change(POLICIES, lambda row: row["policy_id"] == "shares", is_default="false"),
        (f"{P}: no policy is the default",),
    ),
    "two defaults": (
        lambda s: s.change(POLICIES, of("weeks"), is_default="true"),
        (f"{P}, line 4 (policy weeks version 1): shares is the default already",),
    ),
    "a default in one version only": (
        lambda s: s.change(POLICIES, of("shares", "1"), is_default="false"),
        (f"{P}, line 2 (policy shares version 1)", "give them all the same is_default"),
    ),
    "effective_to before effective_from": (
        lambda s: s.change(POLICIES, of("weeks"), effective_to="2023-12-31"),
        ("(policy weeks version 1): effective_to 2023-12-31 is not after effective_from 2024-01-01",),
    ),
    "effective_to on effective_from": (
        lambda s: s.change(POLICIES, of("weeks"), effective_to="2024-01-01"),
        ("effective_to 2024-01-01 is not after effective_from 2024-01-01",),
    ),
    "an overlap": (
        lambda s: s.change(POLICIES, of("shares", "1"), effective_to="2026-01-02"),
        (
            "(policy shares version 2): it begins on 2026-01-01 while version 1 still holds until "
            "2026-01-01; "
            "set effective_to of version 1 to 2026-01-01.",
        ),
    ),
    "an open version before another": (
        lambda s: s.change(POLICIES, of("shares", "1"), effective_to=""),
        ("(policy shares version 2)", "while version 1 still has no effective_to"),
    ),
    "two versions from one date on": (
        lambda s: s.change(POLICIES, of("shares", "2"), effective_from="2024-01-01"),
        ("(policy shares version 2): version 1 begins on 2024-01-01 as well",),
    ),
    "a gap": (
        lambda s: s.change(POLICIES, of("shares", "1"), effective_to="2025-12-31"),
        ("(policy shares version 2)", "version 1 ends before 2025-12-31, so no version holds in between"),
    ),
    "a policy without scopes": (
        lambda s: s.drop(POLICY_SCOPES, of("weeks")),
        (f"{P}, line 4 (policy weeks version 1): weeks has no row in tier_policy_scopes.csv",),
    ),
    "a version without rules": (
        lambda s: s.drop(RULES, of("shares", "2")),
        (f"{P}, line 3 (policy shares version 2): this version has no rules",),
    ),
    "unknown is missing": (
        lambda s: s.drop(RULES, of("weeks", tier="unknown")),
        ("(policy weeks version 1): tier_rules.csv has no rule unknown",),
    ),
    "not_rated is missing": (
        lambda s: s.drop(RULES, of("weeks", tier="not_rated")),
        ("(policy weeks version 1): tier_rules.csv has no rule not_rated",),
    ),
    "unknown is rated": (
        lambda s: s.change(RULES, of("weeks", tier="unknown"), is_rated="true", tier_rank="9"),
        (
            "(policy weeks version 1 rule 4): unknown says that nobody could be rated; set its is_rated "
            "to false.",
        ),
    ),
    "not_rated is rated": (
        lambda s: s.change(RULES, of("weeks", tier="not_rated"), is_rated="true", tier_rank="9"),
        ("(policy weeks version 1 rule 5): not_rated says that nobody could be rated",),
    ),
    "a tier that is not rated": (
        lambda s: s.change(RULES, of("weeks", tier="some"), is_rated="false", tier_rank=""),
        ("(policy weeks version 1 rule 2): only unknown and not_rated are unrated",),
    ),
    "a rated tier without rank": (
        lambda s: s.change(RULES, of("weeks", tier="some"), tier_rank=""),
        ("(policy weeks version 1 rule 2): a rated tier needs a tier_rank",),
    ),
    "unknown with a rank": (
        lambda s: s.change(RULES, of("weeks", tier="unknown"), tier_rank="1"),
        ("(policy weeks version 1 rule 4): unknown lies on no scale",),
    ),
    "unknown with a threshold": (
        lambda s: s.change(RULES, of("weeks", tier="unknown"), minimum_active_days="1"),
        ("(policy weeks version 1 rule 4): unknown is decided by the policy, so its minimum_active_days",),
    ),
    "no rated rule": (
        lambda s: s.drop(RULES, lambda r: of("weeks")(r) and r["is_rated"] == "true"),
        ("(policy weeks version 1): this version has no rated rule",),
    ),
    "no catch-all": (
        lambda s: s.drop(RULES, of("weeks", tier="none")),
        ("(policy weeks version 1 rule 2): the last rated rule has thresholds",),
    ),
    "rules behind the catch-all": (
        lambda s: s.rules("weeks", "power:minimum_active_weeks=4", "none", "some:above_weekly_mean=0"),
        ("(policy weeks version 1 rule 3): it stands behind rule 2 (none), which takes everybody",),
    ),
    "equal rules": (
        lambda s: s.rules("weeks", "power:minimum_active_weeks=4", "regular:minimum_active_weeks=4", "none"),
        ("(policy weeks version 1 rule 2): it demands the same as rule 1 (power)",),
    ),
    "ranks that rise": (
        lambda s: s.change(RULES, of("weeks", tier="some"), tier_rank="4"),
        ("(policy weeks version 1 rule 2): its tier_rank 4 is not below 3, the rank of rule 1 (power)",),
    ),
    "equal ranks": (
        lambda s: s.change(RULES, of("weeks", tier="some"), tier_rank="3"),
        ("(policy weeks version 1 rule 2): its tier_rank 3 is not below 3",),
    ),
    "more active weeks than the window has": (
        lambda s: s.change(RULES, of("weeks", rule="1"), minimum_active_weeks="5"),
        (
            "(policy weeks version 1 rule 1): minimum_active_weeks is 5, and the window of 4 weeks has "
            "at most 4",
        ),
    ),
    "more active weeks than days can touch": (
        lambda s: s.rules("shares", "often:minimum_active_weeks=6", "none"),
        (
            "(policy shares version 1 rule 1): minimum_active_weeks is 6, and the window of 28 days has "
            "at most 5",
        ),
    ),
    "more active days than the window has": (
        lambda s: s.rules("shares", "often:minimum_active_days=29", "none"),
        ("minimum_active_days is 29, and the window of 28 days has at most 28",),
    ),
    "more tools than there are": (
        lambda s: s.rules("shares", "wide:minimum_breadth=4", "none"),
        (
            "(policy shares version 1 rule 1): minimum_breadth is 4, and no scope of the policy has more "
            "than 3 tools",
        ),
    ),
    "two tools in scopes of one": (
        two(
            lambda s: s.change(POLICY_SCOPES, of("weeks"), scope_code="chat_only"),
            lambda s: s.rules("weeks", "wide:minimum_breadth=2", "none"),
        ),
        ("minimum_breadth is 2, and no scope of the policy has more than 1 tool;",),
    ),
    "a score without parts": (
        lambda s: s.write(PARTS_FILE, []),
        ("(policy score version 1 rule 1): minimum_score needs the parts of the score",),
    ),
    "parts without a score": (
        lambda s: s.rules("score", "some:minimum_active_days=1", "none"),
        (
            "tier_score_parts.csv, line 2 (policy score version 1): no rule of this version has a "
            "minimum_score",
        ),
    ),
    "weights that do not add up": (
        lambda s: s.change(PARTS_FILE, lambda r: r["part_code"] == "breadth", weight_percent="29"),
        (
            "(policy score version 1): weight_percent of the parts of this version adds up to 99; make "
            "it 100.",
        ),
    ),
    "a percentile without a group size": (
        lambda s: s.change(POLICIES, of("ranks"), minimum_group_size=""),
        (
            f"{P}, line 6 (policy ranks version 1): rule 1 (upper) compares with a percentile",
            "minimum_group_size",
        ),
    ),
    "a percentile over days": (
        lambda s: s.change(POLICIES, of("ranks"), window_unit="day", window_length="28"),
        (
            "(policy ranks version 1): rule 1 (upper) compares with a percentile of weekly means; set "
            "window_unit to week",
        ),
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_policies_that_cannot_be_evaluated_are_refused(seeds: PolicySeeds, case: str) -> None:
    spoil, words = ROWS[case]
    spoil(seeds)
    sentence = refusal(seeds)
    for part in words:
        assert part in sentence


# (earlier rule, later rule that it always holds for)
HIDDEN = {
    "a larger share": ("minimum_active_percent=25", "minimum_active_percent=30"),
    "a substantive day is active": ("minimum_active_percent=25", "minimum_substantive_percent=25"),
    "an active share needs an active day": ("minimum_active_days=1", "minimum_active_percent=1"),
    "a substantive share needs an active day": ("minimum_active_days=1", "minimum_substantive_percent=1"),
    "two active weeks need two active days": ("minimum_active_days=2", "minimum_active_weeks=2"),
    "two tools need an active day": ("minimum_active_days=1", "minimum_breadth=2"),
    "a mean above 0 needs an active day": ("minimum_active_days=1", "above_weekly_mean=0"),
    "a mean from 1 needs an active day": ("minimum_active_days=1", "minimum_weekly_mean=1"),
    "an active day needs a tool": ("minimum_breadth=1", "minimum_active_days=1"),
    "a mean from 2 lies above 1": ("above_weekly_mean=1", "minimum_weekly_mean=2"),
    "a mean above 1 is from 1": ("minimum_weekly_mean=1", "above_weekly_mean=1"),
    "an active week in weeks that weigh": (
        "above_weekly_mean=0",
        "minimum_active_weeks=1,minimum_weekly_mean=0",
    ),
    "observed days make the week weigh": ("minimum_weekly_mean=0", "minimum_active_percent=0"),
    "a higher percentile": ("minimum_percentile=50", "minimum_percentile=75"),
    "all of it": (
        "minimum_active_weeks=2,minimum_breadth=1",
        "minimum_active_weeks=3,above_weekly_mean=2",
    ),
    "a threshold of 0 holds for everybody": ("minimum_active_days=0", "minimum_active_days=1"),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_a_rule_that_never_decides_is_refused(seeds: PolicySeeds, case: str) -> None:
    earlier, later = HIDDEN[case]
    seeds.rules("ranks", f"upper:{earlier}", f"middle:{later}", "none")
    sentence = refusal(seeds)
    assert f"{R}, line " in sentence and "(policy ranks version 1 rule 2)" in sentence
    assert "rule 1 (upper) holds whenever it does, so it never decides" in sentence


def test_a_catch_all_behind_a_rule_that_holds_for_everybody_is_refused(seeds: PolicySeeds) -> None:
    seeds.rules("weeks", "power:minimum_active_weeks=4", "some:minimum_active_weeks=0", "none")
    assert "rule 3): rule 2 (some) holds whenever it does" in refusal(seeds)


def test_the_measure_decides_what_an_active_day_gives(seeds: PolicySeeds) -> None:
    rules = ("some:above_weekly_mean=0", "other:minimum_active_days=1,minimum_weekly_mean=0", "none")
    seeds.rules("weeks", *rules)
    checked_policies(seeds.root)  # a flagged day is active and holds no action
    seeds.change(POLICIES, of("weeks"), measure_code="active_day_count")
    assert "rule 2): rule 1 (some) holds whenever it does" in refusal(seeds)


# (earlier rule, later rule that somebody can meet without the earlier one)
OPEN = {
    "a smaller share": ("minimum_active_percent=30", "minimum_active_percent=25"),
    "an active day need not be substantive": ("minimum_substantive_percent=1", "minimum_active_percent=90"),
    "an active day may lie outside the expected ones": ("minimum_active_percent=0", "minimum_active_days=1"),
    "a flagged day without an action": ("above_weekly_mean=0", "minimum_active_days=1"),
    "two days in one week": ("minimum_active_weeks=2", "minimum_active_days=2"),
    "one tool": ("minimum_breadth=2", "minimum_active_days=20"),
    "just above the mean": ("minimum_weekly_mean=2", "above_weekly_mean=1.9"),
    "exactly the mean": ("above_weekly_mean=2", "minimum_weekly_mean=2"),
    "a lower percentile": ("minimum_percentile=75", "minimum_percentile=50"),
    "one of two": ("minimum_active_weeks=2,minimum_breadth=2", "minimum_active_weeks=3"),
    "use in weeks without expected days": ("minimum_weekly_mean=0", "minimum_active_weeks=3"),
}


@pytest.mark.parametrize("case", OPEN)
def test_a_rule_that_can_decide_is_not_refused(seeds: PolicySeeds, case: str) -> None:
    earlier, later = OPEN[case]
    seeds.rules("ranks", f"upper:{earlier}", f"middle:{later}", "none")
    checked_policies(seeds.root)


def test_a_share_of_a_day_too_short_for_its_week_to_weigh(seeds: PolicySeeds) -> None:
    seeds.rules("weeks", "upper:minimum_weekly_mean=0", "middle:minimum_active_percent=0", "none")
    seeds.change(POLICIES, of("weeks"), week_weighting="pro_rata")
    checked_policies(seeds.root)
