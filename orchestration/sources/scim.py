"""The company's identity provider, as SCIM 2.0 states it: the names each account has, and whose it is.

Format: FORMATS 9. People's names, titles, departments and managers are not among the fields, and must not be.
"""

from __future__ import annotations

from orchestration.sources.base import Feed, Field, Rows, Source, email_field

ENTERPRISE = '"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"'

# People's names, their place in the company, and the account's own affairs.
LEFT = (
    *("schemas", "meta", "name", "displayName", "title", "groups", "roles", "emails.type", "emails.primary"),
    *(f"{ENTERPRISE}.{key}" for key in ("costCenter", "organization", "division", "department", "manager")),
)

USERS = Feed(
    source="scim",
    name="users",
    endpoint="GET <base>/scim/v2/Users?startIndex=<n>&count=<n>",
    paging="`Resources` of each page, until startIndex + itemsPerPage passes totalResults; also bare users",
    page_array="Resources",
    dated_by="file_name",
    is_usage=False,
    record_key=("activity_date", "scim_user_id", "user_name"),
    settle_days=0,
    ignored_keys=LEFT,
    fields=(
        Field("scim_user_id", "text", "id", max_length=100),
        Field("external_id", "text", "externalId", max_length=254),
        Field("user_name", "text", "userName", required=True, max_length=254),
        Field("is_active", "flag", "active"),
        # An id, not a number: leading zeros belong to it.
        Field("employee_number", "text", f"{ENTERPRISE}.employeeNumber", max_length=64),
        Rows(
            "emails",
            "emails",
            fields=(email_field("email", "value", required=True),),
        ),
    ),
)

SOURCE = Source("scim", "Identity provider", feeds=(USERS,))
