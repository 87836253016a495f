"""Suite drift: figures of the days this run observed for the first time against what was usual of them.

What is usual, and how far a figure may be from it, is computed by dbt (models/intermediate/drift); here it is
judged and put into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

NAMED_FIGURES = 4

_WORDS = {
    "active_people": "active people of those employed",
    "actions_per_person": "actions per active person",
    "input_tokens_per_person": "input tokens per active person",
    "output_tokens_per_person": "output tokens per active person",
    "cost_per_person": "cost (USD) per active person",
    "tool_share": "share of active people",
    "feature_share": "share of a person's actions by feature",
    "client_share": "share of a person's actions by client",
}
_IN_PERCENT = ("active_people", "tool_share", "feature_share", "client_share")

_JUDGED = """
select
    measure_name,
    tool_id,
    member_name,
    scope_name,
    activity_date::varchar as activity_date,
    figure_value,
    usual_value,
    excess,
from scratch.main.int_figure_judgement
order by
    excess > 1 desc, scope_kind, abs(deviation) desc, scope_name, measure_name, tool_id, member_name,
    activity_date
"""


def figures_follow_their_usual(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim | None:
    """One row per figure with enough history: its distance beyond the usual, where 1 is as far as it may be.

    The company comes before its lines of business, and the sentence names the first few that are off.
    """
    frame = reader.frame(_JUDGED)
    if frame.empty:
        return None
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]
    frame[SUBJECT] = [_subject(row) for row in rows]
    off = [row for row in rows if row["excess"] > 1]

    def sentence(_row: Mapping[str, Any]) -> str:
        moved = "; ".join(_movement(row) for row in off[:NAMED_FIGURES])
        return (
            f"{moved}. See ops.usage_figure where is_off. Correct the deliveries, or, if people did change, "
            "release the candidate: the new figures are then what is usual."
        )

    metrics = ("figure_value", "usual_value", "excess")
    return Claim(
        frame=frame[[SUBJECT, *metrics]],
        metrics=metrics,
        bounds=(Bound("excess", 0, 1),),
        subjects="figures",
        sentence=sentence,
    )


def _subject(row: Mapping[str, Any]) -> str:
    of = " of " if row["member_name"] else ""
    tool = "all tools" if row["tool_id"] == "any" else row["tool_id"]
    scope = f" in {row['scope_name']}" if row["scope_name"] else ""
    return f"{_WORDS[row['measure_name']]}, {row['member_name']}{of}{tool}{scope} on {row['activity_date']}"


def _movement(row: Mapping[str, Any]) -> str:
    before, now = row["usual_value"], row["figure_value"]
    if row["measure_name"] in _IN_PERCENT:
        stated = f"{now:.1%} where {before:.1%} was usual"
    else:
        stated = f"{now:,.2f} where {before:,.2f} was usual"
    change = f" ({now / before - 1:+.0%})" if before > 0 else ""
    return f"{_subject(row)}: {stated}{change}"
