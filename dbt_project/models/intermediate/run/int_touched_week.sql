-- whole ISO weeks that have ended and whose Sunday's figures can have changed
select touched.as_of_date - 6 as week_start_date
from {{ ref('int_touched_as_of_date') }} as touched
where {{ iso_weekday('touched.as_of_date') }} = 7
