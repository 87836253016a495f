"""Claude Code telemetry as OTLP JSON, written by the CLI itself or by a Collector: metric points and events.

Format: FORMATS 2a, 2d; both encodings of numbers and temporality give the same rows. Prompts, answers, tool
parameters, errors and the free names of agents, skills and servers are not among the fields, and must not be.
"""

from __future__ import annotations

from orchestration.sources.base import (
    NO_SPACE,
    Actor,
    Feed,
    Field,
    Fingerprint,
    Requirement,
    Source,
    email_field,
)
from orchestration.sources.layout import KeyedList, Level

TOKENS = 10**12
NAME = r"[\w.:/@-]+"
METRIC = "metric>name"
EVENT = "attributes[event.name]"

# An event is one (session, sequence), however often an exporter sends it. A metric point is told apart by all
# of its attributes, those that are not landed too. record_key is both, since one file holds both.
EVENT_KEY = ("session_id", "event_sequence")
METRIC_KEY = ("session_id", "metric_name", "recorded_at", "attributes_hash")

# Known attributes that are left where they are: what people and models wrote or named, ...
_CONTENT = (
    *("prompt", "response", "error", "tool_parameters", "command_name"),
    *("agent.name", "skill.name", "plugin.name", "mcp_server.name"),
)
# ... what places an event among others, ...
_PLACES = ("event.timestamp", "prompt.id", "message.uuid", "request_id", "client_request_id", "tool_use_id")
# ... how it came about and went, and figures that are landed in another unit or of no use here; ...
_CIRCUMSTANCES = (
    *("command_source", "tool_source", "language", "speed", "effort", "attempt", "status_code", "error_type"),
    *("cost_usd_micros", "response_length", "tool_input_size_bytes", "tool_result_size_bytes"),
    "identity.source",
)
# ... and of the resource, the program and the machine it ran on.
_MACHINE = ("service.version", "host.arch", "os.type", "os.version", "wsl.version")


def _name(column: str, key: str, *, required: bool = False) -> Field:
    """A word of the vendor's own vocabulary, not free text."""
    return Field(
        column,
        "text",
        f"attributes[{key}]",
        required=required,
        max_length=100,
        pattern=NAME,
        shape="a name",
    )


def _id(column: str, path: str) -> Field:
    return Field(column, "text", path, max_length=200, pattern=NO_SPACE, shape="an id")


def _count(column: str, key: str, maximum: int = TOKENS) -> Field:
    return Field(column, "count", f"attributes[{key}]", maximum=maximum, may_be_quoted=True)


def _attributes(path: str) -> KeyedList:
    return KeyedList(
        path,
        key="key",
        values=("value.stringValue", "value.intValue", "value.doubleValue", "value.boolValue"),
        quoted_numbers=("value.intValue", "value.doubleValue", "value.boolValue"),
    )


def _email(path: str) -> Actor:
    return Actor(
        "email",
        email_field("actor_name", path),
    )


CLAUDE_CODE = Feed(
    source="otel",
    name="claude_code",
    endpoint="OTLP JSON, one export request a line, as the file exporter of a Collector writes it",
    paging="none: a file is what was exported between two rotations",
    nestings=(
        (
            Level("resourceMetrics", "resource"),
            Level("scopeMetrics", may_be_absent=True),
            Level("metrics", "metric", may_be_absent=True),
            Level("sum.dataPoints"),
        ),
        (
            Level("resourceLogs", "resource"),
            Level("scopeLogs", may_be_absent=True),
            Level("logRecords", may_be_absent=True),
        ),
    ),
    keyed_lists=(_attributes("attributes"), _attributes("resource>resource.attributes")),
    dated_by="record",
    is_usage=True,
    date_field=Field(
        "recorded_at",
        "epoch_ns",
        "timeUnixNano",
        required=True,
        fallback="observedTimeUnixNano",
        may_be_quoted=True,
    ),
    # Only an OAuth login names a person. Without one there are ids of an account or of an installation.
    actors=(
        _email("attributes[user.email]"),
        _email("resource>resource.attributes[user.email]"),
        Actor("vendor_id", _id("actor_name", "attributes[user.account_id]")),
        Actor("vendor_id", _id("actor_name", "attributes[user.account_uuid]")),
        Actor("installation_id", _id("actor_name", "attributes[user.id]")),
    ),
    may_lack_actor=True,
    record_key=("activity_date", *EVENT_KEY, *METRIC_KEY[1:]),
    settle_days=3,
    # The body repeats the event's name, or is content; the others place an entry among traces.
    ignored_keys=(
        *("body", "severityNumber", "severityText", "traceId", "spanId", "flags", "droppedAttributesCount"),
        *("startTimeUnixNano", "exemplars", "resource>schemaUrl", "resource>resource.droppedAttributesCount"),
        *("metric>description", "metric>unit", "metric>metadata", "metric>sum.isMonotonic"),
        *(f"attributes[{key}]" for key in (*_CONTENT, *_PLACES, *_CIRCUMSTANCES)),
        *(f"resource>resource.attributes[{key}]" for key in _MACHINE),
    ),
    required_one_of=(METRIC, EVENT),
    requirements=(
        Requirement(
            "metric>sum.aggregationTemporality",
            tokens=("1", '"AGGREGATION_TEMPORALITY_DELTA"'),
            shape="delta",
            only_with=METRIC,
        ),
    ),
    fields=(
        Field(
            "metric_name",
            "text",
            METRIC,
            max_length=100,
            pattern=r"claude_code\.[a-z_.]+",
            shape="a metric of Claude Code",
        ),
        Field(
            "metric_value",
            "amount",
            "asDouble",
            fallback="asInt",
            may_be_quoted=True,
            required_with=METRIC,
            maximum=TOKENS,
            precision=24,
            scale=10,
        ),
        Fingerprint("attributes_hash", "attributes", only_with=METRIC),
        _name("event_name", "event.name"),
        _count("event_sequence", "event.sequence"),
        _id("session_id", "attributes[session.id]"),
        _id("organization_id", "attributes[organization.id]"),
        _id("account_id", "attributes[user.account_id]"),
        _id("installation_id", "attributes[user.id]"),
        Field("terminal_type", "text", "attributes[terminal.type]", max_length=100),
        _name("app_version", "app.version"),
        _name("app_entrypoint", "app.entrypoint"),
        Field(
            "service_name",
            "text",
            "resource>resource.attributes[service.name]",
            max_length=100,
            pattern=NAME,
            shape="a name",
        ),
        Field(
            "model_name",
            "text",
            "attributes[model]",
            max_length=200,
            pattern=NO_SPACE,
            shape="a model name",
        ),
        _name("value_type", "type"),
        _name("start_type", "start_type"),
        _name("query_source", "query_source"),
        _name("tool_name", "tool_name"),
        _name("decision", "decision"),
        _name("decision_source", "source"),
        _name("tool_decision_type", "decision_type"),
        _name("tool_decision_source", "decision_source"),
        Field("is_success", "flag", "attributes[success]", may_be_quoted=True),
        _count("prompt_length_count", "prompt_length"),
        _count("input_token_count", "input_tokens"),
        _count("output_token_count", "output_tokens"),
        _count("cache_read_token_count", "cache_read_tokens"),
        _count("cache_write_token_count", "cache_creation_tokens"),
        Field(
            "list_cost_usd",
            "amount",
            "attributes[cost_usd]",
            may_be_quoted=True,
            maximum=10**7,
            scale=10,
        ),
        _count("duration_ms_count", "duration_ms"),
    ),
)

SOURCE = Source("otel", "OpenTelemetry", feeds=(CLAUDE_CODE,))
