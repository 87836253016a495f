"""The one family of errors people see, each with its exit status.

Texts say what happened, where, and what to do; they never carry a value of a record.
"""

from __future__ import annotations


class AdoptionError(Exception):
    """Something a person must know, in one sentence; `exit_status` follows DESIGN section 4."""

    exit_status = 1


class RunFailed(AdoptionError):
    """The work could not be done; the published generation is as it was."""


class InputRefused(RunFailed):
    """One or more files of the inbox cannot be trusted as a whole."""


class PullIncomplete(RunFailed):
    """Some pulls failed: their days stay unobserved. The night went on and may have published."""


class PoliciesRefused(RunFailed):
    """The seeds of the tier policies cannot be evaluated as they are; nothing was started."""


class NotPublishable(RunFailed):
    """A candidate without a passed verdict for exactly its bytes was offered for publication."""


class WrongUse(AdoptionError):
    """The command was given something it cannot work with."""

    exit_status = 2


class Held(AdoptionError):
    """The gate held the candidate; readers stay on the last good generation."""

    exit_status = 3


class DeliveriesMissing(AdoptionError):
    """Days or nights are missing that were expected by now; said to whoever asks for the status."""

    exit_status = 5


class Busy(AdoptionError):
    """Another run is at work on the same home."""

    exit_status = 4
