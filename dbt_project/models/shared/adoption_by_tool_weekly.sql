{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=["{{ delete_touched_weeks() }}", "{{ shift_observed_counts() }}"],
) }}

-- depends_on: {{ ref('int_observed_shift') }} (a hook before it brings the weeks up to date that stay)
with weeks as (
    select
        weeks.week_start_date,
        weeks.week_start_date + 6 as week_end_date,
    from {{ ref('int_touched_week') }} as weeks
),

tools as (
    select distinct feeds.tool_id from {{ ref('int_tool_feed') }} as feeds
),

employed as (
    select
        weeks.week_start_date,
        count(distinct employment.employee_id) as employed_count,
    from weeks
    inner join {{ ref('int_employment_span') }} as employment
        on employment.valid_from <= weeks.week_end_date
        and {{ span_closed('employment.valid_to') }} > weeks.week_start_date
    group by weeks.week_start_date
),

included as (
    select
        weeks.week_start_date,
        count(distinct days.employee_key) as included_count,
    from weeks
    inner join {{ ref('int_person_day') }} as days
        on days.activity_date between weeks.week_start_date and weeks.week_end_date
    group by weeks.week_start_date
),

entitled as (
    select
        weeks.week_start_date,
        access.tool_id,
        count(distinct access.employee_key) as entitled_count,
        count(distinct case when not access.is_missing then access.employee_key end) as observed_count,
    from weeks
    inner join {{ ref('int_person_tool_access_day') }} as access
        on access.activity_date between weeks.week_start_date and weeks.week_end_date
    group by weeks.week_start_date, access.tool_id
),

person_weeks as (
    select
        weeks.week_start_date,
        facts.tool_id,
        facts.employee_key,
        bool_or(facts.is_active and facts.activity_date >= weeks.week_start_date) as is_active,
        bool_or(facts.is_active) as is_active_28d,
        bool_or(facts.is_substantive and facts.activity_date >= weeks.week_start_date) as is_substantive,
        bool_or(
            facts.is_active
            and facts.activity_date < weeks.week_start_date
            and facts.activity_date >= weeks.week_start_date - 7
        ) as is_active_week_before,
        sum(case when facts.activity_date >= weeks.week_start_date then facts.list_cost_usd end) as list_cost_usd,
    from weeks
    inner join {{ ref('fct_employee_tool_daily') }} as facts
        on facts.activity_date >= weeks.week_end_date - 27
        and facts.activity_date <= weeks.week_end_date
    group by weeks.week_start_date, facts.tool_id, facts.employee_key
),

used as (
    select
        person_weeks.week_start_date,
        person_weeks.tool_id,
        count(case when person_weeks.is_active then 1 end) as active_count,
        count(case when person_weeks.is_active_28d then 1 end) as active_28d_count,
        count(case when person_weeks.is_substantive then 1 end) as substantive_count,
        count(case when person_weeks.is_active and person_weeks.is_active_week_before then 1 end) as returning_count,
        sum(person_weeks.list_cost_usd) as list_cost_usd,
    from person_weeks
    group by person_weeks.week_start_date, person_weeks.tool_id
),

combined as (
    select
        weeks.week_start_date,
        tools.tool_id,
        coalesce(employed.employed_count, 0) as employed_count,
        coalesce(included.included_count, 0) as included_count,
        coalesce(entitled.entitled_count, 0) as entitled_count,
        coalesce(entitled.observed_count, 0) as observed_count,
        coalesce(used.active_count, 0) as active_count,
        coalesce(used.active_28d_count, 0) as active_28d_count,
        coalesce(used.substantive_count, 0) as substantive_count,
        coalesce(used.returning_count, 0) as returning_count,
        used.list_cost_usd,
        case
            when coalesce(included.included_count, 0) = 0 then 'no agreement on file'
            when coalesce(entitled.entitled_count, 0) < {{ smallest_group() }} then 'group too small'
        end as suppression_reason,
    from weeks
    cross join tools
    left join employed
        on employed.week_start_date = weeks.week_start_date
    left join included
        on included.week_start_date = weeks.week_start_date
    left join entitled
        on entitled.week_start_date = weeks.week_start_date
        and entitled.tool_id = tools.tool_id
    left join used
        on used.week_start_date = weeks.week_start_date
        and used.tool_id = tools.tool_id
),

final as (
    select
        combined.week_start_date,
        combined.tool_id,
        {% for column in ['employed_count', 'included_count'] -%}
        cast(combined.{{ column }} as bigint) as {{ column }},
        {% endfor -%}
        {% for column in ['entitled_count', 'observed_count', 'active_count', 'active_28d_count', 'substantive_count', 'returning_count'] -%}
        case when combined.suppression_reason is null then cast(combined.{{ column }} as bigint) end as {{ column }},
        {% endfor -%}
        case when combined.suppression_reason is null then cast(combined.list_cost_usd as decimal(18, 6)) end as list_cost_usd,
        combined.suppression_reason,
    from combined
    where combined.employed_count >= {{ smallest_group() }}
)

select * from final
