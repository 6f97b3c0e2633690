"""The policy moves far from where its data come from.

Why it matters:
    A policy gradient is only true near the policy that was sampled. One step beyond can destroy
    what was learned.

How it is judged:
    The KL divergence of an update, as PPO and TRPO log it: beyond 0.1 in 5 % of at least ten
    updates, and no fewer than three. The KL term of an objective: an RLHF policy that ends more
    than 30 nats from its reference, or a VAE beyond 10,000.

When it stays silent:
    Single updates; a VAE whose latent space fills with information.

What to try:
    target_kl=0.02, a lower learning rate, fewer epochs over a batch; in RLHF a larger KL penalty.

Sources:
    Achiam 2018, "Spinning up in deep RL" (target_kl: 0.01 to 0.05); Gao et al. 2023, "Scaling laws
    for reward model overoptimization" (sqrt(KL) beyond 5).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, sentence, steps_of
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _without_kl(
    reinforcement: object = None, kl: Curve | None = None, kl_term: Curve | None = None
) -> str:
    return "" if reinforcement or kl or kl_term else "no policy and no KL term is trained here"


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("reward-instability", "policy-collapse"),
    since="0.1",
    concerns=_without_kl,
)
class KlBlowUp:
    far = limit(0.1, alarm=">", unit="nats", source="Spinning Up: targets of 0.01 to 0.05")
    share = limit(0.05, alarm=">=", unit="of the updates", source="more than accidents")
    drift = limit(30, alarm=">", unit="nats", source="Gao et al. 2023: sqrt(KL) beyond 5")
    absurd = limit(1e4, alarm=">", unit="nats", source="a thousand latent units of 10 nats")

    @method("KL divergence of the updates", points={"kl": 10})
    def by_updates(
        self,
        kl: Curve,
        code: Code,
        optimizer: Optimizer | None = None,
        kl_term: Curve | None = None,
        reinforcement: object = None,
        learning: LearningState | None = None,
    ) -> Iterator[Evidence]:
        if kl_term is not None:
            yield from self.by_term(kl_term, reinforcement)
        far = np.flatnonzero(kl.values > self.far)
        share = len(far) / kl.finite
        if len(far) < 3 or not self.share.exceeded(share):
            return
        yield Evidence(
            message=f"{kl.name} exceeds {number(self.far)} in {len(far)} of {kl.finite} updates "
            f"({percent(share)}), by up to {number(float(kl.values[far].max()))}.",
            suggestion=sentence(
                f"set target_kl=0.02, so that an update stops in time, and "
                f"{code.lower_rate(optimizer, 3)}"
            ),
            tag=kl.name,
            steps=steps_of(kl.series, far),
            comparison=self.share.compare(share),
            # Where the reward rises and stays, the steps were none too large.
            severity=Severity.INFO if learning is not None and learning.learned else None,
        )

    @method("KL term of the objective", points={"kl_term": 3})
    def by_term(self, kl_term: Curve, reinforcement: object = None) -> Iterator[Evidence]:
        end, start, level = kl_term.end, kl_term.start, kl_term.end_level
        bound = self.drift if reinforcement else self.absurd
        if end is None or start is None or level is None or not bound.exceeded(level.value):
            return
        beyond = np.flatnonzero(kl_term.values > bound)
        yield Evidence(
            message=f"{kl_term.name} went from {number(start.value)} to {number(end.value)} nats: "
            + ("the policy left its reference." if reinforcement else "the code is unbounded."),
            suggestion="Raise the KL penalty (kl_coef) tenfold, or lower the learning rate."
            if reinforcement
            else "Bound the logarithm of the variance, and lower the learning rate.",
            tag=kl_term.name,
            steps=kl_term.span(int(beyond[0])) if len(beyond) else (end.step,),
            comparison=bound.compare(level.value),
        )
