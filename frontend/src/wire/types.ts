// The types that all of the page speaks in: those of the document and of the routes, and what is
// made of them on arrival.
import type * as document from "./document";
import type { Article, CarriedCurve, CarriedHeat, HeatTitle, RunListChange } from "./routes";

export type {
  Cause,
  Comparison,
  Curve,
  Document,
  Evidence,
  Measure,
  Outcome,
  Reference,
  Run,
} from "./document";
export type {
  Article,
  Carried,
  CarriedRun,
  CurvesHead,
  HeatTitle,
  ListedFinding,
  ListedRun,
  NonFiniteEnd,
  RunListChange,
  State,
} from "./routes";

/** A number, or a string for the three that JSON does not have. */
export type Numeric = document.Measure["value"];
export type Severity = document.Evidence["severity"];
export type Verdict = document.Run["verdict"];
export type HeatScale = HeatTitle["scale"];
/** Texts and limits of the diagnoses, by id. */
export type Catalog = Record<string, Article>;

/** All runs, worst first. */
export type RunList = Omit<RunListChange, "names">;

/** Some steps of a curve, rising, and when they were logged, in seconds since 1970. */
export type Clock = readonly (readonly [step: number, moment: number])[];

/** Where a curve was not finite: the first and the last step, and what stood there. */
export type NonFiniteSpan = Pick<document.NonFinite, "first" | "last" | "value">;

/** A curve for drawing; `full` is how many points the log holds. */
export type CurveData = Pick<CarriedCurve, "full"> & {
  steps: ArrayLike<number>;
  values: ArrayLike<number | null>;
  nonfinite: NonFiniteSpan[];
  clock: Clock;
};

/** One vital of every layer at every step, row by row. */
export type Heat = Omit<CarriedHeat, "steps" | "values"> & {
  steps: ArrayLike<number>;
  values: ArrayLike<number | null>;
};
