"""The percentile cut-offs that the shared home is given, written by hand as somebody would deliver them.

Two sets. The first begins a month after the data and says nothing of chatgpt. In both some lines of business
are missing, so that the company's cut-offs are taken; in the second the company's are missing for
github_copilot, so that one line has nothing to be compared with.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

HEADER = (
    "policy_id,policy_version,effective_from,scope_code,group_level,group_code,percentile,weekly_mean,"
    "person_count"
)
Means = dict[str, tuple[str, str, str]]

FIRST_SET: dict[str, Means] = {
    "claude_code": {
        "all": ("2.500000", "9.000000", "27.000000"),
        "Consumer Bank": ("2.222222", "9.166667", "29.500000"),
        "Markets": ("2.631579", "10.500000", "24.736842"),
    },
    "github_copilot": {
        "all": ("3.000000", "10.000000", "25.000000"),
        "Consumer Bank": ("3.000000", "11.111111", "29.444444"),
        "Payments": ("2.777778", "7.105263", "18.947368"),
    },
}
SECOND_SET: dict[str, Means] = {
    "claude_code": {
        "all": ("3.000000", "10.000000", "30.000000"),
        "Consumer Bank": ("2.500000", "10.000000", "28.000000"),
        "Markets": ("3.000000", "12.000000", "26.500000"),
        "Risk and Compliance": ("5.000000", "14.444444", "68.250000"),
    },
    "github_copilot": {
        "Consumer Bank": ("3.250000", "12.000000", "30.000000"),
        "Markets": ("3.333333", "10.000000", "22.368421"),
        "Payments": ("2.500000", "8.000000", "20.000000"),
    },
    "chatgpt": {
        "all": ("1.500000", "5.000000", "11.000000"),
        "Consumer Bank": ("1.388889", "5.000000", "12.500000"),
        "Markets": ("1.666667", "5.500000", "11.250000"),
    },
}
SETS = {date(2025, 10, 15): FIRST_SET, date(2026, 1, 22): SECOND_SET}


def write_cutoffs(home: Path) -> list[Path]:
    """One file a set in the inbox of a home; returns the files."""
    folder = home / "inbox" / "tiers" / "cutoffs"
    folder.mkdir(parents=True)
    paths = []
    for number, (start, scopes) in enumerate(SETS.items(), start=1):
        lines = [HEADER]
        for scope, groups in scopes.items():
            for group, means in groups.items():
                level = "company" if group == "all" else "line_of_business"
                for percentile, mean in zip((25, 50, 75), means, strict=True):
                    lines.append(f"quartile_4w,1,{start},{scope},{level},{group},{percentile},{mean},40")
        path = folder / f"quartile_4w_set_{number}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(path)
    return paths
