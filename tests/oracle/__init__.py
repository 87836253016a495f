"""A slow, plain oracle: from the truth of a sample to the rows that the warehouse must publish.

Written from the rule text (DESIGN section 7 and docs/how-tiers-are-decided.md) and from nothing else; it
imports neither the pipeline nor the sample generator, and reads no seed. People are named by employee_id,
fractions are thousandths, costs are Decimal dollars.
"""

from .cutoffs import Cutoffs, read_cutoffs
from .expected import Expected, expected
from .rating import Subject, Tier, rate
from .tiers import TierSpan

__all__ = ["Cutoffs", "Expected", "Subject", "Tier", "TierSpan", "expected", "rate", "read_cutoffs"]
