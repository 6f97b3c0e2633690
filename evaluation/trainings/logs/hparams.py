"""Hyperparameters as PyTorch's ``add_hparams`` and Lightning's logger write them."""

from __future__ import annotations

from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2

from trainings.logs.events import EventFile, Value
from trainings.plan import Plan

_TAGS = ("experiment", "session_start_info", "session_end_info")


def session(file: EventFile, plan: Plan, begin: float, end: float) -> None:
    """The three events of a session: what could vary, what it was, and how it ended."""
    values: dict[str, float | str] = {
        "lr": plan.rate,
        "batch_size": float(plan.batch),
        "optimizer": plan.optimizer,
    }
    experiment = api_pb2.Experiment(
        hparam_infos=[api_pb2.HParamInfo(name=name, type=_type(v)) for name, v in values.items()]
    )
    start = plugin_data_pb2.SessionStartInfo(start_time_secs=begin)
    for name, value in values.items():
        field = "string_value" if isinstance(value, str) else "number_value"
        setattr(start.hparams[name], field, value)
    done = plugin_data_pb2.SessionEndInfo(
        status=api_pb2.Status.Value("STATUS_SUCCESS"), end_time_secs=end
    )
    for name, content in zip(_TAGS, (experiment, start, done), strict=True):
        file.add(0, begin, [_value(name, content)])


def _type(value: float | str) -> int:
    name = "DATA_TYPE_STRING" if isinstance(value, str) else "DATA_TYPE_FLOAT64"
    return int(api_pb2.DataType.Value(name))


def _value(name: str, content: object) -> Value:
    data = plugin_data_pb2.HParamsPluginData(version=0, **{name: content})
    value = Value(tag=f"_hparams_/{name}")
    value.metadata.plugin_data.plugin_name = "hparams"
    value.metadata.plugin_data.content = data.SerializeToString()
    return value
