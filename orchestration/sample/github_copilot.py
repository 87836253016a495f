"""Draws Copilot user-day rows as the users-1-day report holds them (FORMATS 4a).

One row per user and day; counters and flags may be absent, and absent is not zero.
"""

from __future__ import annotations

import copy
from datetime import date
from random import Random
from typing import Any

from orchestration.sample.vocabulary import COPILOT_ENTERPRISE

Row = dict[str, Any]

COUNTERS = (
    "user_initiated_interaction_count",
    "code_generation_activity_count",
    "code_acceptance_activity_count",
    "loc_suggested_to_add_sum",
    "loc_suggested_to_delete_sum",
    "loc_added_sum",
    "loc_deleted_sum",
)
SHAPES = (
    ("full", 76),
    ("no_split", 6),
    ("no_flags", 5),
    ("no_interactions", 3),
    ("no_lines", 3),
    ("cli_flag_only", 2),
    ("cloud_agent_only", 2),
    ("review_only", 2),
    ("nothing", 1),
)


def draw_row(day: date, login: str, user_id: int, volume: float, rng: Random) -> Row:
    """One user's row of a day, in one of the shapes the vendor is known to send."""
    shape = rng.choices([name for name, _ in SHAPES], [weight for _, weight in SHAPES])[0]
    return _draw_shape(shape, {"day": day.isoformat()} | _account(login, user_id), volume, rng)


def _account(login: str, user_id: int) -> Row:
    return {"enterprise_id": COPILOT_ENTERPRISE, "user_id": user_id, "user_login": login}


def _draw_shape(shape: str, row: Row, volume: float, rng: Random) -> Row:
    day = row["day"]
    is_quiet = shape in ("cli_flag_only", "cloud_agent_only", "review_only", "nothing")
    features = _draw_features(0.0 if is_quiet else volume, rng)
    row |= {counter: sum(feature[counter] for feature in features) for counter in COUNTERS}
    if features and rng.random() < 0.03:
        row["user_initiated_interaction_count"] += 2
    used = {feature["feature"] for feature in features if feature["user_initiated_interaction_count"] > 0}
    row["used_agent"] = bool(used & {"chat_panel_agent_mode", "chat_panel_edit_mode", "agent_edit"})
    row["used_chat"] = bool(used & {"chat_panel_ask_mode", "chat_inline", "chat_panel_custom_mode"})
    row["used_cli"] = shape == "cli_flag_only"
    row["totals_by_feature"] = features
    if not is_quiet and rng.random() < 0.12 * volume:
        row["used_cli"] = True
        row["totals_by_cli"] = _draw_cli(day, volume, rng)
    _draw_agent_and_review(row, shape, volume, rng)
    row |= {"totals_by_ide": [], "totals_by_language_feature": [], "totals_by_language_model": []}
    row |= {"totals_by_model_feature": [], "ai_credits_used": round(volume * 3, 2)}
    row |= {"etl_id": "green", "day_partition": day, "entity_id_partition": 1}
    _leave_out(row, shape)
    return row


def _draw_features(volume: float, rng: Random) -> list[Row]:
    shown = int(rng.random() * 70 * volume)
    accepted = int(shown * rng.uniform(0.15, 0.45))
    asked = 1 if rng.random() < 0.04 else 0
    features = [_feature("code_completion", asked, shown, accepted)] if shown else []
    for name, share, most in (
        ("chat_panel_ask_mode", 0.6, 8),
        ("chat_inline", 0.2, 4),
        ("chat_panel_agent_mode", 0.35, 7),
        ("chat_panel_edit_mode", 0.1, 3),
        ("chat_panel_custom_mode", 0.04, 2),
        ("others", 0.03, 2),
    ):
        if volume > 0 and rng.random() < share:
            prompts = int(rng.random() * most * volume) + (1 if rng.random() < 0.7 else 0)
            features.append(_feature(name, prompts, prompts, prompts // 2))
    if any(feature["feature"] == "chat_panel_agent_mode" for feature in features):
        features.append(_feature("agent_edit", 0, 0, 0) | {"loc_added_sum": int(rng.random() * 200 * volume)})
    return features


def _feature(name: str, prompts: int, shown: int, accepted: int) -> Row:
    return {
        "feature": name,
        "user_initiated_interaction_count": prompts,
        "code_generation_activity_count": shown,
        "code_acceptance_activity_count": accepted,
        "loc_suggested_to_add_sum": shown * 2,
        "loc_suggested_to_delete_sum": 0,
        "loc_added_sum": accepted * 2,
        "loc_deleted_sum": accepted // 3,
    }


def _draw_cli(day: str, volume: float, rng: Random) -> Row:
    prompts = 1 + int(rng.random() * 5 * volume)
    output = prompts * rng.randint(300, 1500)
    return {
        "session_count": 1 + int(rng.random() * 2),
        "request_count": prompts * 2,
        "prompt_count": prompts,
        "token_usage": {
            "output_tokens_sum": output,
            "prompt_tokens_sum": output * 4,
            "avg_tokens_per_request": round(output * 5 / (prompts * 2), 2),
        },
        "last_known_cli_version": {"sampled_at": f"{day}T00:01:43.000Z", "cli_version": "1.0.8"},
    }


def _draw_agent_and_review(row: Row, shape: str, volume: float, rng: Random) -> None:
    row["used_copilot_coding_agent"] = rng.random() < 0.03 * volume and shape != "nothing"
    row["used_copilot_cloud_agent"] = shape == "cloud_agent_only"
    row["used_copilot_code_review_active"] = rng.random() < 0.05 * volume and shape != "nothing"
    row["used_copilot_code_review_passive"] = rng.random() < 0.08 and shape != "nothing"
    if shape == "review_only":
        which = "active" if rng.random() < 0.4 else "passive"
        row["used_copilot_coding_agent"] = row["used_copilot_code_review_active"] = False
        row[f"used_copilot_code_review_{which}"] = True


def _leave_out(row: Row, shape: str) -> None:
    absent: tuple[str, ...] = ()
    if shape == "no_split":
        absent = ("totals_by_feature",)
    elif shape == "no_flags":
        absent = tuple(name for name in row if name.startswith("used_"))
    elif shape == "no_interactions":
        absent = ("totals_by_feature", "user_initiated_interaction_count")
    elif shape == "no_lines":
        absent = tuple(name for name in row if name.startswith("loc_"))
    for name in absent:
        del row[name]


def draw_bot_row(day: date, login: str, user_id: int, rng: Random) -> Row:
    """The row of a bot: agent work around the clock."""
    prompts = 20 + int(rng.random() * 10)
    row = _draw_shape("full", {"day": day.isoformat()} | _account(login, user_id), 0.0, rng)
    feature = _feature("chat_panel_agent_mode", prompts, prompts, prompts)
    row["totals_by_feature"] = [feature]
    row |= {counter: feature[counter] for counter in COUNTERS}
    row["used_agent"] = True
    return row


def earlier_state(row: Row) -> Row:
    """The row as an earlier report held it: not everything had been counted yet."""
    earlier = copy.deepcopy(row)
    for part in (earlier, *earlier.get("totals_by_feature", [])):
        for counter in COUNTERS:
            if counter in part:
                part[counter] = part[counter] // 2
    return earlier


def spoilt(row: Row) -> Row:
    """The same row with a count below zero."""
    bad = copy.deepcopy(row)
    bad["code_acceptance_activity_count"] = -4
    return bad
