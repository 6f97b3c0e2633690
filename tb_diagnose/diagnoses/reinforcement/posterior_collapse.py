"""The latent code of a variational autoencoder carries no information.

Why it matters:
    Where the KL divergence goes to 0, the posterior equals the prior whatever the input: the
    decoder ignores the code, and samples are all the same average.

How it is judged:
    The KL term of the objective ends below 0.01 nats, the least that one active latent unit
    carries, and below a twentieth of its highest value.

When it stays silent:
    A KL term that stays above either; other trainings.

What to try:
    Anneal the weight of the KL term from 0, allow free bits (0.1 nats a unit), lower beta, or make
    the decoder weaker. Sum the KL term over units where the reconstruction is summed over pixels.

Sources:
    Bowman et al. 2016, "Generating sentences from a continuous space"; Burda et al. 2016,
    "Importance weighted autoencoders" (activity of 0.01); Kingma et al. 2016 (free bits).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis, limit, method

#: Words of what a variational autoencoder logs besides its KL term.
_AUTOENCODER = ("recon", "vae", "elbo", "r_loss", "beta")


def _no_autoencoder(
    reinforcement: object = None,
    kl_term: Curve | None = None,
    scalars: tuple[Series, ...] | None = None,
) -> str:
    names = " ".join(curve.name.lower() for curve in scalars or ())
    if reinforcement or kl_term is None or not any(word in names for word in _AUTOENCODER):
        return "no variational autoencoder is trained here"
    return ""


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("loss-plateau",),
    since="0.2",
    concerns=_no_autoencoder,
)
class PosteriorCollapse:
    nats = limit(0.01, alarm="<", unit="nats", source="Burda et al. 2016: activity of a unit")
    share = limit(0.05, alarm="<", unit="of its highest level", source="nearly all of it is gone")

    @method("KL term of the objective", points={"kl_term": 4})
    def by_term(self, kl_term: Curve) -> Iterator[Evidence]:
        end, highest, level = kl_term.end, kl_term.highest, kl_term.end_level
        if end is None or highest is None or level is None or highest.value < 0:
            return
        low = max(level.value, end.value)
        fell = highest.value == 0 or self.share.exceeded(low / highest.value)
        if not (self.nats.exceeded(low) and fell):
            return
        nothing = min(self.nats, self.share * highest.value) or self.nats
        above = np.flatnonzero(kl_term.values >= nothing)
        begin = min(int(above[-1]) + 1, len(kl_term) - 1) if len(above) else 0
        went = f"fell from {number(highest.value)} nats at step {highest.step} to "
        yield Evidence(
            message=f"{kl_term.name} {went if highest.value else 'is '}{number(end.value)} at the "
            "end: the latent code carries nothing.",
            suggestion="Anneal the weight of the KL term from 0, allow free bits, or lower beta.",
            tag=kl_term.name,
            steps=kl_term.span(begin),
            comparison=self.nats.compare(low),
        )
