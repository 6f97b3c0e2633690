"""The model overfits and nothing holds it back.

Why it matters:
    A network that can learn its training data by heart does so, unless something makes that costly.
    Here nothing does: no dropout, normalization, weight penalty, weight decay or augmentation.

How it is judged:
    The validation loss ends at least a tenth above its best level, beyond noise and for good, while
    the training loss goes on falling, and the configuration has nothing that regularizes.

When it stays silent:
    Validation does not turn; the configuration is not logged or regularizes in any way.

What to try:
    Add dropout before the last layer, weight decay, or augmentation; stop at the best epoch.

Sources:
    Srivastava et al. 2014, "Dropout"; Loshchilov and Hutter 2019, "Decoupled weight decay
    regularization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, sentence
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.code import Code

REGULARIZERS = tuple("Dropout Noise Normalization Random Regularization MixUp CutMix".split())


def _held_back(model: ModelConfig) -> str:
    if model.optimizer is None:
        return "the optimizer, which may decay the weights, is not in the configuration"
    return "the model is regularized" if _regularized(model) else ""


@diagnosis(family="configuration", severity=Severity.INFO, since="0.1")
class MissingRegularisation:
    rise = limit(0.1, alarm=">=", unit="of the best validation loss", source="harm, not noise")

    @method("both losses and the configuration", points={"val_loss": 5}, unless=_held_back)
    def by_losses(
        self, model: ModelConfig, val_loss: Curve, train_loss: Curve, code: Code
    ) -> Iterator[Evidence]:
        rise, best, end = val_loss.rise, val_loss.best, val_loss.end
        if rise is None or best is None or end is None or best.value <= 0 or not rise.persistent:
            return
        share = rise.value / best.value
        falls = train_loss.end_level and train_loss.best_level
        falling = bool(falls) and not (train_loss.rise and train_loss.rise.persistent)
        if self.rise.exceeded(share) and falling and not val_loss.non_finite:
            yield Evidence(
                message=f"{val_loss.name} rose from {number(best.value)} at step {best.step} to "
                f"{number(end.value)} at step {end.step}, and the {len(model.layers)} layers "
                "have no dropout, normalization, weight penalty, weight decay or augmentation.",
                suggestion=sentence(f"{code('regularize')}; augment the data if they are images"),
                tag=val_loss.name,
                related=(train_loss.name,),
                steps=(best.step, end.step),
                comparison=self.rise.compare(share),
            )


def _regularized(model: ModelConfig) -> bool:
    decay = model.optimizer.config.get("weight_decay") if model.optimizer is not None else None
    layers = any(word in layer.kind for layer in model.layers for word in REGULARIZERS)
    recurrent = any(layer.config.get("recurrent_dropout") for layer in model.layers)
    return layers or recurrent or is_penalized(model) or bool(decay)
