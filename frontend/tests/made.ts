// Parts of a document, made up: what the tests draw.
import type { Report } from "../src/source/inline";
import type {
  Carried,
  CarriedRun,
  Curve,
  Evidence,
  ListedRun,
  Outcome,
  Run,
} from "../src/wire/types";

export function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    message: "train/epoch_loss reached 3.46e15 where guessing gives 1.61.",
    tag: "train/epoch_loss",
    related: [],
    steps: [0],
    first_step: 0,
    counted_in: "epochs",
    comparison: { name: "above", value: 10, operator: ">", limit: 0.01, unit: "learning rate" },
    confidence: "",
    references: [],
    severity: "critical",
    suggestion: "Adam(learning_rate=10) → Adam(learning_rate=1e-3)",
    ...more,
  };
}

export function outcome(id: string, more: Partial<Outcome> = {}): Outcome {
  const verdict = more.verdict ?? "clear";
  return {
    id,
    family: "progress",
    title: `Title of ${id}`,
    verdict,
    severity: "warning",
    caused_by: null,
    detected_step: null,
    detected_at: null,
    seconds_after_detection: null,
    method: "",
    surer: "",
    evidence: verdict === "found" ? [evidence()] : [],
    reason: "",
    how_to_enable: "",
    ...more,
  };
}

export function curve(
  name: string,
  role: string | null,
  values: number[] = [3, 2, 1],
  more: Partial<Curve> = {},
): Curve {
  return {
    name,
    role,
    counted_in: "epochs",
    points: values.length,
    steps: values.map((_, at) => at),
    values,
    nonfinite: [],
    ...more,
  };
}

export function run(name: string, more: Partial<Run> = {}): Run {
  return {
    name,
    path: name,
    framework: "Keras 3",
    model: null,
    verdict: "healthy",
    headline: `Nothing is wrong with ${name}.`,
    steps: { first: 0, last: 2, counted_in: "epochs" },
    state: "unknown",
    last_event: null,
    started: null,
    seconds: 85,
    points: 6,
    causes: [],
    roles: [],
    facts: [],
    curves: [curve("train/epoch_loss", "train_loss"), curve("validation/epoch_loss", "val_loss")],
    outcomes: [],
    ...more,
  };
}

/** A run with a cause, what it led to, and every other end. */
export function sick(name: string): Run {
  return run(name, {
    verdict: "critical",
    headline: "The learning rate is too high: it reached 3.46e15.",
    outcomes: [
      outcome("learning-rate-too-high", {
        verdict: "found",
        severity: "critical",
        detected_step: 0,
        seconds_after_detection: 85,
        method: "the setup",
      }),
      outcome("no-learning", { verdict: "found", caused_by: "learning-rate-too-high" }),
      outcome("initial-loss", { verdict: "found" }),
      outcome("loss-plateau"),
      outcome("mode-collapse", { verdict: "not-applicable", reason: "this is no GAN" }),
      outcome("overfitting", {
        verdict: "not-logged",
        reason: "no validation loss in this run",
        how_to_enable: "model.fit(…, validation_split=0.2)",
      }),
    ],
  });
}

/** A run's line in the list, as Python makes it from the run. */
export function item(name: string, more: Partial<ListedRun> = {}): ListedRun {
  return {
    name,
    verdict: "healthy",
    headline: "",
    findings: [],
    spark: [3, 2, 1],
    framework: "Keras 3",
    state: "unknown",
    started: null,
    last_event: null,
    seconds: 85,
    parameters: {},
    final: {},
    changed: 1,
    ...more,
  };
}

const itemOf = (one: Run): ListedRun =>
  item(one.name, {
    verdict: one.verdict,
    findings: one.outcomes
      .filter(({ verdict }) => verdict === "found")
      .map(({ id, severity, caused_by, detected_at }) => ({
        id,
        severity,
        caused_by,
        detected_at,
      })),
    parameters: { learning_rate: one.verdict === "critical" ? 10 : 0.001, optimizer: "Adam" },
    final: { train_loss: 1, val_loss: 2 },
  });

export function carried(runs: Run[]): Report {
  const count = (verdict: string) => runs.filter((one) => one.verdict === verdict).length;
  const index: Carried = {
    made: "2026-01-01T00:00:00+00:00",
    folder: "logs",
    document: {
      schema: "tb-diagnose/2",
      tool: { name: "tb-diagnose", version: "0" },
      runs: [],
      comparisons: [],
      problems: [],
      summary: {
        runs: runs.length,
        critical: count("critical"),
        warning: count("warning"),
        info: 0,
        healthy: count("healthy"),
        undecided: 0,
        unreadable: 0,
        problems: 0,
        points: 0,
      },
    },
    lines: runs.map(itemOf),
    catalog: {
      "learning-rate-too-high": {
        title: "The learning rate is too high",
        family: "configuration",
        severity: "critical",
        sections: { "Why it matters": "It blows up." },
        ignored: null,
        measured: "found in 9 of 10, false in 0 of 50",
        limits: [
          { name: "adaptive", value: 0.01, unit: "learning rate", source: "Kingma and Ba 2015" },
        ],
      },
    },
  };
  return {
    carried: index,
    runs: async () =>
      runs.map((one, at) => JSON.stringify({ run: one, curves: {}, heats: at ? [] : [HEAT] })),
  };
}

const HEAT: CarriedRun["heats"][0] = {
  vital: "weights/movement",
  title: "How far weights move",
  unit: "share",
  scale: "log",
  rows: ["train/a/kernel", "train/a/bias"],
  steps: [1, 2],
  values: [0.1, 0.01, null, 1],
};
