{#
    The rows of `measures` (keys, mode_code, measure_name, measure_value) whose mode reaches its floor:
    one alternative of the floor with every row met. Measures are summed over whatever `keys` leave out.
#}
{% macro floors_reached(measures, keys) %}
    select distinct {{ keys | join(', ') }}
    from (
        select
            {{ keys | join(', ') }},
            floors.alternative_number,
            min(floors.needed_count) as needed_count,
            count(case when summed.measure_value >= floors.minimum_count then 1 end) as met_count,
        from (
            select
                {{ keys | join(', ') }},
                measure_name,
                sum(measure_value) as measure_value,
            from {{ measures }}
            group by {{ keys | join(', ') }}, measure_name
        ) as summed
        inner join (
            select
                seed.mode_code as floor_mode_code,
                seed.alternative_number,
                seed.measure_name as floor_measure_name,
                seed.minimum_count,
                count(*) over (partition by seed.mode_code, seed.alternative_number) as needed_count,
            from {{ ref('mode_floors') }} as seed
        ) as floors
            on floors.floor_mode_code = summed.mode_code
            and floors.floor_measure_name = summed.measure_name
        group by {{ keys | join(', ') }}, floors.alternative_number
    ) as alternatives
    where alternatives.met_count = alternatives.needed_count
{% endmacro %}
