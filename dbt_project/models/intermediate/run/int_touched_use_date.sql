-- Grain: date. The dates on which usage or coverage may be other than before, for anybody: those the run names, and those that a new
-- snapshot reaches back to.
select touched.activity_date from {{ source('run', 'touched_date') }} as touched
union
select reached.activity_date from {{ ref('int_reached_date') }} as reached
