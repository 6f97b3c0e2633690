"""What each framework calls its curves, and how people spell theirs."""

from __future__ import annotations

#: Framework → the curves it logs (folder:tag), and which of them plays which role. The others
#: play none.
LOGS: dict[str, tuple[str, dict[str, str]]] = {
    "Keras 3": (
        ("train:epoch_loss train:epoch_accuracy train:epoch_learning_rate train:batch_loss "
         "train:batch_accuracy train:epoch_steps_per_second validation:epoch_loss "
         "validation:epoch_accuracy validation:evaluation_loss_vs_iterations "
         "validation:evaluation_accuracy_vs_iterations"),
        {
            "train_loss": "train/epoch_loss", "val_loss": "validation/epoch_loss",
            "train_score": "train/epoch_accuracy", "val_score": "validation/epoch_accuracy",
            "learning_rate": "train/epoch_learning_rate", "batch_loss": "train/batch_loss",
        },
    ),
    "Keras 2": (
        ("train:epoch_loss train:epoch_acc train:epoch_lr validation:epoch_loss "
         "validation:epoch_acc validation:evaluation_loss_vs_iterations"),
        {
            "train_loss": "train/epoch_loss", "val_loss": "validation/epoch_loss",
            "train_score": "train/epoch_acc", "val_score": "validation/epoch_acc",
            "learning_rate": "train/epoch_lr",
        },
    ),
    "a tf.summary loop": (
        "train:loss train:accuracy train:lr test:loss test:accuracy",
        {
            "train_loss": "train/loss", "val_loss": "test/loss", "train_score": "train/accuracy",
            "val_score": "test/accuracy", "learning_rate": "train/lr",
        },
    ),
    "Orbit": (
        ("train:training_loss train:learning_rate train:grad_norm train:steps_per_second "
         "validation:validation_loss validation:accuracy"),
        {
            "train_loss": "train/training_loss", "val_loss": "validation/validation_loss",
            "val_score": "validation/accuracy", "learning_rate": "train/learning_rate",
            "gradient_norm": "train/grad_norm",
        },
    ),
    "Estimator": (
        ("loss average_loss global_step/sec regularization_loss eval:loss eval:average_loss "
         "eval:accuracy eval:accuracy_baseline eval:auc eval:auc_precision_recall eval:label/mean "
         "eval:prediction/mean"),
        {"train_loss": "loss", "val_loss": "eval/loss", "val_score": "eval/accuracy"},
    ),
    "PyTorch, by hand": (
        "Loss/train Loss/val Accuracy/test LR grad_norm epoch grads/fc1.weight",
        {
            "train_loss": "Loss/train", "val_loss": "Loss/val", "val_score": "Accuracy/test",
            "learning_rate": "LR", "gradient_norm": "grad_norm",
        },
    ),
    "Lightning": (
        ("train_loss_step train_loss_epoch val_loss val_acc lr-Adam lr-Adam-momentum "
         "lr-Adam-weight_decay grad_2.0_norm_total grad_2.0_norm/fc.weight epoch"),
        {
            "train_loss": "train_loss_epoch", "val_loss": "val_loss", "val_score": "val_acc",
            "learning_rate": "lr-Adam", "gradient_norm": "grad_2.0_norm_total",
        },
    ),
    "Hugging Face": (
        ("train/loss train/learning_rate train/grad_norm train/epoch eval/loss eval/accuracy "
         "eval/runtime eval/samples_per_second eval/steps_per_second"),
        {
            "train_loss": "train/loss", "val_loss": "eval/loss", "val_score": "eval/accuracy",
            "learning_rate": "train/learning_rate", "gradient_norm": "train/grad_norm",
        },
    ),
    "Stable-Baselines3, PPO": (
        ("train/loss train/value_loss train/policy_gradient_loss train/entropy_loss "
         "train/approx_kl train/clip_fraction train/clip_range train/explained_variance "
         "train/learning_rate "
         "train/n_updates train/std rollout/ep_rew_mean rollout/ep_len_mean time/fps"),
        {
            "reward": "rollout/ep_rew_mean", "value_loss": "train/value_loss",
            "policy_loss": "train/policy_gradient_loss", "entropy": "train/entropy_loss",
            "kl": "train/approx_kl", "clip_fraction": "train/clip_fraction",
            "explained_variance": "train/explained_variance",
            "learning_rate": "train/learning_rate",
        },
    ),
    "Stable-Baselines3, SAC": (
        ("train/actor_loss train/critic_loss train/ent_coef train/ent_coef_loss "
         "rollout/ep_rew_mean rollout/success_rate eval/mean_reward eval/mean_ep_length"),
        {
            "reward": "eval/mean_reward", "value_loss": "train/critic_loss",
            "policy_loss": "train/actor_loss", "entropy_coefficient": "train/ent_coef",
            "success": "rollout/success_rate",
        },
    ),
    "Stable-Baselines3, DQN": (
        "train/loss train/learning_rate rollout/ep_rew_mean rollout/exploration_rate",
        {"reward": "rollout/ep_rew_mean", "learning_rate": "train/learning_rate"},
    ),
    "CleanRL": (
        ("charts/episodic_return charts/SPS charts/learning_rate losses/value_loss "
         "losses/policy_loss losses/entropy losses/approx_kl losses/clipfrac "
         "losses/explained_variance"),
        {
            "reward": "charts/episodic_return", "value_loss": "losses/value_loss",
            "policy_loss": "losses/policy_loss", "entropy": "losses/entropy",
            "kl": "losses/approx_kl", "clip_fraction": "losses/clipfrac",
            "explained_variance": "losses/explained_variance",
            "learning_rate": "charts/learning_rate",
        },
    ),
    "Unity ML-Agents": (
        ("Environment/Cumulative Reward,Environment/Episode Length,Losses/Policy Loss,"
        "Losses/Value Loss,Policy/Entropy,Policy/Learning Rate,Policy/Extrinsic Reward,"
         "Policy/Curiosity Reward"),
        {
            "reward": "Environment/Cumulative Reward", "policy_loss": "Losses/Policy Loss",
            "value_loss": "Losses/Value Loss", "entropy": "Policy/Entropy",
            "learning_rate": "Policy/Learning Rate",
        },
    ),
    "Ultralytics": (
        ("train/box_loss train/cls_loss train/dfl_loss val/box_loss val/cls_loss val/dfl_loss "
         "lr/pg0 lr/pg1 metrics/mAP50(B) metrics/mAP50-95(B) metrics/precision(B) "
         "metrics/recall(B)"),
        {
            "train_loss": "train/box_loss + train/cls_loss + train/dfl_loss",
            "val_loss": "val/box_loss + val/cls_loss + val/dfl_loss",
            "val_score": "metrics/mAP50(B)", "learning_rate": "lr/pg0",
        },
    ),
    "mmengine": (
        ("train/loss train/loss_cls train/loss_bbox train/lr train/base_lr train/grad_norm "
         "train/epoch train/iter train/time train/data_time train/memory val/loss "
         "val/accuracy/top1 val/accuracy/top5"),
        {
            "train_loss": "train/loss", "val_loss": "val/loss", "val_score": "val/accuracy/top1",
            "learning_rate": "train/lr", "gradient_norm": "train/grad_norm",
        },
    ),
    "a GAN": (
        "G_loss D_loss D_real D_fake",
        {"generator_loss": "G_loss", "discriminator_loss": "D_loss"},
    ),
    "a GAN and its reconstruction": (
        "Loss/generator Loss/discriminator loss",
        {"generator_loss": "Loss/generator", "discriminator_loss": "Loss/discriminator"},
    ),
}  # fmt: skip

#: Training and validation as people spell them.
SPELLINGS = (
    ("Loss/train", "Loss/val"), ("loss/train", "Loss/test"), ("train/loss", "valid/loss"),
    ("train_loss", "val_loss"), ("Train Loss", "Validation Loss"), ("trainLoss", "valLoss"),
    ("losses_train:losses", "losses_val:losses"), ("Training/loss", "Testing/loss"),
    ("avg_train_loss", "avg_val_loss"), ("train_ce", "dev_ce"), ("loss", "val_loss"),
    ("epoch/train_loss", "epoch/val_loss"), ("tr_loss", "val_loss"), ("loss_epoch", "eval_loss"),
    ("train_loss_epoch", "val_loss_epoch"), ("Loss/Train_epoch", "Loss/Valid_epoch"),
)  # fmt: skip

RATES = (
    "lr", "LR", "Learning rate", "learning_rate", "lr/group0", "train/lr", "optimizer/lr",
    "lr-AdamW/pg1", "LearningRate",
)  # fmt: skip

NORMS = (
    "grad_norm", "grad_2.0_norm_total", "train/grad_norm", "gradient_norm", "global_grad_norm",
    "GradNorm",
)  # fmt: skip
