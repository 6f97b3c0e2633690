"""Every role once: what people call it, and the line that logs it in each framework.

Settings, hints, the documentation and the tests take the names of roles from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tb_diagnose.roles.frameworks import Framework

K, TF, T = Framework.KERAS, Framework.TENSORFLOW, Framework.TORCH
L, HF, Y = Framework.LIGHTNING, Framework.HUGGING_FACE, Framework.ULTRALYTICS
SB3, ANY = Framework.STABLE_BASELINES3, Framework.UNKNOWN


class RoleInfo(NamedTuple):
    """One role.

    Attributes:
        title: what people call it: ``validation loss``.
        type: ``curve``, ``curves``, ``histograms``, ``statistics`` or ``setup``.
        code: framework → the line that logs it; ``UNKNOWN`` stands for all others, in words.
    """

    title: str
    type: str
    code: Mapping[Framework, str]

    def how_to_log(self, framework: Framework) -> str:
        """The line of code, or the words where the framework is not known; ``""`` if none can."""
        return self.code.get(framework, self.code.get(ANY, ""))


def _scalar(title: str, tag: str, value: str, words: str = "", **code: str) -> RoleInfo:
    """A curve that any loop can log under a tag of its own."""
    frameworks = {framework.name: framework for framework in Framework}
    lines = {
        TF: f'tf.summary.scalar("{tag}", {value}, step)',
        T: f'writer.add_scalar("{tag}", {value}, step)',
        L: f'self.log("{tag}", {value})',
        HF: f'trainer.log({{"{tag}": {value}}})',
        ANY: words or f"log the {title} as a scalar",
    }
    return RoleInfo(title, "curve", lines | {frameworks[name]: line for name, line in code.items()})


_HISTOGRAMS = {
    K: 'keras.callbacks.TensorBoard("logs", histogram_freq=1)',
    TF: "tf.summary.histogram(variable.path, variable, step)",
    T: "writer.add_histogram(name, parameter, step)",
    L: "self.logger.experiment.add_histogram(name, parameter, step)",
    ANY: "log a histogram of each weight",
}
_ATTACH = {
    K: 'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])',
    TF: "train_step = tb_diagnose.attach.tf(train_step, model, optimizer, writer=writer)",
    T: "tb_diagnose.attach.torch(model, optimizer, writer)",
    L: "Trainer(callbacks=[tb_diagnose.attach.lightning()])",
    HF: "Trainer(..., callbacks=[tb_diagnose.attach.hugging_face()])",
}
_VALIDATION = {
    K: "model.fit(..., validation_data=(x_val, y_val))",
    TF: 'tf.summary.scalar("validation/loss", loss, step)',
    T: 'writer.add_scalar("loss/validation", loss, step)',
    L: 'self.log("val_loss", loss) in validation_step',
    HF: 'TrainingArguments(eval_strategy="epoch")',
    ANY: "log the loss on held-out data",
}
_ACCURACY = {
    K: 'model.compile(..., metrics=["accuracy"])',
    TF: 'tf.summary.scalar("accuracy", accuracy, step)',
    T: 'writer.add_scalar("accuracy/train", accuracy, step)',
    L: 'self.log("train_accuracy", accuracy)',
    ANY: "log a score of the task, such as the accuracy",
}
_HELD_OUT_ACCURACY = _ACCURACY | {
    T: 'writer.add_scalar("accuracy/validation", accuracy, step)',
    L: 'self.log("val_accuracy", accuracy) in validation_step',
    HF: "Trainer(..., compute_metrics=compute_metrics)",
}
_SETUP = {
    K: 'keras.callbacks.TensorBoard("logs")',
    TF: _ATTACH[TF],
    T: _ATTACH[T],
    L: _ATTACH[L],
    HF: _ATTACH[HF],
    ANY: "",
}


def _statistics(title: str) -> RoleInfo:
    return RoleInfo(title, "statistics", _ATTACH)


#: Role → what it is.
ROLES: Mapping[str, RoleInfo] = {
    "train_loss": _scalar("training loss", "train/loss", "loss", KERAS=_SETUP[K]),
    "val_loss": RoleInfo("validation loss", "curve", _VALIDATION),
    "train_score": RoleInfo("training score", "curve", _ACCURACY),
    "val_score": RoleInfo("validation score", "curve", _HELD_OUT_ACCURACY),
    "losses": _scalar("loss", "train/loss", "loss", KERAS=_SETUP[K]),
    "scores": RoleInfo("score", "curves", _HELD_OUT_ACCURACY),
    "pairs": RoleInfo("curve logged on both training and validation data", "curves", _VALIDATION),
    "errors": _scalar("error", "train/error", "error"),
    "splits": RoleInfo("curve logged on both training and validation data", "curves", _VALIDATION),
    "batch_loss": _scalar(
        "loss of single batches",
        "train/batch_loss",
        "loss",
        KERAS='keras.callbacks.TensorBoard("logs", update_freq="batch")',
    ),
    "learning_rate": _scalar("learning rate", "learning_rate", "learning_rate"),
    "gradient_norm": _scalar("gradient norm", "grad_norm", "gradient_norm"),
    "reward": _scalar("reward", "episode_reward", "reward"),
    "success": _scalar("success rate", "success_rate", "success_rate"),
    "entropy": _scalar("policy entropy", "policy_entropy", "entropy"),
    "entropy_coefficient": _scalar("entropy coefficient", "ent_coef", "coefficient"),
    "kl": _scalar("KL divergence", "approx_kl", "kl"),
    "kl_term": _scalar("KL term of the objective", "train/kl", "kl"),
    "clip_fraction": _scalar("clip fraction", "clip_fraction", "clip_fraction"),
    "explained_variance": _scalar("explained variance", "explained_variance", "variance"),
    "value_loss": _scalar("value loss", "value_loss", "value_loss"),
    "policy_loss": _scalar("policy loss", "policy_loss", "policy_loss"),
    "generator_loss": _scalar("generator loss", "generator_loss", "generator_loss"),
    "discriminator_loss": _scalar(
        "discriminator loss", "discriminator_loss", "discriminator_loss"
    ),
    "scalars": _scalar("scalar", "train/loss", "loss", KERAS=_SETUP[K]),
    "histograms": RoleInfo("histogram", "histograms", _HISTOGRAMS),
    "weights": RoleInfo("histogram of a weight", "histograms", _HISTOGRAMS),
    "kernels": RoleInfo("histogram of a layer's kernel", "histograms", _HISTOGRAMS),
    "gradients": RoleInfo("histogram of a gradient", "histograms", {
        TF: 'tf.summary.histogram("gradients/" + variable.path, gradient, step)',
        T: 'writer.add_histogram("gradients/" + name, parameter.grad, step)',
        L: 'self.logger.experiment.add_histogram("gradients/" + name, parameter.grad, step)',
        ANY: "log a histogram of each gradient",
    }),
    "activations": RoleInfo("histogram of an activation", "histograms", {
        TF: 'tf.summary.histogram("activations/" + layer.name, output, step)',
        T: 'writer.add_histogram("activations/" + name, output, step)',
        L: 'self.logger.experiment.add_histogram("activations/" + name, output, step)',
        ANY: "log a histogram of each layer's output",
    }),
    "model": RoleInfo("model configuration", "setup", _SETUP),
    "optimizer": RoleInfo("optimizer configuration", "setup", _SETUP),
    "chance": RoleInfo("known number of classes", "setup", _SETUP),
    "hparams": RoleInfo("hyperparameter", "setup", {
        K: 'hp.KerasCallback("logs", {"learning_rate": rate, "batch_size": size})',
        TF: 'hp.hparams({"learning_rate": rate, "batch_size": size})',
        T: 'writer.add_hparams({"lr": rate, "batch_size": size}, {})',
        L: "self.save_hyperparameters()",
        ANY: "log the hyperparameters",
    }),
    "layer_vitals": _statistics("layer statistics"),
    "weight_vitals": _statistics("weight statistics"),
    "step_vitals": _statistics("step statistics"),
    "input_vitals": _statistics("input statistics"),
    "input_vitals_val": _statistics("input statistics of the validation data"),
    "label_vitals": _statistics("label statistics"),
    "layers": RoleInfo("histogram or statistic of a layer", "setup", _HISTOGRAMS),
    "layer_movements": RoleInfo("kernel with three histograms", "histograms", _HISTOGRAMS),
    "layer_gradients": _statistics("gradient of a kernel, three times"),
    "layer_updates": _statistics("update of a kernel"),
    "dead_units": _statistics("statistic of dead units"),
    "saturated_units": _statistics("statistic of saturated units"),
    # What every log has.
    "facts": RoleInfo("fact about the log", "setup", {}),
    "analysis": RoleInfo("analysis", "setup", {}),
    "learning": RoleInfo("loss, score or reward", "curves", {ANY: "log the loss as a scalar"}),
    "state": RoleInfo("event", "setup", {}),
    "code": RoleInfo("framework", "setup", {}),
    "reinforcement": RoleInfo("kind of training", "setup", {}),
}  # fmt: skip


def missing(role: str, framework: Framework) -> tuple[str, str]:
    """Why a run without that role cannot be judged, and the line that would log it."""
    info = ROLES[role]
    return f"no {info.title} in this log", info.how_to_log(framework)
