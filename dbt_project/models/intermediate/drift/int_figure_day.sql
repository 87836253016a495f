-- Grain: activity date x scope x tool x measure x member, of the dates that a judgement of this run looks at. Each figure as it is compared:
-- a share in parts of the whole, a level as the logarithm of its value; with the number of releases up to its date, before which other
-- levels were usual. No rows where this run observed nothing for the first time.
{%- set key = figure_key() %}
{%- set columns = figure_columns() %}
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

thresholds as (
    {{ thresholds_of('figures_follow_their_usual', ['weeks_before', 'first_days']) }}
),

tonight as (
    select * from {{ ref('int_usage_figure') }}
),

published as (
    {{ published_before('ops', 'usage_figure', columns) }}
),

known_days as (
    select distinct
        published.activity_date,
        published.tool_id,
    from published
),

releases as (
    select distinct published.activity_date
    from published
    where published.is_off
),

-- nights that were held judge their dates again, since nothing was published of them; a first night judges its last days
bounds as (
    select
        case
            when exists (select 1 from known_days) then run_window.previous_as_of_date + 1
            else run_window.as_of_date + 1 - cast(thresholds.first_days as integer)
        end as first_new_date,
        not exists (select 1 from known_days) as is_first_night,
    from run_window
    cross join thresholds
),

figures as (
    select
        tonight.*,
        known_days.activity_date is null
            and (not bounds.is_first_night or tonight.activity_date >= bounds.first_new_date) as is_judged,
        published.deviation,
    from tonight
    cross join bounds
    left join known_days
        on known_days.activity_date = tonight.activity_date
        and known_days.tool_id = tonight.tool_id
    left join published
        on published.activity_date = tonight.activity_date
        {{ same_key('published', 'tonight') }}
    union all by name
    select
        published.* exclude (usual_value, lowest_value, highest_value, is_off),
        false as is_judged,
    from published
    where published.activity_date not in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
),

reach as (
    select
        figures.activity_date,
        -- a day that comes late is compared with what lies before it
        least(figures.activity_date, bounds.first_new_date) - 7 * cast(thresholds.weeks_before as integer) as from_date,
    from figures
    cross join bounds
    cross join thresholds
    where figures.is_judged
    group by all
),

-- where the whole was observed and a member was not, it had no part in it
members as (
    select distinct {{ key | join(', ') }}
    from figures
),

wholes as (
    select
        figures.activity_date,
        figures.scope_kind,
        figures.scope_name,
        figures.tool_id,
        figures.measure_name,
        figures.is_judged,
        max(figures.person_count) as person_count,
        max(figures.expected_fraction) as expected_fraction,
    from figures
    where figures.activity_date >= (select min(reach.from_date) from reach)
    group by all
),

segments as (
    select
        dates.activity_date,
        count(releases.activity_date) as segment_number,
        coalesce(bool_or(releases.activity_date = dates.activity_date), false) as is_release_date,
    from (select distinct wholes.activity_date from wholes) as dates
    left join releases
        on releases.activity_date <= dates.activity_date
    group by dates.activity_date
),

final as (
    select
        wholes.*,
        members.member_name,
        reach.from_date as compared_from_date,
        segments.segment_number,
        segments.is_release_date,
        coalesce(figures.total_value, 0) as total_value,
        coalesce(figures.standard_error, 0) as raw_error,
        figures.deviation,
        {{ is_share('wholes.measure_name') }} as is_share,
        case
            when is_share then coalesce(figures.total_value, 0) / wholes.person_count
            -- nothing at all is less than the least there can be
            else ln(greatest(coalesce(figures.total_value, 0), 0.5) / wholes.person_count)
        end as figure,
        case
            when is_share then raw_error
            else raw_error * wholes.person_count / greatest(coalesce(figures.total_value, 0), 0.5)
        end as standard_error,
    from wholes
    inner join members
        on members.scope_kind = wholes.scope_kind
        and members.scope_name = wholes.scope_name
        and members.tool_id = wholes.tool_id
        and members.measure_name = wholes.measure_name
    inner join segments
        on segments.activity_date = wholes.activity_date
    left join reach
        on reach.activity_date = wholes.activity_date
        and wholes.is_judged
    left join figures
        on figures.activity_date = wholes.activity_date
        {{ same_key('figures', 'wholes', ['member_name']) }}
        and figures.member_name = members.member_name
)

select * from final
