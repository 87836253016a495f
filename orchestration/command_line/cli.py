"""The command line `adoption`: reads arguments, calls one function, prints, and leaves with the exit status.

Work belongs to the modules it calls; slow ones are imported inside the commands that need them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from orchestration import garbage
from orchestration.errors import AdoptionError, RunFailed, WrongUse
from orchestration.home import Home

if TYPE_CHECKING:
    from orchestration.nightly import NightlyRun

INTERRUPTED = 130
BROKEN_PIPE = 141
_INTERRUPTED = "Interrupted; the published generation is as it was."

app = typer.Typer(
    name="adoption",
    help="Raw AI-tool logs in, checked engagement facts and tiers out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Where the data lives; $ADOPTION_HOME, else ./data."),
]


def _home(path: Path | None) -> Home:
    from orchestration.settings import default_home

    return Home((path or default_home()).expanduser().absolute())


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-30") else _no_date(text, option)
    except ValueError:
        return _no_date(text, option)


def _no_date(text: str, option: str) -> date:
    raise WrongUse(f"{option} {text!r} is no date; write it as YYYY-MM-DD.")


def _new_run(home: Home, say: Callable[[str], None]) -> NightlyRun:
    from orchestration.nightly import NightlyRun
    from orchestration.settings import load_settings

    return NightlyRun(home, load_settings(home.root), say=say)


def _run(home: Home, wanted: date | None, forced: tuple[date, date] | None = None) -> None:
    """One run with its progress on stderr and its closing screen on stdout."""
    from orchestration import nightly, pseudonym
    from orchestration.alerting import alerts
    from orchestration.command_line import report
    from orchestration.graph import launch

    with report.Progress() as progress:
        run = _new_run(home, progress.say)
        try:
            requested = run.requested_date = launch.check_before(run, wanted)
            nightly.say_no_agreement(run)
            if warning := pseudonym.warn_if_beside_data(home, pseudonym.key_path(home, run.settings)):
                progress.notice(warning)
            progress.say("Starting")
            launch.execute(run, requested, forced)
        except AdoptionError as error:
            run.failure = error
            alerts.run_ends(run)
            raise
    _show(*report.closing_screen(run))
    nightly.raise_for_failed_pulls(run)


@app.command()
def nightly(
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="Up to and including this date; yesterday by default."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Land what is new, rebuild its dates, audit, publish."""
    _run(_home(home), _day(day, "--date") if day is not None else None)


@app.command()
def backfill(
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First date to rebuild.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last date to rebuild.")],
    home: HomeOption = None,
) -> None:
    """The same for a range of dates, as one run."""
    start, end = _day(first, "--from"), _day(last, "--to")
    if start > end:
        raise WrongUse(f"--from {start} lies after --to {end}.")
    _run(_home(home), end, (start, end))


@app.command()
def sample(
    employees: Annotated[int, typer.Option(metavar="N", help="How many people, at least 10.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First activity date.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last activity date.")],
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same bytes.")] = 7,
    home: HomeOption = None,
) -> None:
    """Write a made-up company's raw logs into the inbox. In the vendors' own formats; the truth behind them
    lies in sample_truth/.
    """
    from orchestration.command_line import report
    from orchestration.sample.company import write_sample

    root = _home(home).root
    with report.Progress() as progress:
        write_sample(root, employees, _day(first, "--from"), _day(last, "--to"), seed, progress.say)
    _show(
        f"A made-up company of {employees} people lies in {root / 'inbox'}; build it with `adoption nightly`."
    )


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    nights: Annotated[
        bool, typer.Option("--nights", help="Also miss nights that should have run by now.")
    ] = False,
    alert: Annotated[
        bool, typer.Option("--alert", help="Send the alerts of what is found and was not told yet.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """The generation in force, holds, freshness of feeds, what is missing.

    Exit status 1: a run failed; 3: a night is held; 5: deliveries or nights are missing.
    """
    import json

    from orchestration.command_line import status as status_of

    place, now = _home(home), datetime.now(UTC)
    if alert:
        _look(place, now, nights=nights)
    found = status_of.read_status(place, now if nights else None)
    if as_json:
        _show(json.dumps(found.as_json(), indent=2))
    else:
        _show(*found.lines())
    if found.concern:
        raise found.concern


def _look(home: Home, now: datetime, *, nights: bool) -> None:
    """Send the alerts of what is found between runs."""
    from orchestration.alerting import alerts
    from orchestration.settings import load_settings

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    alerts.look(_existing(home), load_settings(home.root), now, say, nights=nights)


@app.command()
def versions(home: HomeOption = None) -> None:
    """The kept generations, the one in force marked."""
    from orchestration.command_line import status as status_of
    from orchestration.publishing import generation

    place = _home(home)
    current = generation.current(place)
    kept = generation.kept(place)
    if not kept:
        _show(f"No generation has been published in {place.root} yet; run `adoption nightly`.")
    for manifest in reversed(kept):
        _show(
            status_of.version_line(
                manifest, current is not None and manifest.generation == current.generation
            )
        )


@app.command()
def rollback(
    to: Annotated[
        int | None, typer.Option("--to", metavar="GEN", help="Its number; the one before by default.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Put a kept generation back in force."""
    from orchestration import lock
    from orchestration.publishing import generation

    place = _existing(_home(home))
    with lock.run_lock(place, _errand("rollback")):
        manifest = generation.rollback(place, to)
    _show(f"Generation {manifest.generation} (as of {manifest.as_of_date}) is in force.")


@app.command()
def withdraw(
    delivery: Annotated[
        str,
        typer.Argument(
            metavar="DELIVERY", help="Its delivery_id in ops.load_file, or a unique beginning of it."
        ),
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept in the ledger.")],
    home: HomeOption = None,
) -> None:
    """Take a wrong delivery out and rebuild its dates."""
    from orchestration import lock
    from orchestration.ledger import Ledger
    from orchestration.publishing import generation

    place = _existing(_home(home))
    if not place.ledger.exists():
        raise WrongUse(f"Nothing has been landed in {place.root} yet, so there is nothing to withdraw.")
    with lock.run_lock(place, _errand("withdraw")), Ledger(place.ledger) as ledger:
        withdrawn = ledger.withdraw(_full_id(delivery, (d.delivery_id for d in ledger.deliveries())), reason)
    _show(f"Delivery {withdrawn.delivery_id} ({withdrawn.file_path}) is withdrawn.")
    current = generation.current(place)
    if current is not None and withdrawn.delivery_id in current.delivery_ids:
        _run(place, current.as_of_date)


@app.command()
def explain(
    employee_id: Annotated[str, typer.Argument(metavar="EMPLOYEE_ID", help="As the workforce file has it.")],
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The as-of date; the published one by default."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="The tier policy; the default one if none is given.")
    ] = None,
    scope: Annotated[
        str | None, typer.Option(metavar="NAME", help="A scope of the policy; all, or else its first.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Why a person has their tier. Shows the rule, each threshold with the person's value, what the next tier
    would take, every day counted, and the deliveries behind them.
    """
    from orchestration.command_line import explain as explanation

    wanted = _day(day, "--date") if day is not None else None
    _show(*explanation.explain(_home(home), employee_id, wanted, policy, scope))


@app.command()
def simulate(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="A policy of the seeds as they are now.")],
    version: Annotated[
        int | None,
        typer.Option(metavar="N", help="Its version; the one that holds on the date by default."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The as-of date; the published one by default."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Whom edited tier rules would move, before publishing. Counts per tier, nobody by name."""
    from orchestration.command_line import report
    from orchestration.command_line import simulate as screen
    from orchestration.settings import load_settings
    from orchestration.tiers import simulation
    from orchestration.tiers.refusals import checked_policies

    wanted = _day(day, "--date") if day is not None else None
    place, policies = _home(home), checked_policies()
    with report.Progress() as progress:
        found = simulation.simulate(
            place,
            load_settings(place.root),
            policies,
            policy_id=policy,
            number=version,
            wanted=wanted,
            say=progress.say,
        )
    _show(*screen.lines(found))


@app.command("refresh-cutoffs")
def refresh_cutoffs(
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="One policy; all with a percentile rule by default.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="First as-of date they hold for; the next one by default."
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Compute new cut-offs for policies with a percentile rule. From the generation in force, for the next
    night.
    """
    from orchestration.command_line import cutoffs as screen
    from orchestration.tiers import cutoffs
    from orchestration.tiers.refusals import checked_policies

    wanted = _day(first, "--from") if first is not None else None
    policies = checked_policies()
    _show(*screen.lines(*cutoffs.refresh(_home(home), policies, policy, wanted, _errand("refresh-cutoffs"))))


@app.command()
def release(
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why it may be published; kept in its manifest.")
    ],
    home: HomeOption = None,
) -> None:
    """Publish what the gate held, on your responsibility."""
    import getpass

    from orchestration import lock
    from orchestration.publishing import generation

    place = _existing(_home(home))
    with lock.run_lock(place, _errand("release")):
        manifest = generation.release(place, reason, getpass.getuser())
    _look(place, datetime.now(UTC), nights=False)
    _show(
        f"Generation {manifest.generation} (as of {manifest.as_of_date}) is in force, released "
        "with its reason."
    )


@app.command()
def ui(
    port: Annotated[int, typer.Option(metavar="PORT", help="On 127.0.0.1.")] = 3000, home: HomeOption = None
) -> None:
    """Dagster's web interface on 127.0.0.1. The schedule and the sensor are switched on there."""
    from orchestration.graph import instance
    from orchestration.home import PROJECT_ROOT

    instance.prepare(_home(home))
    os.chdir(PROJECT_ROOT)
    # Dagster treats SIGTERM as it finds SIGINT, which background jobs of scripts ignore: no end by signal.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions"]
    os.execv(sys.executable, [*command, "--host", "127.0.0.1", "--port", str(port)])  # noqa: S606


class _PipeClosed(Exception):
    """Whoever read our output has left."""


def _show(*lines: str) -> None:
    """Print to stdout; a reader that left ends the command."""
    try:
        print(*lines, sep="\n", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more, not even at exit
        raise _PipeClosed from None


def _existing(home: Home) -> Home:
    if not home.root.is_dir():
        raise WrongUse(f"{home.root} does not exist; give the home with --home.")
    return home


def _full_id(given: str, delivery_ids: Iterable[str]) -> str:
    """The one delivery_id that begins like this; what was given when none does. WrongUse for several."""
    found = [known for known in delivery_ids if known.startswith(given)] if given else []
    if len(found) > 1 and given not in found:
        raise WrongUse(f"{len(found)} deliveries begin with {given}; give more of the id.")
    return found[0] if len(found) == 1 else given


def _errand(what: str) -> str:
    return f"{what}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def main() -> None:
    """Run the command line; leaves with the exit status of DESIGN section 4, never with a traceback."""
    garbage.collect_seldom()
    status = run_command(sys.argv[1:])
    garbage.leave_to_the_system()
    sys.exit(status)


def run_command(arguments: list[str]) -> int:
    """The exit status of one command line.

    0 done, 1 failed, 2 wrong use, 3 held by the gate, 4 another run is at work, 5 something is missing; 130
    interrupted, 141 pipe closed.
    """
    try:
        status_code = app(arguments, prog_name="adoption", standalone_mode=False) or 0
    except _PipeClosed:
        return BROKEN_PIPE
    except BaseException as error:
        text, status_code = _complaint(error)
    else:
        text = _INTERRUPTED if status_code == INTERRUPTED else ""
    if text:
        print(f"adoption: {text}", file=sys.stderr)
    return int(status_code)


def _complaint(error: BaseException) -> tuple[str, int]:
    """What to say about an error, and the exit status; errors that are none of ours keep their text to
    themselves.
    """
    match error:
        case AdoptionError():
            return str(error), error.exit_status
        case TyperException():
            text = error.format_message() if hasattr(error, "format_message") else str(error)
            return f"{text.rstrip('.')}. See `adoption --help`.", WrongUse.exit_status
        case KeyboardInterrupt() | typer.Abort():
            return _INTERRUPTED, INTERRUPTED
        case Exception():
            return str(_unexpected(error)), RunFailed.exit_status
    if type(error).__name__ == "DagsterExecutionInterruptedError":
        return _INTERRUPTED, INTERRUPTED
    raise error


def _unexpected(error: Exception) -> RunFailed:
    """Type and place only: the text of an unexpected error can quote a record."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    )
    return RunFailed(
        f"Something unexpected went wrong ({type(error).__name__} at {where}); report it with this line."
    )


if __name__ == "__main__":
    main()
