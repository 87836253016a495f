"""A made-up company: raw logs in the vendors' own formats, and beside them the truth they were drawn from.

`write_sample` is all that others use. Nothing here reads what the pipeline made of the files, and no
module of the pipeline imports from here except the command line.

Truth, in `<home>/sample_truth/`. JSON lines unless said otherwise; every date range is inclusive, `null` is
open; people are named by employee_id; absent keys of a measure mean NULL.

* `company.json`: employees, first_date, last_date, seed, has_entitlements.
* `people.jsonl`, one per person ever in HR: employee_id, profile, stints [{hired_date, last_date}],
  attributes [{from, to, <HR columns>}] (clipped to the stints, as the HR snapshots tell them),
  leave [{start, end, thousandths}], entitlements [{tool_id, status, from, to}], included [{from, to}].
* `identities.jsonl`: employee_id, kind (email, login, api_key), name, from, to. Names as the warehouse
  normalises them.
* `usage.jsonl`, one per person, tool and day with at least one accepted record: employee_id, tool_id, date,
  measures {column of fct_employee_tool_daily: integer; list_cost_usd as a decimal string},
  has_active_flag, modes [{mode_code, count, prompts, sessions, edits, commits, has_active_flag, is_by_flag}],
  models [{model_name, token counts, list_cost_usd}]. Holds people without an agreement too.
* `coverage.jsonl`: source, feed, date, is_covered, for every usage feed and date.
* `uncovered_person_days.jsonl`: employee_id, source, feed, date: a rejected record left the day uncovered.
* `reconciliation.jsonl`: source, feed, date, record_count, accepted_count, duplicate_count, rejected_count,
  unresolved_count, non_human_count.
* `org_units.jsonl`: org_unit_id, org_unit_name, parent_org_unit_id, from (first snapshot that says so), to.
"""

from orchestration.sample.company import SampleReport, write_sample

__all__ = ["SampleReport", "write_sample"]
