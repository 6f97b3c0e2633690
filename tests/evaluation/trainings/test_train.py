"""A network trained among others is the network that PyTorch trains alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trainings.plan import Layer, Plan, Split, rng

torch = pytest.importorskip("torch")
ensembles = pytest.importorskip("trainings.train")
networks = pytest.importorskip("trainings.network")


def plan(seed: int = 1, **settings: Any) -> Plan:
    random = rng(seed)
    x = random.normal(size=(48, 5)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int64)
    own = Plan(Split((x, y), (x[:20], y[:20]), (x[20:], y[20:])), "classes", 2,
               (Layer("dense", 6, "tanh"),), "softmax", "cross-entropy",
               rate=0.02, batch=16, epochs=4, seed=seed)  # fmt: skip
    return replace(own, **settings)


def test_members_do_not_touch_each_other() -> None:
    wild = plan(2, rate=1e9, optimizer="sgd")
    alone = ensembles.train([plan(1, optimizer="sgd")])[0]
    among = ensembles.train([wild, plan(1, optimizer="sgd"), wild])[1]
    assert among.loss == pytest.approx(alone.loss, rel=1e-4)
    assert among.skill == pytest.approx(alone.skill)


@pytest.mark.parametrize(("kind", "settings"), [
    ("adam", {"epsilon": 1e-7}),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.0, "clip": 0.1}),
    ("adam", {"l2": 0.01, "epsilon": 1e-7}),
    ("sgd", {"keep_gradients": True}),
])  # fmt: skip
def test_pytorch_takes_the_same_steps(kind: str, settings: dict[str, Any]) -> None:
    one = plan(optimizer=kind, shuffle=False, **settings)
    own = networks.Ensemble([one])
    kernel, bias, last, last_bias = (
        weight.value[0].detach().clone().requires_grad_() for weight in own.weights
    )
    weights = [kernel, bias, last, last_bias]
    optimizer = (
        torch.optim.Adam(weights, one.rate, eps=one.epsilon)
        if kind == "adam"
        else torch.optim.SGD(weights, one.rate, momentum=one.momentum)
    )
    x, y = map(torch.as_tensor, one.split.train)
    losses = []
    for _ in range(one.epochs):
        for begin in range(0, 48, 16):
            rows = slice(begin, begin + 16)
            if not one.keep_gradients:
                optimizer.zero_grad()
            answer = torch.tanh(x[rows] @ kernel + bias) @ last + last_bias
            loss = torch.nn.functional.cross_entropy(answer, y[rows])
            losses.append(loss.item())
            (loss + one.l2 * (kernel.pow(2).sum() + last.pow(2).sum())).backward()
            if one.clip:
                torch.nn.utils.clip_grad_norm_(weights, one.clip)
            optimizer.step()
    assert ensembles.train([one])[0].loss == pytest.approx(losses, rel=1e-3)


@pytest.mark.parametrize("layers", [
    (Layer("rnn", 4, "tanh"),),
    (Layer("gru", 4, "tanh"),),
])  # fmt: skip
def test_a_recurrent_network_is_shaped_as_pytorch_has_it(layers: tuple[Layer, ...]) -> None:
    one = plan()
    x = rng(3).normal(size=(48, 7, 5)).astype(np.float32)
    y = one.split.train[1]
    split = Split((x, y), (x, y), (x, y))
    own = networks.Ensemble([replace(one, split=split, layers=layers)])
    theirs = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU}[layers[0].kind](5, 4, batch_first=True)
    values = {weight.name: weight.value[0].detach() for weight in own.weights[:3]}
    if layers[0].kind == "gru":  # PyTorch has the reset gate first
        order = [1, 0, 2]
        values = {
            name: torch.cat([value.chunk(3, -1)[gate] for gate in order], -1)
            for name, value in values.items()
        }
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(values["kernel"].T)
        theirs.weight_hh_l0.copy_(values["recurrent_kernel"].T)
        theirs.bias_ih_l0.copy_(values["bias"])
        theirs.bias_hh_l0.zero_()
        state = theirs(torch.as_tensor(x))[0][:, -1]
        answer = state @ own.weights[3].value[0] + own.weights[4].value[0]
        mine = own.forward(torch.as_tensor(x)[None], training=False)[0][0]
    assert mine.numpy() == pytest.approx(answer.numpy(), abs=1e-5)


def test_a_convolution_is_pytorchs() -> None:
    x = rng(4).normal(size=(48, 2, 6, 6)).astype(np.float32)
    one = plan()
    split = Split(*[(x, one.split.train[1])] * 3)
    layers = (Layer("conv", 3, "relu"), Layer("pool"), Layer("flatten"))
    own = networks.Ensemble([replace(one, split=split, layers=layers)])
    kernel, bias, last, last_bias = (weight.value[0] for weight in own.weights)
    window = kernel.reshape(2, 3, 3, 3).permute(3, 0, 1, 2)
    with torch.no_grad():
        hidden = torch.nn.functional.conv2d(torch.as_tensor(x), window, bias, padding=1)
        pooled = torch.nn.functional.max_pool2d(torch.relu(hidden), 2)
        answer = pooled.flatten(1) @ last + last_bias
        mine = own.forward(torch.as_tensor(x)[None], training=False)[0][0]
    assert mine.numpy() == pytest.approx(answer.numpy(), abs=1e-5)


@pytest.mark.parametrize(("settings", "still"), [
    ({"frozen": 1}, {"kernel 0", "bias 0"}),
    ({"frozen": 2}, {"kernel 0", "bias 0", "kernel 1", "bias 1"}),
    ({"tuned": 1}, {"kernel 0", "bias 0"}),
    ({}, set()),
])  # fmt: skip
def test_what_is_frozen_stays(settings: dict[str, int], still: set[str]) -> None:
    told = ensembles.train([plan(**settings)])[0].histograms
    moved = {f"{h.name} {h.layer}": bool(np.ptp(h.low) or np.ptp(h.high)) for h in told}
    assert {name for name, moves in moved.items() if not moves} == still


def test_the_record_tells_of_every_step_and_epoch() -> None:
    one = ensembles.train([plan(batch=20)])[0]
    assert len(one.loss) == len(one.norm) == len(one.rate) == 4 * 3
    assert one.sizes.tolist() == [20, 20, 8]
    assert len(one.val_loss) == len(one.val_score) == 4
    assert all(
        h.counts.sum() == 4 * size for h, size in zip(one.histograms, (30, 6, 12, 2), strict=True)
    )
    assert one.loss[-1] < one.loss[0]
