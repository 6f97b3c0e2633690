"""Which steps are sampled, so that sampling keeps to its budget. Knows no framework and no clock.

A step is *plain* or *sampled*. The cost of sampling is the median sampled step less the median
plain one; sampling every N-th step then takes cost / (N x plain) of the training's time, and N is
the smallest that keeps this within six tenths of the budget. The rest is for what cannot be
told from the training itself: looking at each step whether it is due, and caches that sampling has
swept.

What comes before that, the compilation and the first samples, exceeds the budget. All that was
spent is held against the budget of the time trained so far; until that covers it, half of the
budget goes to samples and the rest to what was overspent.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

#: Bounds of N, and N until the cost is known (chosen; the upper one only keeps a misjudged cost
#: from being the last word).
FEWEST, MOST, UNKNOWN = 10, 10_000, 50
#: Sampled steps after which the cost counts as known, and steps remembered of each kind (chosen).
ENOUGH, MEMORY = 5, 64
#: Plain steps that are timed before the first sampled one.
TIMED = 3
#: Sampled steps after which N doubles, and doubles again (chosen: bounds the size of the log).
STORED = 2000
#: What a second compilation may take in any case, in seconds (chosen: nobody minds them); a longer
#: one waits until the budget pays for it.
SECONDS = 5.0
#: Shares of the budget that go to sampling: of a training that is in debt, and of one that is not
#: (measured: where all of it did, trainings took 2.0 % more time; of three quarters, 1.4 to 2.2 %).
OVER_BUDGET, EVEN = 0.5, 0.6


class SamplingSchedule:
    """Decides step by step.

    Args:
        budget: share of the training's time that sampling may take.
        every: sample one step of so many instead, from the first on, whatever it costs.
        total: how many steps there will be, None if unknown.
        stride: only steps whose number is ``stride - 1`` modulo ``stride`` are sampled.
        epoch: steps of an epoch, 0 if unknown: N shares no divisor with it, so that the samples
            do not keep meeting the same batch of a fixed order.
        compiles: whether the first sampled step has to be compiled.

    Attributes:
        every: N as it stands.
        sampled: how many steps were sampled.
    """

    def __init__(
        self,
        budget: float = 0.02,
        *,
        every: int | None = None,
        total: int | None = None,
        stride: int = 1,
        epoch: int = 0,
        compiles: bool = True,
    ) -> None:
        self.budget, self.fixed, self.total = budget, every, total
        self.stride, self.epoch, self.compiles = max(1, stride), epoch, compiles
        self.sampled = 0
        self._plain: deque[float] = deque(maxlen=MEMORY)
        self._costly: deque[float] = deque(maxlen=MEMORY)
        self._first = math.nan
        self._elapsed = 0.0
        self._spent = 0.0
        self._steps = 0
        self._last = -1
        self._woken = False
        self.every = self._wanted()

    def _wanted(self) -> int:
        """N as the times taken so far have it."""
        if self.fixed is not None:
            return self._aligned(self.fixed)
        wanted = UNKNOWN
        if len(self._costly) >= ENOUGH and len(self._plain) >= TIMED:
            plain = median(self._plain)
            cost = max(0.0, median(self._costly) - plain)
            share = self.budget * (OVER_BUDGET if self.over_budget else EVEN)
            wanted = math.ceil(cost / (share * plain)) if plain > 0 else MOST
        wanted = min(max(wanted, FEWEST), MOST) << (self.sampled // STORED)
        return self._aligned(wanted)

    @property
    def over_budget(self) -> bool:
        """Whether more has been spent than the budget of the time trained so far."""
        return self._spent > self.budget * self._elapsed

    def resume(self, more: int | None) -> None:
        """The same compiled step is trained on, for so many steps more, None if unknown."""
        self.total = None if more is None else self._steps + more

    def should_sample(self, step: int) -> bool:
        """Whether the step with this number, from 0, is to be sampled."""
        if step % self.stride != self.stride - 1:
            return False
        if self.fixed is not None:
            return (step // self.stride) % (self.every // self.stride) == 0
        if len(self._plain) < TIMED or not self.compilation_pays():
            return False
        if self._woken or self.sampled == 0:
            return True
        # Dense at first: each time the distance since the start has doubled.
        return step - self._last >= min(self.every, max(self.stride, self._last))

    def compilation_pays(self) -> bool:
        """Whether the training is, or has been, long enough for a second compilation."""
        if not self.compiles or self.sampled:
            return True
        expected = self._elapsed
        if self.total is not None:
            expected = max(expected, self.total * median(self._plain)) if self._plain else expected
        return self._first <= max(SECONDS, self.budget * expected)

    def record_step(self, step: int, seconds: float, *, sampled: bool) -> None:
        """Tell how long a step took, everything around it included."""
        self._steps += 1
        self._elapsed += seconds
        if sampled:
            self._last, self._woken = step, False
            self.sampled += 1
            if self.sampled > 1 or not self.compiles:  # the first one held the compilation
                self._costly.append(seconds)
            self.record_cost(seconds - median(self._plain) if self._plain else 0.0)
        elif math.isnan(self._first) and self.compiles:
            self._first = seconds
        else:
            self._plain.append(seconds)
        # Thinking N over takes time as well: not at each of many short steps.
        if self._steps % MEMORY == 0:
            self.every = self._wanted()

    def record_cost(self, seconds: float) -> None:
        """Enter what measuring took beyond the training's own time."""
        self._spent += max(0.0, seconds)
        self.every = self._wanted()

    def sample_next(self) -> None:
        """Sample the next step: something happened."""
        self._woken = True

    def why_nothing_sampled(self) -> str:
        """One sentence where a whole training went by without a sample."""
        return (
            f"no step was measured: {self._steps} steps in {self._elapsed:.1f} s are too short a "
            f"training to pay for compiling the step a second time; every=10 measures anyway"
        )

    def _aligned(self, wanted: int) -> int:
        """The next multiple of the stride that shares no further divisor with the epoch."""
        steps = max(1, -(-wanted // self.stride))
        if self.fixed is None and self.epoch > 1:
            epoch = max(1, self.epoch // self.stride)
            while math.gcd(steps, epoch) > 1:
                steps += 1
        return steps * self.stride
