-- depends_on: {{ ref('int_touched_date') }} (it compares with the table that this one replaces)
select
    fingerprints.activity_date,
    fingerprints.input_kind,
    fingerprints.fingerprint,
from {{ ref('int_input_fingerprint') }} as fingerprints
