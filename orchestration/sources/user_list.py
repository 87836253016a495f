"""A vendor's own list of its users: which e-mail an opaque id stands for. One declaration for every vendor.

Of a user only the id and the address may leave the inbox; names, roles and groups are not among the fields.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Feed, Field, email_field


def user_list(
    source: str,
    *,
    endpoint: str,
    paging: str,
    page_array: str | None,
    id_path: str = "id",
    email_path: str = "email",
) -> Feed:
    """The feed `<source>/users`: a dated snapshot, JSON pages or bare records, of ids and e-mails."""
    return Feed(
        source=source,
        name="users",
        endpoint=endpoint,
        paging=paging,
        page_array=page_array,
        dated_by="file_name",
        is_usage=False,
        record_key=("activity_date", "vendor_user_id"),
        settle_days=0,
        # The person's name, and what the account may do.
        ignored_keys=("object", "name", "role", "created_at", "status"),
        fields=(
            Field(
                "vendor_user_id",
                "text",
                id_path,
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
            ),
            email_field("email", email_path),
        ),
    )
