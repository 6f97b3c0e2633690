"""Changes as one writes them in each framework: the code of suggestions."""

from __future__ import annotations

from collections.abc import Mapping

from tb_diagnose.core.model import Optimizer
from tb_diagnose.roles.frameworks import Framework

K, TF, T = Framework.KERAS, Framework.TENSORFLOW, Framework.TORCH
L, HF, Y = Framework.LIGHTNING, Framework.HUGGING_FACE, Framework.ULTRALYTICS
SB3, ANY = Framework.STABLE_BASELINES3, Framework.UNKNOWN

#: Change → how to write it; ``UNKNOWN`` is the plain sentence for all other frameworks.
_CHANGES: Mapping[str, Mapping[Framework, str]] = {
    "clip the gradients": {
        K: "clip the gradients (optimizer argument clipnorm=1.0)",
        TF: "clip the gradients (tf.clip_by_global_norm(gradients, 1.0))",
        T: "clip the gradients (torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0))",
        L: "clip the gradients (Trainer(gradient_clip_val=1.0))",
        HF: "clip the gradients (TrainingArguments(max_grad_norm=1.0))",
        SB3: "clip the gradients (max_grad_norm=0.5)",
        ANY: "clip the gradient norm to 1",
    },
    "stop early": {
        K: 'stop early (EarlyStopping("val_loss", patience=3, restore_best_weights=True))',
        L: 'stop early (EarlyStopping("val_loss", patience=3)) and keep the best checkpoint',
        HF: "stop early (EarlyStoppingCallback(3) with load_best_model_at_end=True)",
        Y: "stop early (patience=20) and use best.pt",
        ANY: "stop early and keep the checkpoint with the best validation",
    },
    "decay the rate": {
        K: "let the learning rate decay (keras.optimizers.schedules.CosineDecay)",
        TF: "let the learning rate decay (a cosine schedule)",
        T: "let the learning rate decay (torch.optim.lr_scheduler.CosineAnnealingLR)",
        L: "let the learning rate decay (return a CosineAnnealingLR from configure_optimizers)",
        HF: 'let the learning rate decay (lr_scheduler_type="cosine")',
        Y: "let the learning rate decay (cos_lr=True)",
        ANY: "let the learning rate decay",
    },
    "warm up": {
        HF: "warm the learning rate up (warmup_ratio=0.05)",
        Y: "warm the learning rate up (warmup_epochs=3)",
        ANY: "warm the learning rate up over the first few percent of the steps",
    },
    "find non-finite values": {
        K: "call tf.debugging.enable_check_numerics() to find the operation that makes them",
        TF: "call tf.debugging.enable_check_numerics() to find the operation that makes them",
        T: "set torch.autograd.set_detect_anomaly(True) to find the operation that makes them",
        L: "use Trainer(detect_anomaly=True) to find the operation that makes them",
        HF: "set torch.autograd.set_detect_anomaly(True) to find the operation that makes them",
        ANY: "check inputs and the terms of the loss for NaN, one after the other",
    },
    "shuffle": {
        K: "shuffle the training data (dataset.shuffle(len(x)), or fit(shuffle=True) for arrays)",
        TF: "shuffle the training data (dataset.shuffle(buffer_size=number_of_examples))",
        T: "shuffle the training data (DataLoader(..., shuffle=True))",
        L: "shuffle the training data (DataLoader(..., shuffle=True))",
        ANY: "shuffle the training data",
    },
    "weigh the classes": {
        K: "weigh the classes (model.fit(..., class_weight=...))",
        T: "weigh the classes (CrossEntropyLoss(weight=...))",
        L: "weigh the classes (CrossEntropyLoss(weight=...))",
        ANY: "weigh the classes in the loss",
    },
    "regularize": {
        K: "add Dropout or weight decay (AdamW)",
        T: "add nn.Dropout or weight decay (AdamW(weight_decay=0.01))",
        L: "add nn.Dropout or weight decay (AdamW(weight_decay=0.01))",
        HF: "add weight decay (weight_decay=0.01)",
        Y: "augment more and raise weight_decay",
        ANY: "add dropout or weight decay",
    },
    "initialize": {
        K: 'use kernel_initializer="he_normal" for ReLU layers and the default elsewhere',
        T: "use nn.init.kaiming_normal_ for ReLU layers and the default elsewhere",
        L: "use nn.init.kaiming_normal_ for ReLU layers and the default elsewhere",
        ANY: "initialize by fan-in (He for ReLU layers, Glorot elsewhere)",
    },
    "start biases at 0": {
        K: 'use bias_initializer="zeros", the default',
        T: "use nn.init.zeros_(layer.bias)",
        L: "use nn.init.zeros_(layer.bias)",
        ANY: "let biases begin at 0",
    },
    "reset the gradients": {
        T: "call optimizer.zero_grad() before loss.backward()",
        L: "call optimizer.zero_grad() before self.manual_backward(loss)",
        ANY: "set the gradients to zero before each backward pass",
    },
    "keep memory small": {
        K: "look for memory, lists or graphs that grow (tf.function once, outside of the loop)",
        TF: "look for memory, lists or graphs that grow (tf.function once, outside of the loop)",
        T: "keep numbers and not tensors with their graph (losses.append(loss.item()))",
        L: "keep numbers and not tensors with their graph (losses.append(loss.item()))",
        ANY: "look for memory, lists or graphs that grow with every step, and for what is logged",
    },
    "name the folder": {
        K: 'log each training to a folder of its own (TensorBoard("logs/" + its name))',
        T: 'log each training to a folder of its own (SummaryWriter("runs/" + its name))',
        L: "log each training to a folder of its own (TensorBoardLogger(version=...))",
        HF: "log each training to a folder of its own (TrainingArguments(logging_dir=...))",
        ANY: "log each training to a folder of its own",
    },
    "log the loss": {
        K: 'pass keras.callbacks.TensorBoard("logs") to model.fit, and see that this is its folder',
        TF: "write the loss with tf.summary.scalar, and call writer.flush()",
        T: "write the loss with writer.add_scalar, and call writer.close()",
        L: 'call self.log("train_loss", loss) in training_step',
        ANY: "log the loss, flush the writer, and see that this is the folder it writes to",
    },
    "keep the range": {
        K: 'use keras.mixed_precision.set_global_policy("mixed_bfloat16")',
        T: "use torch.bfloat16, and call scaler.unscale_(optimizer) before clipping",
        L: 'use Trainer(precision="bf16-mixed")',
        HF: "use TrainingArguments(bf16=True, fp16=False)",
        ANY: "use bfloat16, and clip only after the gradients are unscaled",
    },
    "pass all parameters": {
        K: "compile the model again after its layers were replaced",
        TF: "pass model.trainable_variables to optimizer.apply_gradients",
        T: "build the optimizer from model.parameters() after the model is complete",
        L: "return an optimizer over self.parameters() from configure_optimizers",
        ANY: "build the optimizer from all parameters of the model, after it is complete",
    },
    "scale the inputs": {
        K: "scale the inputs (keras.layers.Rescaling(1 / 255) or Normalization)",
        ANY: "scale the inputs to mean 0 and standard deviation 1 (pixels: divide by 255)",
    },
    "classify many": {
        K: 'end in Dense(K, activation="softmax") with sparse_categorical_crossentropy',
        T: "end in Linear(n, K) without activation, with CrossEntropyLoss",
        L: "end in Linear(n, K) without activation, with CrossEntropyLoss",
        ANY: "end in K outputs with a softmax and a categorical cross-entropy",
    },
    "classify two": {
        K: 'end in Dense(1, activation="sigmoid") with binary_crossentropy',
        T: "end in Linear(n, 1) without activation, with BCEWithLogitsLoss",
        L: "end in Linear(n, 1) without activation, with BCEWithLogitsLoss",
        ANY: "end in one output with a sigmoid and a binary cross-entropy",
    },
    "regress": {
        K: "end in Dense(1) without activation, with mean_squared_error",
        T: "end in Linear(n, 1) without activation, with MSELoss",
        L: "end in Linear(n, 1) without activation, with MSELoss",
        ANY: "end in one output without activation and a squared error",
    },
    "pass probabilities": {
        K: "set from_logits=False, or remove the activation of the last layer",
        ANY: "remove the activation of the last layer: the loss takes raw scores",
    },
    "pass scores": {
        K: "add the activation to the last layer, or set from_logits=True in the loss",
        T: "use the loss that takes raw scores: CrossEntropyLoss or BCEWithLogitsLoss",
        L: "use the loss that takes raw scores: CrossEntropyLoss or BCEWithLogitsLoss",
        ANY: "add the activation, or use the loss that takes raw scores",
    },
    "use ReLU": {
        K: 'use activation="relu" there',
        T: "put nn.ReLU() there",
        L: "put nn.ReLU() there",
        ANY: "use a ReLU there",
    },
    "measure an error": {
        K: 'log metrics=["mae"] for numbers',
        ANY: "log the mean absolute error for numbers",
    },
    "train batch normalization right": {
        K: "lower the momentum of BatchNormalization (0.9) or train for more steps",
        T: "check model.train() and model.eval(), and raise the momentum of BatchNorm (0.1)",
        L: "raise the momentum of BatchNorm (0.1) or train for more steps",
        ANY: "check that batch normalization updates its statistics while training and uses them "
        "while validating",
    },
}  # fmt: skip


class Code:
    """Suggestions in the words of one framework."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework

    def __call__(self, change: str) -> str:
        """A change as a clause without a full stop; raises KeyError for one there is no text of."""
        lines = _CHANGES[change]
        return lines.get(self.framework, lines[ANY])

    def lower_rate(self, optimizer: Optimizer | None, factor: float = 10) -> str:
        """A learning rate divided by ``factor``, as a clause."""
        known = optimizer.learning_rate if optimizer else None
        return (
            self.rate(optimizer, known / factor)
            if known
            else (f"divide the learning rate by {factor:g}")
        )

    def rate(self, optimizer: Optimizer | None, better: float) -> str:
        """``Adam(learning_rate=10) → Adam(learning_rate=0.001)`` in the framework's words."""
        known = optimizer.learning_rate if optimizer else None
        argument = "learning_rate" if self.framework in (K, TF, HF, SB3, ANY) else "lr"
        if self.framework is Y:
            argument = "lr0"
        name = optimizer.class_name if optimizer and optimizer.name else ""
        if self.framework is HF:
            name = "TrainingArguments"
        if known is None:
            return f"set the learning rate to {better:.3g}"
        if not name:
            return f"{argument}={known:.3g} → {argument}={better:.3g}"
        return f"{name}({argument}={known:.3g}) → {name}({argument}={better:.3g})"
