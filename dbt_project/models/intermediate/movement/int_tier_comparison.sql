-- Grain: policy x scope x comparison kind x from week x to week. Pairs of weeks of which one is touched, whether or not both are published.
with touched as (
    select distinct
        due.policy_id,
        due.week_start_date,
    from {{ ref('int_tier_week_due') }} as due
),

-- the Monday of the last week that ends in a month, of every month whose movement a touched week can be an end of
months as (
    select distinct
        months.month_start_date,
        {{ last_week_of_month('months.month_start_date') }} as from_week_start_date,
        {{ last_week_of_month(month_after('months.month_start_date')) }} as to_week_start_date,
    from (
        select {{ month_start('touched.week_start_date + 6') }} as month_start_date from touched
        union
        select {{ month_before(month_start('touched.week_start_date + 6')) }} as month_start_date from touched
    ) as months
),

candidates as (
    select
        touched.policy_id,
        'week' as comparison_kind,
        touched.week_start_date - 7 as from_week_start_date,
        touched.week_start_date as to_week_start_date,
        touched.week_start_date as period_start_date,
    from touched
    union
    select
        touched.policy_id,
        'week' as comparison_kind,
        touched.week_start_date as from_week_start_date,
        touched.week_start_date + 7 as to_week_start_date,
        touched.week_start_date + 7 as period_start_date,
    from touched
    union
    select
        touched.policy_id,
        'month' as comparison_kind,
        months.from_week_start_date,
        months.to_week_start_date,
        {{ month_after('months.month_start_date') }} as period_start_date,
    from touched
    inner join months
        on touched.week_start_date in (months.from_week_start_date, months.to_week_start_date)
    union
    select
        touched.policy_id,
        'retention' as comparison_kind,
        touched.week_start_date as from_week_start_date,
        touched.week_start_date + 7 * horizons.weeks_after as to_week_start_date,
        touched.week_start_date as period_start_date,
    from touched
    cross join {{ ref('retention_horizons') }} as horizons
    union
    select
        touched.policy_id,
        'retention' as comparison_kind,
        touched.week_start_date - 7 * horizons.weeks_after as from_week_start_date,
        touched.week_start_date as to_week_start_date,
        touched.week_start_date - 7 * horizons.weeks_after as period_start_date,
    from touched
    cross join {{ ref('retention_horizons') }} as horizons
),

-- one version speaks for a policy's week
published as (
    select
        tiers.policy_id,
        tiers.week_start_date,
        max(tiers.policy_version) as policy_version,
    from {{ ref('fct_employee_tier_weekly') }} as tiers
    where tiers.week_start_date in (
        select candidates.from_week_start_date from candidates
        union
        select candidates.to_week_start_date from candidates
    )
    group by tiers.policy_id, tiers.week_start_date
),

-- the set of cut-offs that a week's tiers were read from, where its policy has percentiles
cutoffs as (
    select distinct
        published.policy_id,
        published.week_start_date,
        cutoffs.valid_from,
    from published
    inner join {{ ref('int_tier_cutoff') }} as cutoffs
        on cutoffs.policy_id = published.policy_id
        and cutoffs.policy_version = published.policy_version
        and cutoffs.valid_from <= published.week_start_date + 6
        and {{ span_closed('cutoffs.valid_to') }} > published.week_start_date + 6
),

-- numbers stand for series and comparisons where millions of rows are joined
series as (
    select
        scopes.policy_id,
        scopes.scope_code,
        row_number() over (order by scopes.policy_id, scopes.scope_code) as series_number,
    from {{ ref('tier_policy_scopes') }} as scopes
),

final as (
    select
        row_number() over (
            order by
                series.series_number,
                candidates.comparison_kind,
                candidates.from_week_start_date,
                candidates.to_week_start_date
        ) as comparison_number,
        series.series_number,
        candidates.policy_id,
        series.scope_code,
        candidates.comparison_kind,
        candidates.period_start_date,
        candidates.from_week_start_date,
        candidates.to_week_start_date,
        from_weeks.policy_version as from_policy_version,
        to_weeks.policy_version as to_policy_version,
        -- a first week has nothing before it: to call everybody in it a joiner would be made up
        from_weeks.policy_id is not null and to_weeks.policy_id is not null as is_published,
        case
            when from_weeks.policy_version <> to_weeks.policy_version
                then 'policy version changed from ' || from_weeks.policy_version || ' to ' || to_weeks.policy_version
            when from_cutoffs.valid_from <> to_cutoffs.valid_from
                then 'cut-offs of ' || from_cutoffs.valid_from || ' replaced by those of ' || to_cutoffs.valid_from
        end as refusal_reason,
    from candidates
    inner join series
        on series.policy_id = candidates.policy_id
    left join published as from_weeks
        on from_weeks.policy_id = candidates.policy_id
        and from_weeks.week_start_date = candidates.from_week_start_date
    left join published as to_weeks
        on to_weeks.policy_id = candidates.policy_id
        and to_weeks.week_start_date = candidates.to_week_start_date
    left join cutoffs as from_cutoffs
        on from_cutoffs.policy_id = candidates.policy_id
        and from_cutoffs.week_start_date = candidates.from_week_start_date
    left join cutoffs as to_cutoffs
        on to_cutoffs.policy_id = candidates.policy_id
        and to_cutoffs.week_start_date = candidates.to_week_start_date
)

select * from final
