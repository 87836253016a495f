"""What a run says: its progress while it works, and the closing screen read back from what it published.

Only reading and wording; figures come from the published tables, never from the run's own counters.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from orchestration.home import EMPLOYEE_FILE

if TYPE_CHECKING:
    from datetime import date

    import duckdb
    from rich.status import Status

    from orchestration.home import Home
    from orchestration.nightly import NightlyRun
    from orchestration.publishing.verdict import Verdict

WIDTH = 100
POLICY, SCOPE = "standard_28d", "all"
COUNTS = ("record", "accepted", "duplicate", "rejected", "unresolved", "non_human")
STAGES = ("start-up", "pulling", "landing", "planning", "dbt", "checks", "publishing", "total")

QUERY = """\
select tool_id, count(distinct employee_key) as people, sum(list_cost_usd) as list_cost_usd
from marts.fct_employee_tool_daily
where is_active group by tool_id order by people desc, tool_id"""
_INDENT = " " * 11


class Progress:
    """A line that changes on a terminal, plain lines elsewhere; always on stderr."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._last = ""

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def say(self, text: str) -> None:
        """Show what is at work now."""
        if text == self._last:
            return
        self._last = text
        if self._status is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self._status.update(text)

    def notice(self, text: str) -> None:
        """Show a sentence that stays."""
        if self._status is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self._status.console.print(text, markup=False, highlight=False)


def closing_screen(run: NightlyRun) -> list[str]:
    """The lines that end a run, at most 40 of at most 100 characters."""
    if run.manifest is None:
        return _nothing_due(run)
    import duckdb

    path = run.home.current / EMPLOYEE_FILE
    with duckdb.connect(str(path.resolve()), read_only=True) as published:
        lines = [
            *_headline(run),
            "",
            *records_lines(records_per_feed(published, run.scope.touched_dates if run.scope else ())),
            "",
            *tier_lines(people_per_tier(published, run.manifest.as_of_date), run.manifest.as_of_date),
            *cutoff_lines(run.home),
            *frozen_lines(run.home),
            "",
            *verdict_lines(run.manifest.verdict),
            "",
            *wrapped(f"Time       {time_line(run.seconds)}"),
            f"Published  {path}",
            "Try        in DuckDB, opened read-only:",
            *(f"  {line}" for line in QUERY.splitlines()),
            *(f"  {line}" for line in answer_lines(published)),
        ]
    return [line.rstrip() for line in lines]


def _nothing_due(run: NightlyRun) -> list[str]:
    as_of = run.scope.as_of_date if run.scope else None
    return [
        f"Nothing to do, nothing published: {as_of} is published, no delivery waits, and models, seeds and",
        "settings are unchanged.",
        *pull_lines(run),
        *frozen_lines(run.home),
        *wrapped(f"Time       {time_line(run.seconds)}"),
    ]


def _headline(run: NightlyRun) -> list[str]:
    from orchestration.nightly import NO_AGREEMENT

    assert run.manifest is not None
    scope = run.scope
    lines = (
        [NO_AGREEMENT.split(":")[0] + ":", "no employee-level row exists."]
        if run.has_said_no_agreement
        else []
    )
    lines += pull_lines(run)
    lines.append(f"Generation {run.manifest.generation} is in force, as of {run.manifest.as_of_date}.")
    if scope is not None:
        lines.append(f"Rebuilt {len(scope.touched_dates)} dates ({scope.reason}).")
    return lines


def pull_lines(run: NightlyRun) -> list[str]:
    """How many pulls brought something, the same as before, or nothing; none where nothing is pulled."""
    if run.pulls is None or not (run.pulls.pulled or run.pulls.failed):
        return []
    new = [pulled for pulled in run.pulls.pulled if pulled.path is not None]
    records = sum(pulled.record_count for pulled in new)
    parts = [f"{len(new)} with news ({records:,} records)", f"{len(run.pulls.pulled) - len(new)} as before"]
    if run.pulls.failed:
        parts.append(f"{len(run.pulls.failed)} FAILED, their days stay unobserved")
    return [f"Pulls: {', '.join(parts)}."]


def records_per_feed(
    published: duckdb.DuckDBPyConnection, touched: Sequence[date]
) -> list[tuple[str, tuple[int, ...]]]:
    """Per feed the records of the rebuilt dates, and of no date at all, by where they went (COUNTS)."""
    sums = ", ".join(f"sum({name}_count)::bigint" for name in COUNTS)
    rows = published.execute(
        f"select source || '/' || feed, {sums} from ops.reconciliation "
        "where activity_date is null or activity_date in (select unnest(?::date[])) group by 1 order by 1",
        [list(touched)],
    ).fetchall()
    return [(row[0], tuple(int(value or 0) for value in row[1:])) for row in rows]


def records_lines(rows: Iterable[tuple[str, tuple[int, ...]]]) -> list[str]:
    """A table of records per feed."""
    head = "".join(f"{name.replace('_', '-') + ('s' if name == 'record' else ''):>11}" for name in COUNTS)
    body = [f"{feed:<30}" + "".join(f"{count:>11,}" for count in counts) for feed, counts in rows]
    return [f"{'Records of these dates':<30}{head}", *body]


def people_per_tier(published: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple[str, int, int]]:
    """(tier, people, of whom firm) at the as-of date under the default policy, all tools; highest tier
    first.
    """
    rows = published.execute(
        """
        select t.tier_code, count(*), count(*) filter (where t.is_firm)
        from marts.dim_employee_tier as t
        left join (
            select distinct policy_id, policy_version, tier_code, tier_rank from marts.dim_tier
        ) as d using (policy_id, policy_version, tier_code)
        where t.policy_id = ? and t.scope_code = ? and t.valid_from <= ?
            and (t.valid_to is null or t.valid_to > ?)
        group by t.tier_code, d.tier_rank
        order by d.tier_rank desc nulls last, t.tier_code
        """,
        [POLICY, SCOPE, as_of, as_of],
    ).fetchall()
    return [(str(tier), int(people), int(firm)) for tier, people, firm in rows]


def tier_lines(rows: Sequence[tuple[str, int, int]], as_of: date) -> list[str]:
    """People per tier on one or two lines."""
    head = f"People per tier ({POLICY}, {SCOPE}, {as_of}; firm = missing days change nothing)"
    if not rows:
        return [head, "  nobody at employee level"]
    parts = [
        f"{tier} {people:,}" + (f" ({firm:,} firm)" if tier not in ("not_rated", "unknown") else "")
        for tier, people, firm in rows
    ]
    return [head, *textwrap.wrap(", ".join(parts), WIDTH, initial_indent="  ", subsequent_indent="  ")]


def cutoff_lines(home: Home) -> list[str]:
    """A line where a policy rates nobody for want of cut-offs."""
    from orchestration.command_line.status import cutoffs_needed

    needed = cutoffs_needed(home)
    return wrapped(f"Cut-offs   {needed.sentence}") if needed else []


def frozen_lines(home: Home) -> list[str]:
    """The first files whose format is not the declared one; whoever is in them is unknown on their days."""
    from orchestration.command_line.status import frozen_deliveries

    found = frozen_deliveries(home)
    lines = [part for one in found[:2] for part in wrapped(f"Frozen     {one.file_path}: {one.sentence}")]
    if len(found) > 2:
        lines.append(f"{_INDENT}and {len(found) - 2} more; see `adoption status`")
    return lines


def verdict_lines(verdict: Verdict) -> list[str]:
    """How many checks passed, which could not be evaluated, and each warning."""
    passed = sum(check.outcome == "passed" for check in verdict.checks)
    skipped = sum(check.outcome == "not_evaluated" for check in verdict.checks)
    failed = [check for check in verdict.checks if check.outcome == "failed"]
    line = f"Verdict    {verdict.outcome}: {passed} checks passed"
    if skipped:
        line += f", {skipped} not evaluated (no history)"
    messages = [f"{_INDENT}{check.severity}: {check.check_name}: {check.message}" for check in failed[:3]]
    return [line, *(part for message in messages for part in wrapped(message))]


def wrapped(line: str) -> list[str]:
    """A long line as several, indented below its heading."""
    return textwrap.wrap(line, WIDTH, subsequent_indent=_INDENT)


def time_line(seconds: dict[str, float]) -> str:
    """How long each stage took."""
    return ", ".join(f"{stage} {seconds[stage]:.1f} s" for stage in STAGES if stage in seconds)


def answer_lines(published: duckdb.DuckDBPyConnection) -> list[str]:
    """The answer to QUERY, run against the published file, as aligned columns."""
    cursor = published.execute(QUERY)
    names = [column[0] for column in cursor.description or []]
    return aligned([names, *[[_shown(value) for value in row] for row in cursor.fetchmany(5)]])


def aligned(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Rows of texts as columns of equal width."""
    widths = [max(len(str(row[index])) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _shown(value: Any) -> str:
    return "NULL" if value is None else str(value)
