"""What is copied, saved, scripted or compiled while attached carries nothing of ours along."""

from __future__ import annotations

import copy
import io
import pickle
import socket
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="attaching to PyTorch is tested with it")

from torch import nn
from torch.nn.modules import module as hooks_of_all

from tb_diagnose import attach
from tb_diagnose.core.run import Run
from tb_diagnose.read import clusters, load

X = torch.linspace(-1, 1, 40).reshape(8, 5)


def network() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


class Network(nn.Module):
    """The same network within a module of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = network()

    def forward(self, x: Any) -> Any:
        return self.stack(x)


def clean(model: Any) -> bool:
    """Whether no module of a model has a hook or an attribute of ours."""
    return not any(
        "tb_diagnose" in repr(value) or (name.endswith("_hooks") and value)
        for each in model.modules()
        for name, value in vars(each).items()
        if name != "_modules"
    )


def step(model: Any, optimizer: Any) -> None:
    optimizer.zero_grad()
    model(X).square().mean().backward()
    optimizer.step()


def deepcopy(model: Any) -> Any:
    return copy.deepcopy(model)


def pickled(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


def saved(model: Any) -> Any:
    file = io.BytesIO()
    torch.save(model, file)
    assert b"tb_diagnose" not in file.getvalue()
    file.seek(0)
    return torch.load(file, weights_only=False)


def averaged(model: Any) -> Any:
    averaging = torch.optim.swa_utils.AveragedModel(model)
    averaging.update_parameters(model)
    return averaging.module


def exponential(model: Any) -> Any:
    decay = torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    averaging = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=decay)
    averaging.update_parameters(model)
    return averaging.module


def shared(model: Any) -> Any:
    return model.share_memory()


def parallel(model: Any) -> Any:
    return nn.DataParallel(model).module


COPIES: tuple[Callable[[Any], Any], ...] = (
    deepcopy,
    pickled,
    saved,
    averaged,
    exponential,
    shared,
    parallel,
)
sampled_or_not = pytest.mark.parametrize("every", (1, 1000))


@sampled_or_not
@pytest.mark.parametrize("made", COPIES, ids=lambda made: made.__name__)
def test_a_copy_carries_nothing_along(
    made: Callable[[Any], Any], every: int, tmp_path: Path
) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, tmp_path, every=every):
        for _ in range(3):
            twin = made(model)
            assert clean(twin)
            assert clean(model)
            step(model, optimizer)
        twin = made(model).eval()
        torch.testing.assert_close(twin(X).shape, model(X).shape)
        assert clean(copy.deepcopy(optimizer).__dict__.get("_none", nn.Identity()))
        assert not pickle.loads(pickle.dumps(optimizer))._optimizer_step_pre_hooks


def test_a_copy_made_within_a_sampled_step(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with attach.torch(model, optimizer, tmp_path, every=1):
        step(model, optimizer)
        loss = model(X).mean()
        twin = copy.deepcopy(model)
        loss.backward()
        assert clean(twin)
        optimizer.step()
        twin(X)


def scripted(model: Any) -> Any:
    return torch.jit.script(model)


def traced(model: Any) -> Any:
    return torch.jit.trace(model, X)


def exported(model: Any) -> Any:
    return torch.export.export(model, (X,)).module(check_guards=False)


def symbolic(model: Any) -> Any:
    return torch.fx.symbolic_trace(model)


@sampled_or_not
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(
    "made", (scripted, traced, exported, symbolic), ids=lambda made: made.__name__
)
def test_a_program_made_of_it_is_the_same(
    made: Callable[[Any], Any], every: int, tmp_path: Path
) -> None:
    model = network().eval()
    plain = made(model)(X)
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    with attach.torch(model, optimizer, tmp_path, every=every):
        step(model, optimizer)
        model.load_state_dict(network().state_dict())
        program = made(model.eval())
        assert "tb_diagnose" not in str(getattr(program, "code", ""))
        torch.testing.assert_close(program(X), plain)
        assert clean(model)


def compiled(function: Any) -> Any:
    return torch.compile(function, backend="eager", fullgraph=True)


def logged(folder: Path) -> Run:
    (run,) = [run for cluster in clusters([folder]) for run in load(cluster)]
    return run


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("when", ("before", "after", "in place", "in place before", "whole step"))
def test_a_model_that_is_compiled(when: str, tmp_path: Path) -> None:
    torch._dynamo.reset()

    def trained(folder: Path | None) -> list[bytes]:
        model = Network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        called = model
        if when == "before":
            called = compiled(model)
        if when == "in place before":
            model.compile(backend="eager", fullgraph=True)
        attached = attach.torch(called, optimizer, folder, every=1) if folder else None
        if when == "after":
            called = compiled(model)
        if when == "in place":
            model.compile(backend="eager", fullgraph=True)

        def loss(x: Any) -> Any:
            return called(x).square().mean()

        function = compiled(loss) if when == "whole step" else loss
        for _ in range(4):
            optimizer.zero_grad()
            function(X).backward()
            optimizer.step()
        if attached:
            attached.close()
        assert clean(model)
        return [each.detach().numpy().tobytes() for each in model.state_dict().values()]

    plain = trained(None)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert trained(tmp_path) == plain
    found = {each.tag: each for each in logged(tmp_path).vitals}
    assert (found["diagnose/weights"].column("update_norm")[1:, 0] > 0).all()
    assert len(found["diagnose/weights"]) == 4


def test_nothing_is_left_to_be_called_when_all_is_over(tmp_path: Path) -> None:
    before = dict(hooks_of_all._global_forward_pre_hooks)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    attached = attach.torch(model, optimizer, tmp_path, every=2)
    step(model, optimizer)
    attached.close()
    assert hooks_of_all._global_forward_pre_hooks == before
    assert not hooks_of_all._global_forward_hooks
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks


def test_what_is_forgotten_is_freed(tmp_path: Path) -> None:
    import gc

    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    attach.torch(model, optimizer, tmp_path, every=2)
    step(model, optimizer)
    assert hooks_of_all._global_forward_pre_hooks
    del model, optimizer
    gc.collect()
    assert not hooks_of_all._global_forward_pre_hooks


def test_an_unsampled_step_calls_modules_as_if_nothing_were_attached(tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    seen = []

    class Probe(nn.Module):
        def forward(self, x: Any) -> Any:
            seen.append(bool(hooks_of_all._has_any_global_hook()))
            return x

    model.append(Probe())
    with attach.torch(model, optimizer, tmp_path, every=3):
        for _ in range(5):
            step(model, optimizer)
    assert seen == [True, False, False, True, False]


def distributed(rank: int, port: int, kind: str, folder: str) -> None:
    """One of two processes that train one model."""
    from torch import distributed as dist
    from torch.nn.parallel import DistributedDataParallel

    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    inner = model
    if kind == "ddp":
        model = DistributedDataParallel(model)
    else:
        from torch.distributed.fsdp import FullyShardedDataParallel, fully_shard

    if kind == "fsdp1":
        model = FullyShardedDataParallel(model, use_orig_params=True, device_id=torch.device("cpu"))
    elif kind == "fsdp2":
        mesh = dist.device_mesh.init_device_mesh("cpu", (2,))
        for layer in (inner[0], inner[2]):
            fully_shard(layer, mesh=mesh)
        fully_shard(model, mesh=mesh)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    attached = attach.torch(model, optimizer, folder if rank == 0 else None, every=1)
    for _ in range(3):
        optimizer.zero_grad()
        model(X[4 * rank : 4 * rank + 4]).square().mean().backward()
        optimizer.step()
    attached.close()
    if kind == "ddp":
        assert clean(inner)
        assert clean(copy.deepcopy(model.module))
    dist.destroy_process_group()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ("ddp", "fsdp1", "fsdp2"))
def test_two_processes(kind: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = (port, kind, str(tmp_path))
    torch.multiprocessing.spawn(distributed, arguments, nprocs=2, join=True)
    found = {each.tag: each for each in logged(tmp_path).vitals}
    rows = ("0.weight",) if kind == "fsdp1" else ("0.weight", "0.bias", "2.weight", "2.bias")
    assert found["diagnose/weights"].rows == rows, "what this process holds a part of"
    assert (found["diagnose/weights"].column("update_norm") > 0).all()
    assert found["diagnose/layers"].rows == ("0", "1", "2")
    sharded = "shards" in " ".join(found["diagnose/layers"].layout["skipped"])
    assert sharded == (kind != "ddp")
