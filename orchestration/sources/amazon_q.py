"""Amazon Q Developer and Kiro: one CSV row per UTC day and user, and client in the newer layout.

Format: FORMATS 7c. Two layouts share the feed: 44 counters, of which a file holds any part, and the
`user_report` with credits. Names of columns may be padded; dates come in five formats; there is no e-mail.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Source

ACTIONS = 1_000_000
LINES = 100_000_000
CREDITS = 1_000_000

# Chat_MessagesSent counts the answers too.
COUNTERS = (
    ("inline_chat_acceptance_count", "InlineChat_AcceptanceEventCount", ACTIONS),
    ("inline_chat_dismissal_count", "InlineChat_DismissalEventCount", ACTIONS),
    ("inline_chat_rejection_count", "InlineChat_RejectionEventCount", ACTIONS),
    ("inline_chat_total_count", "InlineChat_TotalEventCount", ACTIONS),
    ("inline_chat_accepted_line_addition_count", "InlineChat_AcceptedLineAdditions", LINES),
    ("inline_chat_accepted_line_deletion_count", "InlineChat_AcceptedLineDeletions", LINES),
    ("inline_chat_dismissed_line_addition_count", "InlineChat_DismissedLineAdditions", LINES),
    ("inline_chat_dismissed_line_deletion_count", "InlineChat_DismissedLineDeletions", LINES),
    ("inline_chat_rejected_line_addition_count", "InlineChat_RejectedLineAdditions", LINES),
    ("inline_chat_rejected_line_deletion_count", "InlineChat_RejectedLineDeletions", LINES),
    ("inline_suggestion_count", "Inline_SuggestionsCount", ACTIONS),
    ("inline_acceptance_count", "Inline_AcceptanceCount", ACTIONS),
    ("inline_ai_code_line_count", "Inline_AICodeLines", LINES),
    ("chat_message_sent_count", "Chat_MessagesSent", ACTIONS),
    ("chat_message_interacted_count", "Chat_MessagesInteracted", ACTIONS),
    ("chat_ai_code_line_count", "Chat_AICodeLines", LINES),
    ("code_fix_generation_count", "CodeFix_GenerationEventCount", ACTIONS),
    ("code_fix_acceptance_count", "CodeFix_AcceptanceEventCount", ACTIONS),
    ("code_fix_generated_line_count", "CodeFix_GeneratedLines", LINES),
    ("code_fix_accepted_line_count", "CodeFix_AcceptedLines", LINES),
    ("code_review_succeeded_count", "CodeReview_SucceededEventCount", ACTIONS),
    ("code_review_failed_count", "CodeReview_FailedEventCount", ACTIONS),
    ("code_review_finding_count", "CodeReview_FindingsCount", ACTIONS),
    ("dev_generation_count", "Dev_GenerationEventCount", ACTIONS),
    ("dev_acceptance_count", "Dev_AcceptanceEventCount", ACTIONS),
    ("dev_generated_line_count", "Dev_GeneratedLines", LINES),
    ("dev_accepted_line_count", "Dev_AcceptedLines", LINES),
    ("doc_generation_count", "DocGeneration_EventCount", ACTIONS),
    ("doc_generation_accepted_file_creation_count", "DocGeneration_AcceptedFilesCreations", ACTIONS),
    ("doc_generation_accepted_file_update_count", "DocGeneration_AcceptedFileUpdates", ACTIONS),
    ("doc_generation_rejected_file_creation_count", "DocGeneration_RejectedFileCreations", ACTIONS),
    ("doc_generation_rejected_file_update_count", "DocGeneration_RejectedFileUpdates", ACTIONS),
    ("doc_generation_accepted_line_addition_count", "DocGeneration_AcceptedLineAdditions", LINES),
    ("doc_generation_accepted_line_update_count", "DocGeneration_AcceptedLineUpdates", LINES),
    ("doc_generation_rejected_line_addition_count", "DocGeneration_RejectedLineAdditions", LINES),
    ("doc_generation_rejected_line_update_count", "DocGeneration_RejectedLineUpdates", LINES),
    ("test_generation_count", "TestGeneration_EventCount", ACTIONS),
    ("test_generation_generated_test_count", "TestGeneration_GeneratedTests", ACTIONS),
    ("test_generation_accepted_test_count", "TestGeneration_AcceptedTests", ACTIONS),
    ("test_generation_generated_line_count", "TestGeneration_GeneratedLines", LINES),
    ("test_generation_accepted_line_count", "TestGeneration_AcceptedLines", LINES),
    ("transformation_count", "Transformation_EventCount", ACTIONS),
    ("transformation_ingested_line_count", "Transformation_LinesIngested", LINES),
    ("transformation_generated_line_count", "Transformation_LinesGenerated", LINES),
)
REPORT_COUNTERS = (
    ("chat_conversation_count", "Chat_Conversations", ACTIONS),
    ("message_count", "Total_Messages", ACTIONS),
)
CREDIT_AMOUNTS = (
    ("credit_used_count", "Credits_Used"),
    ("overage_credit_used_count", "Overage_Credits_Used"),
)

USER_ACTIVITY = Feed(
    source="amazon_q",
    name="user_activity",
    endpoint="s3://<bucket>/<prefix>/AWSLogs/<account>/QDeveloperLogs/by_user_analytic/<region>/<yyyy>/<mm>/<dd>/00",
    paging="one file a day, in parts above 1,000 users",
    dated_by="record",
    is_usage=True,
    date_field=Field(
        "activity_date",
        "utc_day",
        "Date",
        required=True,
        day_formats=("YYYY/MM/DD", "MM/DD/YYYY", "MM-DD-YYYY"),
    ),
    actors=(
        Actor(
            "vendor_id",
            Field(
                "actor_name",
                "text",
                "UserId",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
                # The identity store's own id stands before some users' and not before others'.
                dropped_prefix=r"d-[0-9a-f]{10}\.",
            ),
        ),
    ),
    record_key=("activity_date", "actor_name", "client_type"),
    settle_days=1,
    reads_csv=True,
    is_csv_by_name=True,
    # What a licence allows is stated as of the export, so it says nothing of the day.
    ignored_csv_columns=("Overage_Cap", "ProfileId", "Subscription_Tier"),
    fields=(
        Field("client_type", "text", "Client_Type", max_length=50),
        *(Field(column, "count", path, maximum=maximum) for column, path, maximum in COUNTERS),
        *(Field(column, "count", path, maximum=maximum) for column, path, maximum in REPORT_COUNTERS),
        *(Field(column, "amount", path, maximum=CREDITS) for column, path in CREDIT_AMOUNTS),
        Field("is_overage_enabled", "flag", "Overage_Enabled", may_be_worded=True),
    ),
)

SOURCE = Source("amazon_q", "Amazon Q Developer", feeds=(USER_ACTIVITY,))
