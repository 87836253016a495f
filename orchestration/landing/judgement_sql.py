"""What a record of a feed must be, and the landing row it becomes, as SQL over its values found in the text.

Builds text only; where the values are found belongs to record_sql.py, rules of single values to value_sql.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from orchestration.landing.keyed_list_sql import judge_fingerprint, judge_keyed_list
from orchestration.landing.path_sql import containers
from orchestration.landing.plain_sql import matches_plainly
from orchestration.landing.plain_value_sql import judge_plain
from orchestration.landing.value_sql import (
    TOKEN,
    Dialect,
    Judged,
    judge,
    judge_container,
    judge_rows,
    judge_total,
    literal,
    name,
    reason_sql,
    rules,
    token,
)
from orchestration.sources.base import NOBODY, Actor, Feed, Field, Fingerprint, Requirement, Rows, Total

NO_SNAPSHOT_DATE = "no snapshot date"


@dataclass(frozen=True)
class DateBounds:
    """Activity dates count from `earliest` to `latest`, both included."""

    earliest: date
    latest: date


@dataclass(frozen=True)
class Given:
    """What the records do not say, as SQL: the delivery's id, and the date in the file's name or NULL."""

    delivery_id: str = "$1::varchar"
    named_date: str = "$2::date"

    @staticmethod
    def literally(delivery_id: str, named_date: date | None) -> Given:
        """The values written into the SQL itself."""
        return Given(
            f"{literal(delivery_id)}::varchar", "NULL::date" if named_date is None else f"DATE '{named_date}'"
        )


def judged_rows_sql(feed: Feed, dialect: Dialect, given: Given, bounds: DateBounds) -> str:
    """CTEs and select that turn `found` (record_line, problem, one column per path) into landing rows."""
    judged = judgements(feed, dialect, given, bounds)
    reasons = ["*", *(f"{one.reason} as reason_{index}" for index, one in enumerate(judged))]
    first_reason = ", ".join(["problem", *(f"reason_{index}" for index in range(len(judged)))])
    outputs = {
        column: f"case when {_kept(feed, index, one)} then {value} end as {column}"
        for index, one in enumerate(judged)
        for column, value in one.values
    }
    selected = [
        f"{given.delivery_id} as delivery_id",
        "record_line::bigint as record_line",
        outputs.pop("activity_date"),
        "reject_reason",
        *outputs.values(),
    ]
    separator = ",\n    "
    return f"""{texts_sql(judged)},
checked as (
    select {separator.join(reasons)} from tested
),
judged as (
    select *, coalesce({first_reason}) as reject_reason from checked
)
select
    {separator.join(selected)}
from judged"""


def texts_sql(judged: list[Judged]) -> str:
    """CTEs from `found` to `tested`: the texts of the declarations, then the tests of these."""
    # Two declarations may look at one text: it is computed once.
    texts = dict(text for one in judged for text in one.texts)
    tests = dict(test for one in judged for test in one.tests)
    selected = [
        ", ".join(["*", *(f"{sql} as {column}" for column, sql in one.items())]) for one in (texts, tests)
    ]
    return f"""texts as (
    select {selected[0]} from found
),
tested as (
    select {selected[1]} from texts
)"""


def judgements(feed: Feed, dialect: Dialect, given: Given, bounds: DateBounds) -> list[Judged]:
    """What every declaration of a feed becomes, that of the date first."""
    return [_judged_date(feed, dialect, given, bounds), *_judged_fields(feed, dialect)]


def _kept(feed: Feed, index: int, judged: Judged) -> str:
    """When a value goes into the row: keys on rejected rows too, where they are legible and in order."""
    if not judged.is_key:
        return "reject_reason is null"
    if index == 0 and feed.date_field is None:
        return "reason_0 is null"
    return f"problem is null and reason_{index} is null"


def _judged_date(feed: Feed, dialect: Dialect, given: Given, bounds: DateBounds) -> Judged:
    if feed.date_field is None:
        checks = [(f"{given.named_date} is null", NO_SNAPSHOT_DATE)] if feed.dated_by == "file_name" else []
        return _dated(Judged("", ()), checks, given.named_date, "snapshot date", bounds)
    field = feed.date_field
    judged = _judge(field, dialect)
    day = f"({judged.values[0][1]})::date"
    checks = rules(field, dialect, token(field, dialect), name(f"text of {field.path} for {field.column}"))
    if judged.holds is None:
        return _dated(judged, checks, day, field.path, bounds)
    within = f"{day} between DATE '{bounds.earliest}' and DATE '{bounds.latest}'"
    # Its own column, where it has one, is judged with the fields.
    holds = within if field.column != "activity_date" else f"({judged.holds} and {within})"
    return replace(_dated(judged, checks, day, field.path, bounds), holds=holds)


def _dated(judged: Judged, checks: list[tuple[str, str]], day: str, path: str, bounds: DateBounds) -> Judged:
    """The judgement of a date as that of the activity date, which has bounds."""
    bounded = [
        *checks,
        (f"{day} < DATE '{bounds.earliest}'", f"{path}: before the earliest date of the settings"),
        (f"{day} > DATE '{bounds.latest}'", f"{path}: more than a day in the future"),
    ]
    return replace(judged, reason=reason_sql(bounded), values=(("activity_date", day),), is_key=True)


def _judge(field: Field, dialect: Dialect, *, is_key: bool = False) -> Judged:
    return (judge_plain if dialect.is_plain else judge)(field, dialect, is_key=is_key)


def _judged_fields(feed: Feed, dialect: Dialect) -> list[Judged]:
    judgements = [_judged_requirement(one) for one in feed.requirements]
    judgements += [_judged_actor(feed, dialect)] if feed.actors else []
    if dialect is TOKEN:
        judgements += [judge_container(path) for path in _optional_containers(feed)]
        judgements += [judge_keyed_list(keyed) for keyed in feed.keyed_lists]
    for field in feed.fields:
        if isinstance(field, Total):
            judgements.append(judge_total(field, dialect))
        elif isinstance(field, Rows):
            judgements.append(judge_rows(field))
        elif isinstance(field, Fingerprint):
            judgements.append(judge_fingerprint(field))
        else:
            judgements.append(_judge(field, dialect, is_key=field.column in feed.record_key))
    if feed.required_one_of:
        neither = " and ".join(dialect.is_absent(name(path)) for path in feed.required_one_of)
        judgements.append(
            Judged(reason_sql([(neither, f"{' or '.join(feed.required_one_of)}: missing")]), ())
        )
    if feed.date_field is not None and feed.date_field.column != "activity_date":
        is_key = feed.date_field.column in feed.record_key
        judgements.append(_judge(feed.date_field, dialect, is_key=is_key))
    return judgements


def _judged_requirement(requirement: Requirement) -> Judged:
    """What a record must say, as a judgement without a value."""
    found = name(requirement.path)
    is_asked = f"not {TOKEN.is_absent(name(requirement.only_with))}"
    is_met = f"coalesce({found} in ({', '.join(map(literal, requirement.tokens))}), false)"
    return Judged(
        reason_sql([(f"{is_asked} and not {is_met}", f"{requirement.path}: not {requirement.shape}")]), ()
    )


def _judged_actor(feed: Feed, dialect: Dialect) -> Judged:
    """actor_kind and actor_name by the first way that applies."""
    actors: tuple[Actor, ...] = feed.actors
    texts: list[tuple[str, str]] = []
    tests: list[tuple[str, str]] = []
    kinds, names, checks, holds, conditions = [], [], [], [], []
    for actor in actors:
        judged = _judge(actor.name, dialect)
        judged_found = token(actor.name, dialect)
        texts += judged.texts
        tests += judged.tests
        text = judged.texts[0][0]
        if actor.when_path:
            wanted = literal(actor.when_value or "" if dialect.is_plain else f'"{actor.when_value}"')
            applies = f"coalesce({name(actor.when_path)} = {wanted}, false)"
        elif actor is actors[-1] and not feed.may_lack_actor:
            applies = "true"
        elif actor.when_pattern:
            applies = name(f"{actor.name.path} names {actor.kind}")
            matches = f"coalesce({_matches(actor.when_pattern, text, judged_found, dialect)}, false)"
            tests.append((applies, matches))
        else:
            # A value of a wrong type counts as present, so that it is refused instead of passed over.
            found = name(actor.name.path)
            is_odd = f"not {dialect.is_absent(found)} and not {dialect.is_text(found)}"
            applies = f"({text} is not null or {is_odd})"
        conditions.append(applies)
        kinds.append(f"when {applies} then {literal(actor.kind)}")
        names.append(f"when {applies} then {text}")
        checks.append(f"when {applies} then {judged.reason}")
        holds.append(f"when {applies} then {judged.holds or f'({judged.reason}) is null'}")
    unknown = ""
    if feed.may_lack_actor:
        kinds.append(f"else {literal(NOBODY)}")
    elif actors[0].when_path:
        known = " or ".join(literal(actor.when_value or "")[1:-1] for actor in actors)
        path = actors[0].when_path
        unknown = (
            f"when {dialect.is_absent(name(path))} then {literal(f'{path}: missing')} "
            f"else {literal(f'{path}: not {known}')}"
        )
    return Judged(
        f"case {' '.join(checks)} {unknown} end",
        (("actor_kind", f"case {' '.join(kinds)} end"), ("actor_name", f"case {' '.join(names)} end")),
        tuple(texts),
        is_key=True,
        holds=f"(case {' '.join(holds)} else {'false' if unknown else 'true'} end)"
        if dialect.is_plain
        else None,
        tests=tuple(tests),
    )


def _matches(pattern: str, text: str, found: str, dialect: Dialect) -> str:
    matches = f"regexp_full_match({text}, {literal(pattern)})"
    plainly = matches_plainly(pattern, text)
    if not plainly:
        return matches
    # Not an `or`, of which DuckDB computes both sides for every value.
    return f"case when not {dialect.may_hold_controls(found)} and {plainly} then true else {matches} end"


def _optional_containers(feed: Feed) -> list[str]:
    """Objects below which nothing is required, outermost first."""
    paths = {field.path for field in feed.scalars} | {
        path for total in feed.fields if isinstance(total, Total) for path in total.paths
    }
    paths |= {keyed.path for keyed in feed.keyed_lists}
    actor_paths = {actor.name.path for actor in feed.actors}
    required = {field.path for field in feed.scalars if field.required} | actor_paths
    if feed.may_lack_actor:  # an actor of another shape would pass for none
        required -= actor_paths
    return sorted(
        container
        for container in {container for path in paths for container in containers(path)}
        if not any(path.startswith(f"{container}.") for path in required)
    )


def looked_at_paths(feed: Feed) -> list[str]:
    """Every JSON path that is looked at in a record, each once."""
    paths = [path for field in feed.scalars for path in (field.path, field.fallback, field.unit_path) if path]
    paths += [field.required_with for field in feed.scalars if field.required_with]
    paths += [actor.when_path for actor in feed.actors if actor.when_path]
    paths += [path for one in feed.requirements for path in (one.path, one.only_with)]
    paths += [*feed.required_one_of, *(keyed.path for keyed in feed.keyed_lists)]
    for field in feed.fields:
        if isinstance(field, Total):
            paths += field.paths
        elif isinstance(field, Rows):
            paths.append(field.path)
        elif isinstance(field, Fingerprint):
            paths.append(field.only_with)
    return list(dict.fromkeys([*paths, *_optional_containers(feed)]))
