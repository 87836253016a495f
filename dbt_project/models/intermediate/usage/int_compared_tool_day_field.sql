-- Grain: employee x tool x source x feed x activity date x automated or not x vendor field. The fields that seeds map to measures, where
-- stated, of the feeds that are only compared with those that decide of the tool.
{{ tool_day_fields(ref('int_compared_feed')) }}
