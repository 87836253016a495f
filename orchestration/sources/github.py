"""GitHub's external identities: which login belongs to which name of the company's identity provider.

Format: FORMATS 9. Of both sides either may be missing: not linked yet, or no SAML any more.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Feed, Field, Source

ORGANIZATION = "data.organization.samlIdentityProvider.externalIdentities"

SAML_IDENTITIES = Feed(
    source="github",
    name="saml_identities",
    endpoint="GraphQL organization.samlIdentityProvider.externalIdentities (of an enterprise: ownerInfo)",
    paging="pageInfo.endCursor until hasNextPage is false; else (enterprise, collector) bare nodes",
    page_array=f"{ORGANIZATION}.edges",
    more_flag=f"{ORGANIZATION}.pageInfo.hasNextPage",
    dated_by="file_name",
    is_usage=False,
    record_key=("activity_date", "name_id", "login"),
    settle_days=0,
    fields=(
        # Not folded: it may be an employee id.
        Field("name_id", "text", "node.samlIdentity.nameId", fallback="samlIdentity.nameId", max_length=254),
        Field(
            "login",
            "text",
            "node.user.login",
            fallback="user.login",
            max_length=100,
            pattern=NO_SPACE,
            shape="a login",
            fold=True,
        ),
    ),
)

SOURCE = Source("github", "GitHub identities", feeds=(SAML_IDENTITIES,))
