"""What to log so that a diagnosis can be judged: the line of code for every role."""

from __future__ import annotations

from collections.abc import Mapping

#: Role → what to log so that a run has it.
ENABLE: Mapping[str, str] = {
    "train_loss": 'tf.summary.scalar("train/loss", loss, step)',
    "val_loss": "model.fit(..., validation_data=(x_val, y_val))",
    "pairs": "model.fit(..., validation_data=(x_val, y_val))",
    "train_score": 'model.compile(..., metrics=["accuracy"])',
    "val_score": 'model.compile(..., metrics=["accuracy"])',
    "batch_loss": 'tf.keras.callbacks.TensorBoard("logs", update_freq="batch")',
    "learning_rate": 'tf.summary.scalar("learning_rate", optimizer.learning_rate, step)',
    "gradient_norm": 'tf.summary.scalar("grad_norm", tf.linalg.global_norm(gradients), step)',
    "model": 'tf.keras.callbacks.TensorBoard("logs")',
    "optimizer": 'tf.keras.callbacks.TensorBoard("logs")',
    "chance": 'tf.keras.callbacks.TensorBoard("logs")',
    "weights": 'tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)',
    "kernels": 'tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)',
    "gradients": 'tf.summary.histogram("gradients/" + v.path, g, step)',
    "activations": 'tf.summary.histogram("activations/" + layer.name, y, step)',
    "reward": 'tf.summary.scalar("episode_reward", reward, step)',
    "success": 'tf.summary.scalar("success_rate", rate, step)',
    "entropy": 'tf.summary.scalar("policy_entropy", entropy, step)',
    "kl": 'tf.summary.scalar("approx_kl", kl, step)',
    "clip_fraction": 'tf.summary.scalar("clip_fraction", fraction, step)',
    "explained_variance": 'tf.summary.scalar("explained_variance", ev, step)',
    "value_loss": 'tf.summary.scalar("value_loss", loss, step)',
    "policy_loss": 'tf.summary.scalar("policy_loss", loss, step)',
    "generator_loss": 'tf.summary.scalar("generator_loss", loss, step)',
    "discriminator_loss": 'tf.summary.scalar("discriminator_loss", loss, step)',
    "hparams": 'hp.hparams({"learning_rate": rate, "batch_size": size})',
    "scalars": 'tf.summary.scalar("loss", loss, step)',
    "histograms": 'tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)',
    **dict.fromkeys(
        (
            "layer_vitals",
            "weight_vitals",
            "step_vitals",
            "input_vitals",
            "input_vitals_val",
            "label_vitals",
        ),
        'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])',
    ),
}

#: Role → what people call it, where that is not its name.
_SPOKEN = {
    "val_loss": "validation loss",
    "val_score": "validation score",
    "train_loss": "training loss",
    "train_score": "training score",
    "pairs": "quantity logged on both training and validation data",
    "chance": "known number of classes",
    "model": "Keras model configuration",
}


def lack(role: str) -> tuple[str, str]:
    """Why a run without that role cannot be judged, and what would enable it."""
    return f"no {_SPOKEN.get(role, role.replace('_', ' '))} in this run", ENABLE.get(role, "")
