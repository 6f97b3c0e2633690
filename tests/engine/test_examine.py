"""Five ends, causes and their consequences, and since when it could be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Outcome, Severity, Verdict
from tb_diagnose.core.run import Fact, Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine import contract
from tb_diagnose.engine.compare import summarize_run
from tb_diagnose.engine.contract import comparison, diagnosis, method, registry
from tb_diagnose.engine.examine import (
    compare,
    examine,
    grouped,
    judge,
    selected,
    worst,
)
from tb_diagnose.engine.onset import as_of, curve_named
from tb_diagnose.roles.catalog import ROLES
from tb_diagnose.roles.frameworks import WRITERS, Framework, dialect
from tb_diagnose.roles.resolve import resolve_roles
from tests.cases import START, curve, distribution, epochs, fact, falling, run
from tests.sick import SICK

NOTHING = Settings()
#: Runs that are short enough to be judged at every one of their points.
SHORT = [name for name, one in SICK.items() if max(map(len, one.scalars)) <= 100]

FOUND = Evidence("It is so.", "Change it.", "train/epoch_loss", (3, 4))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry without diagnoses, for a test to fill."""
    registry()
    monkeypatch.setattr(contract, "_registry", {})


def declare(
    name: str,
    *judging: Callable[..., Any],
    severity: Severity = Severity.WARNING,
    points: Mapping[str, int] | None = None,
    unless: Callable[..., str] | None = None,
    **more: Any,
) -> None:
    """A diagnosis with these methods, the surest first, each named after its function."""
    members = {
        each.__name__: method(each.__name__, points=points, unless=unless)(each) for each in judging
    }
    kind = type(name.title().replace("-", ""), (), members)
    kind.__module__ = __name__
    diagnosis(family="stability", severity=severity, since="0.1", **more)(kind)


def finds(self: object) -> list[Evidence]:
    return [FOUND]


def named(*evidence: Evidence) -> Callable[..., Any]:
    def judging(self: object) -> tuple[Evidence, ...]:
        return evidence

    return judging


def declare_chain(*links: tuple[str, tuple[str, ...]]) -> None:
    """Diagnoses that lead to one another."""
    for name, leads_to in links:
        declare(name, finds, leads_to=leads_to)


def ends(one: Run) -> dict[str, Outcome]:
    return {each.id: each for each in examine(one, NOTHING).outcomes}


# The five ends.


@pytest.mark.usefixtures("house")
def test_every_diagnosis_comes_to_one_of_five_ends() -> None:
    def clears(self: object) -> tuple[Evidence, ...]:
        return ()

    def breaks(self: object, train_loss: Curve) -> Iterator[Evidence]:
        yield FOUND
        raise ZeroDivisionError(f"{len(train_loss)} points")

    def needs_more(self: object, val_loss: Curve) -> Iterator[Evidence]:
        yield Evidence(val_loss.name, "Change it.")

    declare("finds", finds)
    declare("clears", clears)
    declare("breaks", breaks)
    declare("needs-more", needs_more)
    declare("elsewhere", finds, concerns=lambda train_loss: f"{train_loss.name} is no GAN's")
    came_to = ends(run(epochs([1, 2, 3])))
    assert {name: each.verdict for name, each in came_to.items()} == {
        "finds": Verdict.FOUND,
        "clears": Verdict.CLEAR,
        "breaks": Verdict.FAILED,
        "needs-more": Verdict.NOT_LOGGED,
        "elsewhere": Verdict.NOT_APPLICABLE,
    }
    assert came_to["breaks"].reason == "ZeroDivisionError: 3 points"
    assert came_to["breaks"].evidence == ()
    assert came_to["elsewhere"].reason == "train/epoch_loss is no GAN's"
    assert came_to["needs-more"].reason == "no validation loss in this log"
    assert came_to["needs-more"].how_to_enable == "model.fit(..., validation_data=(x_val, y_val))"


@pytest.mark.usefixtures("house")
def test_the_surest_method_that_the_run_allows_judges_and_is_named() -> None:
    def by_statistics(self: object, layer_vitals: Any) -> Iterator[Evidence]:
        yield FOUND

    def by_loss(self: object, train_loss: Curve) -> tuple[Evidence, ...]:
        return ()

    declare("dies", by_statistics, by_loss)
    came_to = ends(run(epochs([3, 2, 1])))["dies"]
    assert (came_to.verdict, came_to.method) == (Verdict.CLEAR, "by_loss")
    assert came_to.surer.startswith("by_statistics: model.fit(..., callbacks=[tb_diagnose.attach")


@pytest.mark.usefixtures("house")
def test_too_few_points_are_said_to_be_too_few() -> None:
    def by_loss(self: object, train_loss: Curve) -> Iterator[Evidence]:
        yield FOUND

    declare("dies", by_loss, points={"train_loss": 4})
    few = ends(run(epochs([3, 2, np.nan, 1])))["dies"]
    assert few.verdict is Verdict.NOT_LOGGED
    assert few.reason == "3 values of the training loss, and 4 are needed"
    assert ends(run(epochs([4, 3, 2, 1])))["dies"].verdict is Verdict.FOUND


@pytest.mark.usefixtures("house")
def test_a_method_says_when_it_cannot_judge() -> None:
    def by_loss(self: object, train_loss: Curve) -> Iterator[Evidence]:
        yield FOUND

    def rises(train_loss: Curve) -> str:
        return "" if train_loss.values[-1] > train_loss.values[0] else "the loss does not rise"

    declare("dies", by_loss, unless=rises)
    assert ends(run(epochs([1, 2, 3])))["dies"].verdict is Verdict.FOUND
    falls = ends(run(epochs([3, 2, 1])))["dies"]
    assert (falls.verdict, falls.reason) == (Verdict.NOT_LOGGED, "the loss does not rise")


def test_a_signalling_nan_is_judged_without_a_warning() -> None:
    loss, score = epochs(falling(20)), epochs(np.linspace(10, 90, 20), "epoch_accuracy")
    for each in (loss, score):
        each.values.view(np.uint32)[7] = 0x7FA00000
    verdicts = {name: each.verdict for name, each in ends(run(loss, score)).items()}
    assert verdicts["non-finite-values"] is Verdict.FOUND
    assert Verdict.FAILED not in verdicts.values()


LOGGED = [role for role, info in ROLES.items() if info.code]


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("role", LOGGED)
@pytest.mark.usefixtures("house")
def test_a_missing_role_is_named_with_the_line_that_would_log_it(
    role: str, framework: Framework
) -> None:
    namespace: dict[str, Any] = {"FOUND": FOUND}
    exec(f"def asks(self, {role}): return [FOUND]", namespace)  # noqa: S102 - a role a parameter
    declare("asks", namespace["asks"])
    writer = next((name for name in WRITERS if dialect(name) is framework), "")
    came_to = judge(registry()["asks"], {}.get, NOTHING, writer)
    assert came_to.verdict is Verdict.NOT_LOGGED
    assert came_to.reason == f"no {ROLES[role].title} in this log"
    assert came_to.how_to_enable == ROLES[role].how_to_log(framework)


@pytest.mark.usefixtures("house")
def test_a_run_without_facts_is_an_intact_log_and_not_a_missing_role() -> None:
    def damage(self: object, facts: tuple[Fact, ...]) -> Iterator[Evidence]:
        yield from (Evidence(each.message, "Copy it.") for each in facts)

    declare("damage", damage)
    assert judge(registry()["damage"], {"facts": ()}.get, NOTHING).verdict is Verdict.CLEAR


@pytest.mark.usefixtures("house")
def test_the_most_severe_evidence_decides_the_severity() -> None:
    mild, severe = (Evidence("So.", "Do.", severity=s) for s in (Severity.INFO, Severity.CRITICAL))
    declare("both", named(mild, severe))
    declare("mild", named(mild))
    outcomes = {each.id: each for each in examine(run(), NOTHING).outcomes}
    assert outcomes["both"].severity is Severity.CRITICAL
    assert outcomes["mild"].severity is Severity.INFO
    assert worst(outcomes.values()) is Severity.CRITICAL
    assert worst([]) is None


def test_settings_choose_diagnoses_and_their_limits() -> None:
    def ids(**choice: Any) -> set[str]:
        return {each.id for each in selected(Settings(**choice))}

    everything = ids()
    assert ids(select=("overfitting",)) == {"overfitting"}
    assert ids(ignore=("overfitting",)) == everything - {"overfitting"}
    assert ids(select=("logging",), ignore=("damaged-log",)) < ids(select=("logging",))
    strict = Settings(limits={"loss-divergence": {"rise": 5.0}})
    one = SICK["diverges"]
    roles = RunAnalysis(one, resolve_roles(one, {}))
    assert put("loss-divergence", roles, NOTHING).verdict is Verdict.FOUND
    assert put("loss-divergence", roles, strict).verdict is Verdict.CLEAR


@pytest.mark.usefixtures("house")
def test_comparisons_see_all_runs_and_no_single_one() -> None:
    @comparison(family="comparison", severity=Severity.INFO, since="0.1")
    class PairsUp:
        @method("names")
        def by_names(self, runs: Mapping[str, Any]) -> Iterator[Evidence]:
            yield Evidence(f"{', '.join(runs)}.", "Keep one.")

    both = [examine(run(name=name), NOTHING) for name in ("a", "b")]
    assert both[0].outcomes == ()
    (came_to,) = compare([summarize_run(each.analysis) for each in both], NOTHING)
    assert came_to.evidence[0].message == "a, b."


# Causes and consequences.


def found(name: str, begins: int | None = None, severity: Severity = Severity.WARNING) -> Outcome:
    steps = () if begins is None else (begins,)
    evidence = Evidence("So.", "Do.", "train/epoch_loss", steps)
    return Outcome(name, "stability", Verdict.FOUND, severity, (evidence,))


def under(*outcomes: Outcome) -> dict[str, str | None]:
    one = run(epochs(falling(20)))
    return {each.id: each.caused_by for each in grouped(outcomes, one)}


@pytest.mark.usefixtures("house")
def test_a_consequence_stands_under_its_cause() -> None:
    declare_chain(("cause", ("effect",)), ("effect", ()), ("other", ()))
    assert under(found("effect", 5), found("cause", 2), found("other", 7)) == {
        "effect": "cause", "cause": None, "other": None,
    }  # fmt: skip


@pytest.mark.usefixtures("house")
def test_a_consequence_may_not_begin_before_its_cause() -> None:
    declare_chain(("cause", ("effect",)), ("effect", ()))
    assert under(found("effect", 2), found("cause", 5))["effect"] is None
    assert under(found("effect", 5), found("cause", 5))["effect"] == "cause"
    # A cause that stands in the configuration was there from the start.
    assert under(found("effect", 0), found("cause"))["effect"] == "cause"


@pytest.mark.usefixtures("house")
def test_a_cause_may_be_logged_later_in_the_same_epoch() -> None:
    """Histograms are written behind the loss of their epoch; what they show was there before."""
    declare_chain(("cause", ("effect",)), ("effect", ()))
    later = replace(distribution([0.1] * 20), wall=epochs(falling(20)).wall + 0.1)
    one = run(epochs(falling(20)), histograms=(later,))

    def shown(begins: int) -> Outcome:
        evidence = Evidence("So.", "Do.", later.name, (begins,))
        return replace(found("cause"), evidence=(evidence,))

    for begins, cause in ((0, "cause"), (5, "cause"), (6, None)):
        effect, _ = grouped((found("effect", 5 if begins else 0), shown(begins)), one)
        assert effect.caused_by == cause, begins


@pytest.mark.usefixtures("house")
def test_a_chain_stands_under_its_root() -> None:
    declare_chain(("a", ("b",)), ("b", ("c",)), ("c", ()))
    assert under(found("c", 9), found("b", 5), found("a", 1)) == {"c": "a", "b": "a", "a": None}


@pytest.mark.usefixtures("house")
def test_a_link_that_was_not_found_does_not_break_the_chain() -> None:
    declare_chain(("a", ("b",)), ("b", ("c",)), ("c", ()))
    clear = Outcome("b", "stability", Verdict.CLEAR, Severity.WARNING)
    assert under(found("c", 9), clear, found("a", 1)) == {"c": "a", "b": None, "a": None}


@pytest.mark.usefixtures("house")
def test_of_two_causes_the_one_that_explains_more_is_the_root() -> None:
    declare_chain(("wide", ("x", "y")), ("narrow", ("x",)), ("x", ()), ("y", ()))
    everything = [found("narrow", 1), found("wide", 1), found("x", 3), found("y", 3)]
    assert under(*everything) == {"narrow": None, "wide": None, "x": "wide", "y": "wide"}


@pytest.mark.usefixtures("house")
def test_causes_in_a_circle_come_to_an_end() -> None:
    declare_chain(("a", ("b",)), ("b", ("a",)))
    assert set(under(found("a", 3), found("b", 3))) == {"a", "b"}
    assert under(found("a", 1), found("b", 3)) == {"a": None, "b": "a"}


def test_the_house_s_own_diagnoses_explain_a_blow_up_by_its_rate() -> None:
    outcomes = {each.id: each for each in examine(SICK["Adam at 10"], NOTHING).outcomes}
    alarms = [each for each in outcomes.values() if each.verdict is Verdict.FOUND]
    roots = {each.id for each in alarms if each.caused_by is None}
    assert roots == {"learning-rate-too-high"}
    assert outcomes["no-learning"].caused_by == "learning-rate-too-high"


# Since when it could be known.


def analysis(one: Run) -> RunAnalysis:
    return RunAnalysis(one, resolve_roles(one, {}))


def put(name: str, roles: RunAnalysis, settings: Settings) -> Outcome:
    one = registry()[name]
    return judge(one, roles.role, settings, roles.roles.framework)


@pytest.mark.parametrize("name", SHORT)
def test_the_onset_is_the_first_step_at_which_it_is_found(name: str) -> None:
    """By replaying the run at each of its points, where examine searches by halves."""
    one = SICK[name]
    for came_to in examine(one, NOTHING).outcomes:
        if came_to.detected_at is None:
            continue
        shown = curve_named(one, came_to.evidence[0].tag)
        assert shown is not None
        replayed = [
            put(came_to.id, analysis(one.until(float(wall))), NOTHING) for wall in shown.wall
        ]
        first = [each.verdict for each in replayed].index(Verdict.FOUND)
        assert came_to.detected_step == shown.steps[first]
        assert came_to.detected_at == shown.wall[first]


def test_a_finding_without_a_curve_has_no_onset() -> None:
    one = run(epochs(falling(5)), facts=(fact("damaged-record", where="events.1"),))
    (damage,) = (each for each in examine(one, NOTHING).outcomes if each.id == "damaged-log")
    assert (damage.detected_at, damage.detected_step) == (None, None)


def test_the_future_plays_no_part_in_what_was_known() -> None:
    values = np.r_[falling(12), np.full(8, np.nan)]
    early = run(epochs(values[:13]))
    late = run(epochs(values))
    known = {
        each.detected_at for one in (early, late) for each in examine(one, NOTHING).outcomes
        if each.id == "non-finite-values"
    }  # fmt: skip
    assert known == {START + 12 * 60.0}


# A run as it was.


def test_a_run_as_of_a_step_is_what_had_been_logged_by_then() -> None:
    one = run(
        epochs(falling(20)), epochs(falling(20), folder="validation"), curve(falling(1200), "x")
    )
    then = as_of(one, 4, NOTHING)
    assert [len(each) for each in then.scalars] == [5, 5, 241]
    assert as_of(one, 10**9, NOTHING).points == one.points
    assert as_of(one, -1, NOTHING).points == 0
    assert as_of(Run("empty", "logs/empty"), 4, NOTHING).points == 0


def test_what_was_known_at_a_step_is_found_as_of_that_step_and_not_before() -> None:
    one = SICK["overfits"]
    (found_it,) = (each for each in examine(one, NOTHING).outcomes if each.id == "overfitting")
    assert found_it.detected_step is not None
    for step, expected in (
        (found_it.detected_step, Verdict.FOUND),
        (found_it.detected_step - 1, Verdict.CLEAR),
    ):
        outcomes = examine(as_of(one, step, NOTHING), NOTHING).outcomes
        assert next(each for each in outcomes if each.id == "overfitting").verdict is expected
