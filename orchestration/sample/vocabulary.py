"""The words the made-up company is written in: names, places, units, tools.

Constants only; every draw from them is made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TOOLS = ("claude_code", "github_copilot", "chatgpt")
DOMAIN = "bank.example"
LOGIN_SUFFIX = "_bnk"
CANARY = "CONTENT-CANARY"
SHARED_ALIAS = f"trading.desk@{DOMAIN}"

GIVEN_NAMES = (
    "Aisha", "Alan", "Amit", "Anna", "Ben", "Carla", "Chen", "Chloé", "Daniel", "Elif", "Emma", "Farah",
    "Grace", "Hugo", "Ines", "Jack", "Jonas", "Kavya", "Lena", "Liam", "Łukasz", "Maria", "Mei", "Nadia",
    "Noah", "Olga", "Omar", "Priya", "Rahul", "Sofia", "Tomasz", "Wei", "Yusuf", "Zoë",
)  # fmt: skip
FAMILY_NAMES = (
    "Adams", "Ahmed", "Bauer", "Brown", "Chen", "Clark", "Costa", "Das", "Dubois", "Evans", "Fischer",
    "García", "Gupta", "Hall", "Iyer", "Jones", "Kaur", "Kowalski", "Lee", "Lim", "Martin", "Meyer",
    "Murphy", "Müller", "Nowak", "O'Brien", "Park", "Patel", "Rossi", "Shah", "Silva", "Singh", "Smith",
    "Tan", "Taylor", "Walker", "Wang", "Weber", "Wilson", "Young",
)  # fmt: skip
ASCII = str.maketrans({"é": "e", "ë": "e", "í": "i", "ü": "u", "Ł": "L", "'": ""})


@dataclass(frozen=True)
class Place:
    """Where somebody works; `morning_utc` is the hour their day starts in UTC."""

    country_code: str
    subdivision: str
    site_code: str
    legal_entity_code: str
    morning_utc: int
    weight: int


PLACES = (
    Place("US", "NY", "NYC1", "LE-US-01", 13, 30),
    Place("US", "TX", "DAL1", "LE-US-02", 14, 20),
    Place("GB", "", "LON1", "LE-GB-01", 8, 15),
    Place("DE", "HE", "FRA1", "LE-DE-01", 7, 10),
    Place("IN", "MH", "BOM1", "LE-IN-01", 4, 15),
    Place("SG", "", "SIN1", "LE-SG-01", 1, 5),
    Place("PL", "", "WAW1", "LE-PL-01", 7, 5),
)
FRANCE = Place("FR", "", "PAR1", "LE-FR-01", 7, 0)

# Days on which next to nobody works. For behaviour only: the truth of what was expected comes from calendars.
QUIET_DAYS: dict[str, tuple[date, ...]] = {
    "US": (date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25)),
    "IN": (date(2026, 1, 26), date(2026, 3, 4)),
    "SG": (date(2026, 2, 17), date(2026, 2, 18)),
    "GB": (date(2026, 4, 3), date(2026, 4, 6)),
    "DE": (date(2026, 4, 3), date(2026, 4, 6)),
    "PL": (date(2026, 1, 6), date(2026, 4, 6)),
    "FR": (date(2026, 4, 6),),
}

LINES_OF_BUSINESS = ("Consumer Bank", "Markets", "Payments", "Risk and Compliance")
TEAMS_PER_LINE = 3
TEAM_NAMES = ("Platform", "Channels", "Data")
ROOT_UNIT = "OU-100"
ENGINEERING_FAMILIES = (
    "Software Engineering",
    "Data Engineering",
    "Site Reliability",
    "Security Engineering",
)
OTHER_FAMILIES = ("Product Management", "Business Analysis", "Operations")

TERMINALS = ("vscode", "iTerm.app", "tmux", "VS Code", "Apple_Terminal", "WezTerm", "ssh")
CLAUDE_MODELS = ("claude-sonnet-5", "claude-opus-4-8", "claude-haiku-4-5")
CLAUDE_ORGANIZATION = "5f0c1a52-7d3e-4b7e-9a55-0c6f2d1b8e41"
CHATGPT_WORKSPACE = "0d9b6f0e-93c5-4f0a-8a56-3c6d8f1a7b22"
COPILOT_ENTERPRISE = "48213"


def line_unit(line: int) -> str:
    """The org unit of a whole line of business (0 to 3)."""
    return f"OU-{200 + 100 * line}"


def team_unit(line: int, team: int) -> str:
    """The org unit of one team (0 to 2) of a line of business."""
    return f"OU-{200 + 100 * line + 10 * (team + 1)}"
