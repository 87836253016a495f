"""One small case for every feed of usage: files as the vendor writes them and what must be published of them.

A case is a module beside this file and an entry in CASES. Its figures are worked out by hand from the files;
running the night over them belongs to tests/golden/test_every_tool.py.
"""

from __future__ import annotations

from tests.feeds import (
    amazon_q,
    chatgpt_analytics,
    claude_enterprise,
    cursor,
    gemini_workspace,
    litellm,
    m365_copilot,
    openai,
    otel,
)
from tests.feeds.case import Case

CASES: tuple[Case, ...] = (
    amazon_q.CASE,
    chatgpt_analytics.CASE,
    claude_enterprise.CASE,
    cursor.CASE,
    gemini_workspace.CASE,
    litellm.CASE,
    m365_copilot.CASE,
    openai.CASE,
    otel.CASE,
)
