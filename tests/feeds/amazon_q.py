"""Amazon Q Developer: counters of a day in files that lack columns, and the newer report by client.

Figures: of Anna's chat on Tuesday 9 messages went to and fro and she acted on 2 answers: 2 prompts are sure,
of Ben's 2 messages one. Carla had 2 conversations in one client and 1 in the other.
"""

from __future__ import annotations

from tests.feeds.case import ANNA, BEN, CANARY, CARLA, TUESDAY, WEDNESDAY, Case, Reconciled

STORE = "d-1234567890."
ANNA_ID, BEN_ID, CARLA_ID = (f"a1b2c3d4-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))

# Columns in an order of their own, one padded; those of tests, documentation and transformations are missing.
COUNTERS = {
    "Chat_MessagesSent": (9, 2),
    "Chat_MessagesInteracted": (2, 0),
    " Inline_SuggestionsCount": (25, 0),
    "Inline_AcceptanceCount": (11, 0),
    "Inline_AICodeLines": (14, 0),
    "InlineChat_TotalEventCount": (3, 0),
    "InlineChat_AcceptanceEventCount": (1, 0),
    "InlineChat_RejectionEventCount": (1, 0),
    "InlineChat_DismissalEventCount": (1, 0),
    "InlineChat_AcceptedLineAdditions": (5, 0),
    "InlineChat_AcceptedLineDeletions": (2, 0),
    "InlineChat_RejectedLineAdditions": (50, 0),
    "Dev_GenerationEventCount": (1, 0),
    "Dev_AcceptanceEventCount": (1, 0),
    "Dev_GeneratedLines": (70, 0),
    "Dev_AcceptedLines": (30, 0),
    "CodeFix_GenerationEventCount": (1, 0),
    "CodeFix_AcceptanceEventCount": (0, 0),
    "CodeReview_SucceededEventCount": (1, 0),
    "CodeReview_FailedEventCount": (1, 0),
}


def _counters(column: int) -> str:
    return ",".join(str(values[column]) for values in COUNTERS.values())


ANALYTIC = (
    f"UserId,Date,{','.join(COUNTERS)},Note\n"
    f"{STORE}{ANNA_ID},03-03-2026,{_counters(0)},{CANARY}\n"
    f"{BEN_ID},2026/03/03,{_counters(1)},{CANARY}\n"
)
REPORT = (
    "UserId,Date,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,"
    "Overage_Enabled,ProfileId,Subscription_Tier,Total_Messages\n"
    f"{CARLA_ID},2026-03-04,KIRO_IDE,2,1.5,100,0,false,{CANARY},{CANARY},30\n"
    f"{CARLA_ID},2026-03-04,KIRO_CLI,1,0.5,100,0,false,{CANARY},{CANARY},4\n"
    # the same row in the next part of the file
    f"{STORE}{CARLA_ID},2026-03-04,KIRO_CLI,1,0.5,100,0,false,{CANARY},{CANARY},4\n"
    f"a1b2c3d4-0000-4000-8000-000000000009,2026-03-04,KIRO_IDE,1,0,100,0,false,{CANARY},{CANARY},2\n"
)
ACCOUNTS = "source,account_name,kind,owner_employee_id,from_date,to_date\n" + "".join(
    f"amazon_q,{name},personal_key,{person.employee_id},2026-01-01,\n"
    for name, person in ((ANNA_ID, ANNA), (BEN_ID, BEN), (CARLA_ID, CARLA))
)

CASE = Case(
    tools=frozenset({"amazon_q"}),
    files={
        "amazon_q/user_activity/by_user_analytic_2026-03-03_20260304T000500Z.csv": ANALYTIC,
        "amazon_q/user_activity/user_report_2026-03-04_20260305T000500Z.csv": REPORT,
        "identity/service_accounts/amazon_q.csv": ACCOUNTS,
    },
    records={
        ("amazon_q", "user_activity", TUESDAY): Reconciled(accepted=2),
        ("amazon_q", "user_activity", WEDNESDAY): Reconciled(accepted=2, duplicate=1, unresolved=1),
    },
    tool_days={
        (ANNA.employee_id, "amazon_q", TUESDAY): {
            "is_active": True,
            "is_substantive": True,
            # 7 prompts, 11 completions, 2 edits accepted, 2 rejected or closed, 2 reviews
            "intentional_action_count": 24,
            "passive_action_count": 14,
            # 2 in the chat, 3 in the line, 1 to the agent, 1 fix
            "prompt_count": 7,
            "suggestion_shown_count": 25,
            "suggestion_accepted_count": 11,
            "edit_accepted_count": 2,
            "edit_rejected_count": 2,
            # 14 completed, 5 in the line, 30 of the agent; rejected and generated ones are nobody's
            "lines_added_count": 49,
            "lines_removed_count": 2,
        },
        (BEN.employee_id, "amazon_q", TUESDAY): {
            "is_active": True,
            "is_substantive": False,
            "intentional_action_count": 1,
            "passive_action_count": 0,
            "prompt_count": 1,
            "suggestion_shown_count": 0,
            "suggestion_accepted_count": 0,
            "edit_accepted_count": 0,
            "edit_rejected_count": 0,
            "lines_added_count": 0,
            "lines_removed_count": 0,
        },
        # the newer report states conversations and messages, and of all else nothing
        (CARLA.employee_id, "amazon_q", WEDNESDAY): {
            "is_active": True,
            "is_substantive": True,
            "intentional_action_count": 3,
            "prompt_count": 3,
            "session_count": 3,
        },
    },
    mode_days={
        (ANNA.employee_id, "amazon_q", "completion", TUESDAY): (True, True, 11),
        # 2 prompts in the chat, 3 in the line and how they ended
        (ANNA.employee_id, "amazon_q", "chat", TUESDAY): (True, True, 8),
        # 2 prompts and a decision, below the floor of 3 prompts
        (ANNA.employee_id, "amazon_q", "agent", TUESDAY): (True, False, 3),
        (ANNA.employee_id, "amazon_q", "review", TUESDAY): (True, True, 2),
        (BEN.employee_id, "amazon_q", "chat", TUESDAY): (True, False, 1),
        (CARLA.employee_id, "amazon_q", "chat", WEDNESDAY): (True, True, 3),
    },
)
