"""Some layers are not trained although others are.

Why it matters:
    No gradient reaches these weights, so the network is smaller than it looks: a branch that the
    loss does not use, a detached tensor, a recurrent layer that sees sequences of one step.

How it is judged:
    Trainable kernels whose gradient was 0 at every measured step, or that stay within a millionth
    of their mean |weight|, while others move. Other than recurrent ones, still kernels are a note
    unless nothing is learned.

When it stays silent:
    Layers frozen on purpose; all kernels stand still (frozen-weights); the first ones up to a depth
    do and nothing is learned (vanishing-gradients); embeddings, of which a batch uses a few rows.

What to try:
    Recurrent layers: inputs of (batch, steps, features). Others: look for detach, stop_gradient,
    argmax or a cast before the loss.

Sources:
    Amazon SageMaker Debugger, rule UnchangedTensor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tb_diagnose.analysis.layers import LayerSummary
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, plural
from tb_diagnose.engine.contract import diagnosis, method


@diagnosis(family="layers", severity=Severity.WARNING, since="0.1")
class DisconnectedLayers:
    @method("gradients of the kernels")
    def by_gradients(
        self, layer_gradients: tuple[LayerSummary, ...], learning: LearningState | None = None
    ) -> Iterator[Evidence]:
        trained = [layer for layer in layer_gradients if layer.trainable]
        cut = [layer for layer in trained if layer.cut_off and layer.kind != "embeddings"]
        if not cut or len(cut) == len(trained) or _from_the_first(cut, trained, learning):
            return
        track, reached = cut[0].gradient, len(trained) - len(cut)
        yield Evidence(
            message=f"No gradient reached {listed([layer.name for layer in cut])} at any of "
            f"{len(track.values)} measured steps, while "
            f"{plural(reached, 'other kernel')} got one.",
            suggestion="Look for detach, stop_gradient, argmax or a cast between its output and "
            "the loss, and for a branch that is not used; freeze it if that is what you want.",
            tag=track.tag,
            steps=track.span(),
            related=tuple(layer.name for layer in cut[1:]),
        )

    @method("movement of the kernels")
    def by_movement(
        self, layer_movements: tuple[LayerSummary, ...], learning: LearningState | None = None
    ) -> Iterator[Evidence]:
        judged = [
            layer for layer in layer_movements if layer.trainable and layer.kind != "embeddings"
        ]
        still = [layer for layer in judged if layer.still]
        if not still or len(still) == len(judged):
            return
        recurrent = [layer for layer in still if layer.kind == "recurrent"]
        if recurrent:
            yield self._evidence(
                recurrent,
                f"The recurrent weights of {_names(recurrent)} never moved, while those of the "
                "input did: the layer sees sequences of a single step.",
                "Shape the input as (batch, steps, features) with more than one step; for inputs "
                "without an order a dense layer does the same with a quarter of the weights.",
            )
        others = [layer for layer in still if layer.kind != "recurrent"]
        if others and not _from_the_first(others, judged, learning):
            harm = learning is not None and learning.poor
            yield self._evidence(
                others,
                f"{len(others)} of {plural(len(judged), 'kernel')} never moved, among them "
                f"{_names(others)}"
                + (f"; {learning.sentence}." if learning and harm else ", and the others did."),
                "See whether these layers are on the way to the loss and whether their units are "
                "alive; freeze them if that is what you want.",
                None if harm else Severity.INFO,
            )

    def _evidence(
        self,
        still: Sequence[LayerSummary],
        message: str,
        suggestion: str,
        severity: Severity | None = None,
    ) -> Evidence:
        return Evidence(
            message=message,
            suggestion=suggestion,
            tag=still[0].tag,
            steps=still[0].span(),
            severity=severity,
            related=tuple(layer.tag for layer in still[1:]),
        )


def _names(layers: Sequence[LayerSummary]) -> str:
    return listed([layer.name for layer in layers])


def _from_the_first(
    still: Sequence[LayerSummary], judged: Sequence[LayerSummary], learning: LearningState | None
) -> bool:
    """Whether all up to a depth are, and nothing is learned: then the gradient vanished."""
    return bool(learning and learning.poor and list(still) == list(judged[: len(still)]))
