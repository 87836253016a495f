-- Grain: employee x tool x source x feed x activity date x automated or not x vendor field. The fields that seeds map to measures, where
-- stated, of the feeds that count for the tool on the date.
{{ tool_day_fields(ref('int_tool_measure_feed')) }}
