"""The sources this installation knows; a new one is a module beside this file and an entry in SOURCES."""

from __future__ import annotations

from orchestration.sources import (
    access,
    amazon_q,
    chatgpt,
    claude_code,
    claude_enterprise,
    cursor,
    gemini_workspace,
    github_copilot,
    governance,
    hr,
    identity,
    litellm,
    m365_copilot,
    openai,
    otel,
    tiers,
)
from orchestration.sources.base import Feed, Source

SOURCES: tuple[Source, ...] = (
    claude_code.SOURCE,
    claude_enterprise.SOURCE,
    otel.SOURCE,
    github_copilot.SOURCE,
    chatgpt.SOURCE,
    openai.SOURCE,
    cursor.SOURCE,
    gemini_workspace.SOURCE,
    litellm.SOURCE,
    m365_copilot.SOURCE,
    amazon_q.SOURCE,
    hr.SOURCE,
    access.SOURCE,
    identity.SOURCE,
    governance.SOURCE,
    tiers.SOURCE,
)

FEEDS: dict[str, Feed] = {feed.folder: feed for source in SOURCES for feed in source.feeds}

__all__ = ["FEEDS", "SOURCES", "Feed", "Source"]
