"""Nights in a row over a drawn company: what each observes, late feeds included, or what went wrong instead.

What is drawn belongs to drawn_company.py, how a night is judged to the models behind figure_nights.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tests.unit.drawn_company import DAYS, FIRST, DrawnCompany, day_date
from tests.unit.figure_nights import FigureNights, Row


class DrawnNights:
    """One company. `observe` judges a day; `publish` makes it what later nights know."""

    def __init__(self, models: Mapping[str, str], company: DrawnCompany, *, first_night: int) -> None:
        self._nights = FigureNights(models)
        self._company = company
        self._waiting: set[int] = set()
        self._compute(company, range(DAYS), as_of=DAYS - 1)
        self._nights.run(
            "create table all_figures as from scratch.main.int_usage_figure",
            "insert into adoption.ops.usage_figure by name from all_figures "
            f"where activity_date < '{day_date(first_night)}'",
        )

    def observe(self, night: int) -> list[Row]:
        """What is off on a night as it was drawn, with what came late of the days before."""
        self._begin({night, *self._waiting}, as_of=night)
        late = [tool for tool, day in self._company.late if day == night]
        # what is late is not observed, nor are all tools together
        missing = ", ".join(f"'{tool}'" for tool in [*late, "any"]) if late else "''"
        self._nights.run(
            "create or replace table scratch.main.int_usage_figure as from all_figures "
            "where activity_date in (select activity_date from scratch.main.int_touched_date) "
            f"and not (activity_date = '{day_date(night)}' and tool_id in ({missing}))"
        )
        self._waiting = {night} if late else set()
        return self._nights.judge()

    def suffer(self, night: int, day: DrawnCompany) -> list[Row]:
        """What is off if the day came like this instead; nothing of it stays."""
        self._compute(day, [night], as_of=night)
        return self._nights.judge()

    def publish(self) -> None:
        """Take the night that was observed last into force."""
        self._nights.publish()

    def _begin(self, days: Collection[int], *, as_of: int) -> None:
        self._nights.begin(day_date(as_of), day_date(as_of - 1), [day_date(day) for day in days])

    def _compute(self, company: DrawnCompany, days: Iterable[int], *, as_of: int) -> None:
        """The tables of a night that its figures are computed from, and the figures."""
        self._begin(list(days), as_of=as_of)
        for name in ("people", "use", "surfaces"):
            self._nights.connection.register(name, getattr(company, name))
        self._nights.run(*_TABLES)
        self._nights.build("int_usage_figure")


_DATE = f"date '{FIRST}' + day::integer as activity_date"
_TABLES = (
    f"""create or replace table scratch.main.int_person_day as
    select person::varchar as employee_key, {_DATE}, line as line_of_business,
        expected_thousandths::integer as expected_thousandths
    from people""",
    """create or replace table scratch.main.int_tool_day as
    select tools.tool_id, dates.activity_date, true as is_covered
    from (select distinct tool as tool_id from use) as tools, scratch.main.int_touched_date as dates""",
    f"""create or replace table adoption.marts.fct_employee_tool_daily as
    select person::varchar as employee_key, tool as tool_id, {_DATE}, true as is_active,
        actions::bigint as intentional_action_count, input_tokens::bigint as input_token_count,
        output_tokens::bigint as output_token_count, cost as list_cost_usd
    from use""",
    f"""create or replace table scratch.main.int_person_surface_day as
    select person::varchar as employee_key, tool as tool_id, {_DATE}, kind as surface_kind,
        name as surface_name, false as is_counter, actions::bigint as action_count
    from surfaces""",
)
