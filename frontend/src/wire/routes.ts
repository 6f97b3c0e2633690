// What the routes answer besides parts of the document; the plugin's side is tb_diagnose/plugin/.
import type * as document from "./document";

export type { Cause, Curve, Evidence, Outcome, Run } from "./document";
/** A number, or a string for the three that JSON does not have. */
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";
export type Severity = document.Evidence["severity"];
export type Verdict = document.Run["verdict"];
export type RunState = document.Run["state"];
/** A value against a declared limit; `value operator limit` holds. */
export type Comparison = document.Measure;
/** What one diagnosis of several runs came to. */
export type Between = document.Comparison;
export type Document = document.Document;

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
  /** Folders that were read, of all that were found. */
  read: number;
  folders: number;
};

/** A finding in the list of runs; `detected_at` is when the log proved it, or when the run began. */
export type Found = {
  id: string;
  severity: Severity;
  caused_by: string | null;
  detected_at: string | null;
};

/** A run in the list. */
export type Item = {
  name: string;
  verdict: Verdict;
  headline: string;
  /** Most severe first, each followed by its consequences. */
  findings: Found[];
  /** Its main curve in at most 40 values. */
  spark: (number | null)[];
  framework: string;
  state: RunState;
  started: string | null;
  last_event: string | null;
  seconds: Numeric | null;
  /** Hyper-parameters by name. */
  parameters: Record<string, number | string>;
  /** Last value of each of the main curves, by role. */
  final: Record<string, Numeric | null>;
  /** The version in which it changed last. */
  changed: number;
};

/** All runs, worst first. */
export type RunList = {
  version: number;
  runs: Item[];
  summary: Document["summary"];
  comparisons: Between[];
};
/** The same as an answer: all names, and the runs that changed since the version asked for. */
export type RunListChange = RunList & { names: string[] };

/** Some steps of a curve, rising, and when they were logged, in seconds since 1970. */
export type Clock = readonly (readonly [step: number, moment: number])[];

/** A curve for drawing; `full` is how many points the log holds. */
export type CurveData = {
  steps: ArrayLike<number>;
  values: ArrayLike<number | null>;
  full: number;
  nonfinite: Stretch[];
  clock: Clock;
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
  title: string;
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
export type Catalog = Record<string, Article>;

/** What the offline report carries instead of routes. */
export type Carried = {
  document: Document;
  lines: Item[];
  catalog: Catalog;
  curves: Record<string, Record<string, Omit<CurveData, "nonfinite"> & { nonfinite: End[] }>>;
  heats: Record<string, Heat[]>;
  /** When it was made and of what, where the report tells. */
  made?: string;
  folder?: string;
};
