-- Grain: activity date x scope x tool x measure x member, of figures this run observed for the first time, where the weeks before say what
-- was usual. How far each is from that, shares in parts of the whole, levels in the logarithm of how many times the usual, and how far it
-- may be. What was published although it was further off, a person released: from that date on it is what is usual.
{%- set key = figure_key() %}
{%- set columns = figure_columns() %}
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

thresholds as (
    {{ thresholds_of('figures_follow_their_usual', [
        'weeks_before', 'weekdays_needed', 'first_days', 'off_day_use', 'like_difference', 'unlike_multiple', 'fewest_people', 'noise_multiple', 'company_level_change',
        'company_share_change', 'line_of_business_level_change', 'line_of_business_share_change',
    ]) }}
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
        known_days.activity_date is null and (not bounds.is_first_night or tonight.activity_date >= bounds.first_new_date) as is_judged,
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
    from (select distinct wholes.activity_date from wholes) as dates
    left join releases
        on releases.activity_date <= dates.activity_date
    group by dates.activity_date
),

grid as (
    select
        wholes.*,
        members.member_name,
        segments.segment_number,
        coalesce(figures.total_value, 0) as total_value,
        coalesce(figures.standard_error, 0) as raw_error,
        figures.deviation,
        {{ is_share('wholes.measure_name') }} as is_share,
        case
            when is_share then coalesce(figures.total_value, 0) / wholes.person_count
            -- nothing at all is less than the least there can be
            else ln(greatest(coalesce(figures.total_value, 0), 0.5) / wholes.person_count)
        end as figure,
        case when is_share then raw_error else raw_error * wholes.person_count / greatest(coalesce(figures.total_value, 0), 0.5) end as standard_error,
    from wholes
    inner join members
        on members.scope_kind = wholes.scope_kind
        and members.scope_name = wholes.scope_name
        and members.tool_id = wholes.tool_id
        and members.measure_name = wholes.measure_name
    inner join segments
        on segments.activity_date = wholes.activity_date
    left join figures
        on figures.activity_date = wholes.activity_date
        {{ same_key('figures', 'wholes', ['member_name']) }}
        and figures.member_name = members.member_name
),

earlier as (
    select
        judged.activity_date as judged_date,
        days.*,
        cast(judged.activity_date - days.activity_date as integer) as days_before,
        days_before % 7 = 0 as is_same_weekday,
        -- a holiday is like a weekend, and a holiday of some of the people like neither that nor a weekday
        abs(ln((days.expected_fraction + thresholds.off_day_use) / (judged.expected_fraction + thresholds.off_day_use)))
            <= thresholds.like_difference as is_like,
    from grid as judged
    cross join thresholds
    inner join reach
        on reach.activity_date = judged.activity_date
    inner join grid as days
        on days.activity_date >= reach.from_date
        and days.activity_date < judged.activity_date
        and not days.is_judged
        {{ same_key('days', 'judged') }}
    where judged.is_judged
),

counted as (
    select
        {{ key | join(', ') }},
        judged_date,
        segment_number,
        count(case when is_same_weekday then 1 end) as weekday_count,
        count(case when is_same_weekday and is_like then 1 end) as like_weekday_count,
        count(case when is_like then 1 end) as like_day_count,
    from earlier
    group by all
),

-- The same weekdays; where the day is unlike them, all days that are like it; where none are, the same weekdays all the same. Of the
-- latest span between releases that has enough of them.
chosen_segment as (
    select
        {{ key | join(', ') }},
        counted.judged_date,
        max(case when counted.like_weekday_count >= thresholds.weekdays_needed then counted.segment_number end) as weekday_segment,
        max(case when counted.like_day_count >= thresholds.weekdays_needed then counted.segment_number end) as day_segment,
        max(case when counted.weekday_count >= thresholds.weekdays_needed then counted.segment_number end) as unlike_segment,
        case when weekday_segment is not null then 'weekday' when day_segment is not null then 'day' else 'unlike' end as match_kind,
        coalesce(weekday_segment, day_segment, unlike_segment) as segment_number,
    from counted
    cross join thresholds
    group by all
    having sum(counted.weekday_count) >= max(thresholds.weekdays_needed)
        and max(greatest(counted.weekday_count, counted.like_day_count)) >= max(thresholds.weekdays_needed)
),

like_days as (
    select
        earlier.*,
        chosen.match_kind,
        chosen.match_kind = 'day' or earlier.is_same_weekday as is_chosen,
        earlier.figure - lag(earlier.figure) over weekdays as weekly_step,
        lag(earlier.days_before) over weekdays - earlier.days_before as step_days,
    from earlier
    inner join chosen_segment as chosen
        on chosen.judged_date = earlier.judged_date
        and chosen.segment_number = earlier.segment_number
        {{ same_key('chosen', 'earlier') }}
    where earlier.is_like
        or chosen.match_kind = 'unlike'
    window weekdays as (
        partition by earlier.judged_date, {{ prefixed('earlier', key) }}, earlier.days_before % 7
        order by earlier.activity_date
    )
),

-- how much a week moves the figure by itself, and how much it swings from week to week
rhythm as (
    select
        {{ key | join(', ') }},
        judged_date,
        count(weekly_step) as step_count,
        median(weekly_step) as median_step,
        {{ robust_deviation('weekly_step') }} / sqrt(2) as swing,
        -- a tool that is rolled out grows for weeks: that is no jump, where it is clear
        case when step_count >= 5 and abs(median_step) > 5 * swing / sqrt(step_count) then median_step else 0 end as weekly_trend,
    from (select * replace (case when step_days = 7 then weekly_step end as weekly_step) from like_days) as steps
    group by all
),

usual as (
    select
        {{ prefixed('days', key) }},
        days.judged_date,
        any_value(days.segment_number) as segment_number,
        any_value(days.match_kind) as match_kind,
        median(days.figure + case when days.match_kind <> 'day' then rhythm.weekly_trend * days.days_before / 7 else 0 end) as usual_figure,
        median(days.standard_error) as standard_error,
        median(days.total_value) as total_value,
        median(days.person_count) as person_count,
        median(days.expected_fraction) as expected_fraction,
        case when any_value(rhythm.step_count) >= 5 then any_value(rhythm.swing) else {{ robust_deviation('days.figure') }} end as swing,
    from like_days as days
    inner join rhythm
        on rhythm.judged_date = days.judged_date
        {{ same_key('rhythm', 'days') }}
    where days.is_chosen
    group by {{ prefixed('days', key) }}, days.judged_date
),

-- until enough days like it have passed since a release, both what was usual before it and what was released are
released as (
    select
        {{ prefixed('usual', key) }},
        usual.judged_date,
        least(0, min(days.deviation)) as lowest_shift,
        greatest(0, max(days.deviation)) as highest_shift,
    from usual
    inner join earlier as days
        on days.judged_date = usual.judged_date
        {{ same_key('days', 'usual') }}
        and days.segment_number > usual.segment_number
        and days.deviation is not null
    inner join releases
        on releases.activity_date = days.activity_date
    group by {{ prefixed('usual', key) }}, usual.judged_date
),

compared as (
    select
        judged.*,
        usual.usual_figure,
        -- fewer people at work are no fall, and on a day unlike all others that many fewer are usual; some are active whatever is expected
        case
            when judged.measure_name = 'active_people'
                then ln((judged.expected_fraction + thresholds.off_day_use) / (usual.expected_fraction + thresholds.off_day_use))
            else 0
        end as workforce_shift,
        usual.usual_figure + coalesce(released.lowest_shift, 0)
            + case when usual.match_kind = 'unlike' then workforce_shift else least(0, workforce_shift) end as lowest_usual,
        usual.usual_figure + coalesce(released.highest_shift, 0)
            + case when usual.match_kind = 'unlike' then workforce_shift else greatest(0, workforce_shift) end as highest_usual,
        {% for kind in scope_kinds() -%}
        {{ 'case' if loop.first }} when judged.scope_kind = '{{ kind }}' then case when judged.is_share then thresholds.{{ kind }}_share_change else thresholds.{{ kind }}_level_change end
        {% endfor -%}
        end as least_change,
        -- one person's burst makes the figure of that day uncertain; what is missing was as certain as it used to be
        case when judged.figure > usual.usual_figure then greatest(usual.standard_error, judged.standard_error) else usual.standard_error end as error,
        case when usual.match_kind = 'unlike' then thresholds.unlike_multiple else 1 end
        -- the level since a release is known from that day alone
        * case when released.judged_date is null then 1 else sqrt(2) end
        * greatest(
            least_change,
            thresholds.noise_multiple * greatest(usual.swing, error)
        ) as tolerance,
    from grid as judged
    cross join thresholds
    inner join usual
        on usual.judged_date = judged.activity_date
        {{ same_key('usual', 'judged') }}
    left join released
        on released.judged_date = judged.activity_date
        {{ same_key('released', 'judged') }}
    where judged.is_judged
        and case
            when judged.measure_name = 'active_people' then greatest(judged.total_value, usual.total_value)
            else least(judged.person_count, usual.person_count)
        end >= thresholds.fewest_people
),

final as (
    select
        compared.activity_date,
        {{ prefixed('compared', key) }},
        compared.total_value,
        compared.person_count,
        compared.expected_fraction,
        compared.raw_error as standard_error,
        compared.total_value / compared.person_count as figure_value,
        {% for name, figure in {
            'usual_value': 'compared.usual_figure',
            'lowest_value': 'compared.lowest_usual - compared.tolerance',
            'highest_value': 'compared.highest_usual + compared.tolerance',
        }.items() -%}
        case when compared.is_share then least(1, greatest(0, {{ figure }})) else exp({{ figure }}) end as {{ name }},
        {% endfor -%}
        compared.figure - compared.usual_figure as deviation,
        greatest(compared.lowest_usual - compared.figure, compared.figure - compared.highest_usual, 0) / compared.tolerance as excess,
        excess > 1 as is_off,
    from compared
)

select * from final
