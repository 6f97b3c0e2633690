// What the routes answer besides parts of the document; the plugin's side is tb_diagnose/plugin/.
import type { Comparison, Document, Evidence, Run, Severity } from "./document";

export type Verdict = Run["verdict"];
/** Where a curve was not finite: the first and the last step, and what stood there. */
export type Stretch = { first: number; last: number; value: string };
/** The end of such a stretch, as the routes give it. */
export type End = { step: number; value: string };

/** What the plugin is doing; `version` rises with every change of what it knows. */
export type State = {
  version: number;
  state: "starting" | "empty" | "ready" | "error";
  message: string;
  sampled: boolean;
  runs: number;
};

/** A run in the list. */
export type Item = {
  name: string;
  verdict: Verdict;
  headline: string;
  /** Id of its gravest finding. */
  worst: string | null;
  counts: Record<Severity, number>;
  /** Its main loss in at most 40 values. */
  spark: (number | null)[];
  framework: string;
  /** The version in which it changed last. */
  changed: number;
};

export type Fleet = {
  version: number;
  runs: Item[];
  summary: Document["summary"];
  comparisons: Comparison[];
};

/** A curve for drawing; `full` is how many points the log holds. */
export type Drawn = {
  steps: ArrayLike<number>;
  values: ArrayLike<number | null>;
  full: number;
  nonfinite: Stretch[];
};

export type Scale = "log" | "linear" | "diverging";

/** What heat maps a run has. */
export type HeatTitle = {
  vital: string;
  title: string;
  unit: string;
  rows: string[];
  steps: number;
};

/** One vital of every layer at every step, row by row. */
export type Heat = {
  vital: string;
  unit: string;
  scale: Scale;
  rows: string[];
  steps: ArrayLike<number>;
  values: ArrayLike<number | null>;
};

export type Article = {
  title: string;
  family: string;
  severity: Severity;
  sections: Record<string, string>;
  limits: { name: string; value: number; unit: string; source: string }[];
  /** How often it was right where that was measured; empty where it was not. */
  measured: string;
};
export type Catalogue = Record<string, Article>;

/** What the offline report carries instead of routes. */
export type Carried = {
  document: Document;
  catalogue: Catalogue;
  curves: Record<string, Record<string, Omit<Drawn, "nonfinite"> & { nonfinite: End[] }>>;
  heats: Record<string, (Heat & { title: string })[]>;
};

export type { Comparison, Document, Evidence, Run, Severity };
export type { Curve, Numeric, Outcome } from "./document";
