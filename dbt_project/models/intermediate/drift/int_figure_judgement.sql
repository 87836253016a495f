-- Grain: activity date x scope x tool x measure x member, of figures this run observed for the first time, where the weeks before say what
-- was usual. How far each is from that and how far it may be. What was published although it was further off, a person released: from that
-- date on it is what is usual.
{%- set key = figure_key() %}
with grid as (
    select * from {{ ref('int_figure_day') }}
),

thresholds as (
    {{ thresholds_of('figures_follow_their_usual', [
        'weekdays_needed', 'off_day_use', 'like_difference', 'unlike_multiple', 'fewest_people', 'noise_multiple',
        'company_level_change', 'company_share_change', 'line_of_business_level_change', 'line_of_business_share_change',
    ]) }}
),

earlier as (
    select
        judged.activity_date as judged_date,
        days.*,
        cast(judged.activity_date - days.activity_date as integer) as days_before,
        days_before % 7 = 0 as is_same_weekday,
        -- a holiday is like a weekend, and a holiday of some of the people like neither that nor a weekday
        abs({{ expected_ratio('days', 'judged') }}) <= thresholds.like_difference as is_like,
    from grid as judged
    cross join thresholds
    inner join grid as days
        on days.activity_date >= judged.compared_from_date
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
        {% for kind, days in {'weekday': 'like_weekday', 'day': 'like_day', 'unlike': 'weekday'}.items() -%}
        max(case when counted.{{ days }}_count >= thresholds.weekdays_needed then counted.segment_number end) as {{ kind }}_segment,
        {% endfor -%}
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
        case
            when lag(earlier.days_before) over weekdays = earlier.days_before + 7
                then earlier.figure - lag(earlier.figure) over weekdays
        end as weekly_step,
    from earlier
    inner join chosen_segment as chosen
        on chosen.judged_date = earlier.judged_date
        and chosen.segment_number = earlier.segment_number
        {{ same_key('chosen', 'earlier') }}
    where earlier.is_like
        or (chosen.match_kind = 'unlike' and earlier.is_same_weekday)
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
        -- a tool that is rolled out grows for weeks, and that is no jump; where it may be chance, staying as it was is none either
        {% for trend, errors in {'weekly_trend': 5, 'possible_trend': 2}.items() -%}
        case when step_count >= 5 and abs(median_step) > {{ errors }} * swing / sqrt(step_count) then median_step else 0 end as {{ trend }},
        {% endfor %}
    from like_days
    group by all
),

usual as (
    select
        {{ prefixed('days', key) }},
        days.judged_date,
        any_value(days.segment_number) as segment_number,
        any_value(days.match_kind) as match_kind,
        {% for name, trend in {'usual_figure': 'weekly_trend', 'possible_figure': 'possible_trend'}.items() -%}
        median(
            days.figure + case when days.match_kind <> 'day' then rhythm.{{ trend }} * days.days_before / 7 else 0 end
        ) as {{ name }},
        {% endfor -%}
        median(days.standard_error) as standard_error,
        median(days.total_value) as total_value,
        median(days.person_count) as person_count,
        median(days.expected_fraction) as expected_fraction,
        case
            when any_value(rhythm.step_count) >= 5 then any_value(rhythm.swing)
            else {{ robust_deviation('days.figure') }}
        end as swing,
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
        and days.is_release_date
        and days.deviation is not null
    group by {{ prefixed('usual', key) }}, usual.judged_date
),

compared as (
    select
        judged.*,
        usual.usual_figure,
        -- fewer people at work are no fall, and on a day unlike all others that many fewer are usual
        case
            when judged.measure_name = 'active_people'
                then {{ expected_ratio('judged', 'usual') }}
            else 0
        end as workforce_shift,
        least(usual.usual_figure, usual.possible_figure) + coalesce(released.lowest_shift, 0)
            + case when usual.match_kind = 'unlike' then workforce_shift else least(0, workforce_shift) end as lowest_usual,
        greatest(usual.usual_figure, usual.possible_figure) + coalesce(released.highest_shift, 0)
            + case when usual.match_kind = 'unlike' then workforce_shift else greatest(0, workforce_shift) end as highest_usual,
        case
            {% for kind in scope_kinds() -%}
            when judged.scope_kind = '{{ kind }}' and judged.is_share then thresholds.{{ kind }}_share_change
            when judged.scope_kind = '{{ kind }}' then thresholds.{{ kind }}_level_change
            {% endfor -%}
        end as least_change,
        -- one person's burst makes the figure of that day uncertain; what is missing was as certain as it used to be
        case
            when judged.figure > usual.usual_figure then greatest(usual.standard_error, judged.standard_error)
            else usual.standard_error
        end as error,
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
        greatest(compared.lowest_usual - compared.figure, compared.figure - compared.highest_usual, 0)
            / compared.tolerance as excess,
        excess > 1 as is_off,
    from compared
)

select * from final
