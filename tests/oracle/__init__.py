"""A slow, plain oracle: from the truth of a sample to the rows that the warehouse must publish.

Written from the rule text (DESIGN section 7) and from nothing else; it imports neither the pipeline nor the
sample generator. People are named by employee_id, fractions are thousandths, costs are Decimal dollars.
"""

from .expected import Expected, TierSpan, TierWeek, expected
from .rules import Tier, WindowDay, rate, standard_28d

__all__ = ["Expected", "Tier", "TierSpan", "TierWeek", "WindowDay", "expected", "rate", "standard_28d"]
