"""Which steps are sampled, under a clock that is made up."""

from __future__ import annotations

import math

import pytest

from tb_diagnose.attach.core.sampling_schedule import SamplingSchedule


def walk(
    schedule: SamplingSchedule, steps: int, plain: float, cost: float, first: float = 0.2
) -> list[int]:
    """The steps sampled in a training with these step times."""
    sampled = []
    for step in range(steps):
        should_sample = schedule.should_sample(step)
        seconds = first if step == 0 else plain + cost * should_sample
        schedule.record_step(step, seconds, sampled=should_sample)
        if should_sample:
            sampled.append(step)
    return sampled


def test_a_fixed_cadence_is_kept_from_the_first_step_on() -> None:
    assert walk(SamplingSchedule(every=3), 10, 0.01, 1.0) == [0, 3, 6, 9]


def test_the_first_steps_are_sampled_densely() -> None:
    sampled = walk(SamplingSchedule(total=10_000), 200, 0.01, 0.001)
    assert sampled[:5] == [4, 8, 16, 32, 64]


@pytest.mark.parametrize("cost", (0.0, 0.002, 0.01, 0.05, 0.5))
@pytest.mark.parametrize("compilation", (0.2, 4.0))
def test_sampling_keeps_to_the_budget_all_its_costs_included(
    cost: float, compilation: float
) -> None:
    plain, steps = 0.02, 50_000
    schedule = SamplingSchedule(budget=0.02, total=steps)
    spent = elapsed = 0.0
    for step in range(steps):
        should_sample = schedule.should_sample(step)
        extra = should_sample * (cost if schedule.sampled else compilation)
        seconds = (compilation if step == 0 else plain) + extra
        schedule.record_step(step, seconds, sampled=should_sample)
        spent, elapsed = spent + extra, elapsed + seconds
    assert spent <= 0.02 * elapsed + cost
    assert schedule.sampled >= 10


def test_the_first_samples_are_paid_back_before_the_whole_budget_is_used() -> None:
    schedule = SamplingSchedule(budget=0.02, compiles=False)
    for step in range(200):
        schedule.record_step(step, 0.02, sampled=False)
    for step in range(200, 205):
        schedule.record_step(step, 0.12, sampled=True)
    assert schedule.every == 500, "half of 2 %: 5 steps' worth each 500"
    for step in range(205, 1600):
        schedule.record_step(step, 0.02, sampled=False)
    assert schedule.every == 417, "six tenths of 2 %"
    schedule.record_cost(1.0)
    assert schedule.every == 500


def test_a_further_training_of_a_watched_model_is_not_dense_again() -> None:
    schedule = SamplingSchedule(total=100)
    walk(schedule, 100, 0.01, 0.01)
    before = schedule.sampled
    schedule.resume(100)
    assert schedule.total == 200
    for step in range(100, 200):
        should_sample = schedule.should_sample(step)
        schedule.record_step(step, 0.01 + 0.01 * should_sample, sampled=should_sample)
    assert before == 5
    assert schedule.sampled - before <= 2


def test_a_costly_sample_is_taken_rarely_and_a_cheap_one_often() -> None:
    cheap, dear = SamplingSchedule(total=5000), SamplingSchedule(total=5000)
    walk(cheap, 5000, 0.02, 0.001)
    walk(dear, 5000, 0.02, 0.02)
    assert cheap.every == 10
    assert dear.every == 84, "a step's worth each 84: six tenths of 2 %"


def test_a_short_training_does_not_pay_for_a_second_compilation() -> None:
    short = SamplingSchedule(total=50)
    assert walk(short, 50, 0.01, 0.001, first=8.0) == []
    assert "every=10" in short.why_nothing_sampled()


def test_the_second_compilation_is_put_off_until_it_pays() -> None:
    schedule = SamplingSchedule()  # of unknown length
    sampled = walk(schedule, 20_000, 0.02, 0.001, first=6.0)
    assert sampled[0] * 0.02 + 6.0 == pytest.approx(300.0, rel=0.01)


def test_a_step_that_is_compiled_within_seconds_is_always_worth_it() -> None:
    assert walk(SamplingSchedule(total=30), 30, 0.001, 0.001, first=4.9)


def test_nothing_has_to_be_compiled_in_an_eager_training() -> None:
    assert walk(SamplingSchedule(total=30, compiles=False), 30, 0.01, 0.001, first=9.0)


@pytest.mark.parametrize("every", (None, 1, 3, 10))
def test_only_steps_that_update_the_weights_are_sampled(every: int | None) -> None:
    sampled = walk(SamplingSchedule(every=every, stride=4, total=4000), 4000, 0.01, 0.001)
    assert sampled
    assert {step % 4 for step in sampled} == {3}


def test_samples_do_not_keep_meeting_the_same_batch() -> None:
    schedule = SamplingSchedule(total=100_000, epoch=50)
    walk(schedule, 5000, 0.02, 0.02)
    assert math.gcd(schedule.every, 50) == 1


def test_an_alarm_samples_the_next_step_once() -> None:
    schedule = SamplingSchedule(total=100_000)
    walk(schedule, 300, 0.02, 0.02)
    schedule.record_step(300, 0.02, sampled=False)
    assert not schedule.should_sample(301)
    schedule.sample_next()
    assert schedule.should_sample(301)
    schedule.record_step(301, 0.02, sampled=True)
    assert not schedule.should_sample(302)


def test_the_log_does_not_grow_without_end() -> None:
    schedule = SamplingSchedule(compiles=False)
    before = schedule.every
    schedule.sampled = 2000
    schedule.record_step(0, 0.02, sampled=True)
    assert schedule.every >= 2 * before - 1
