// Made from tb_diagnose/report/page/page.schema.json by scripts/types.mjs:
// change tb_diagnose/report/page/schema.py, not this.
import type { Comparison, Document, Problem, Run, Summary } from "./document";

/** What the tab is doing. */
export type State = {
  folders: number;
  /** A sentence for a person, or empty. */
  message: string;
  /** Folders that were read, of all that were found. */
  read: number;
  runs: number;
  /** Whether only a sample of the log can be read. */
  sampled: boolean;
  state: "empty" | "error" | "ready" | "starting";
  /** Rises with every change of what is known. */
  version: number;
};

/** The names of all runs, worst first, and the runs that changed since a version. */
export type RunListChange = {
  comparisons: Comparison[];
  names: string[];
  problems: Problem[];
  runs: ListedRun[];
  summary: Summary;
  version: number;
};

/** A run in the list of the tab. */
export type ListedRun = RunLine & {
  /** The version in which it changed last. */
  changed: number;
};

/** A finding in the list of runs. */
export type ListedFinding = {
  /** Id of the finding that led to it, or null. */
  caused_by: string | null;
  /** When the log proved it, or the run began. */
  detected_at: string | null;
  /** Id of a diagnosis. */
  id: string;
  severity: "critical" | "info" | "warning";
};

/** The header of an answer of curves. */
export type CurvesHead = {
  curves: CurveHead[];
};

/** One curve in an answer of numbers: what is known before its steps and values. */
export type CurveHead = {
  /** Steps, and seconds since 1970, rising. */
  clock: [number, number][];
  /** How many the log holds. */
  full: number;
  name: string;
  nonfinite: NonFiniteEnd[];
  /** Where its numbers begin, in bytes. */
  offset: number;
  /** How many points are drawn. */
  points: number;
};

/** The first or the last point of a stretch that is not finite. */
export type NonFiniteEnd = {
  step: number;
  value: "-Infinity" | "Infinity" | "NaN";
};

/** A heat map that a run has, and the header of an answer of one. */
export type HeatTitle = {
  /** Names of the layers. */
  rows: string[];
  scale: "diverging" | "linear" | "log";
  /** How many columns it has. */
  steps: number;
  title: string;
  unit: string;
  /** Its id, such as weights/movement. */
  vital: string;
};

/** The text of a diagnosis. */
export type Article = {
  family: string;
  /** Why the settings switch it off, null if they do not. */
  ignored: string | null;
  limits: ArticleLimit[];
  /** How often it was right, empty if not measured. */
  measured: string;
  sections: Record<string, string>;
  severity: "critical" | "info" | "warning";
  title: string;
};

/** A limit of a diagnosis, as the settings have it. */
export type ArticleLimit = {
  name: string;
  source: string;
  unit: string;
  value: number;
};

/** What the HTML report carries instead of routes, but for its runs. */
export type Carried = {
  /** By id of the diagnosis. */
  catalog: Record<string, Article>;
  /** Without its runs. */
  document: Document;
  /** Where the logs are, or empty. */
  folder: string;
  /** In the order of the runs. */
  lines: RunLine[];
  /** When it was made, ISO 8601. */
  made: string;
};

/** A run in one line of a list. */
export type RunLine = {
  /** Last value of each main curve, by role. */
  final: Record<string, number | "-Infinity" | "Infinity" | "NaN" | null>;
  /** Most severe first, each followed by its consequences. */
  findings: ListedFinding[];
  framework: string;
  headline: string;
  /** ISO 8601 in UTC with milliseconds, or null where unknown. */
  last_event: string | null;
  name: string;
  /** Hyper-parameters by name. */
  parameters: Record<string, number | string>;
  seconds: number | "-Infinity" | "Infinity" | "NaN" | null;
  /** Its main curve in at most 40 values. */
  spark: (number | null)[];
  /** ISO 8601 in UTC with milliseconds, or null where unknown. */
  started: string | null;
  state: "interrupted" | "running" | "unknown";
  verdict: "critical" | "healthy" | "info" | "undecided" | "unreadable" | "warning";
};

/** A run in the HTML report, which is unpacked when it is asked for. */
export type CarriedRun = {
  /** By name of the curve. */
  curves: Record<string, CarriedCurve>;
  heats: CarriedHeat[];
  run: Run;
};

/** A curve as the HTML report carries it. */
export type CarriedCurve = {
  /** Steps, and seconds since 1970, rising. */
  clock: [number, number][];
  /** How many points the log holds. */
  full: number;
  nonfinite: NonFiniteEnd[];
  steps: number[];
  values: (number | null)[];
};

/** A heat map as the HTML report carries it, row by row. */
export type CarriedHeat = {
  rows: string[];
  scale: "diverging" | "linear" | "log";
  steps: number[];
  title: string;
  unit: string;
  values: (number | null)[];
  vital: string;
};
