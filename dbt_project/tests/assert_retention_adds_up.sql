{{ config(description='Still there, elsewhere, unrated and gone are everybody who started; a refused comparison states none of the first three.') }}
select retention.*
from {{ ref('tier_retention') }} as retention
where (retention.is_comparable and retention.still_count + retention.other_tier_count + retention.unrated_count + retention.left_count <> retention.start_count)
    or retention.is_comparable <> (retention.refusal_reason is null)
    or (not retention.is_comparable and coalesce(retention.still_count, retention.other_tier_count, retention.unrated_count) is not null)
