// Made from tb_diagnose/report/document/document.schema.json by scripts/types.mjs:
// change tb_diagnose/report/document/schema.py, not this.

/** What a diagnosis of several runs came to, and the runs it is about. */
export type Comparison = Outcome & {
  /** Names of the runs it is about. */
  runs: string[];
};

/** One thing that was seen, with the numbers that prove it. */
export type Evidence = {
  /** What decided, or null. */
  comparison: Measure | null;
  /** How sure it is, in words, or empty. */
  confidence: string;
  counted_in: "epochs" | "steps";
  /** Where it begins, or null. */
  first_step: number | null;
  /** One or two sentences with the run's own numbers. */
  message: string;
  /** Lines to read the curve against. */
  references: Reference[];
  /** Further curves that show it. */
  related: string[];
  severity: "critical" | "info" | "warning";
  /** The steps at which it shows, as logged. */
  steps: number[];
  /** What to change. */
  suggestion: string;
  /** The curve or entry that shows it, or empty. */
  tag: string;
};

/** A measured value against a declared limit: value, operator and limit hold together. */
export type Measure = {
  /** The declared limit, in unit. */
  limit: number | "-Infinity" | "Infinity" | "NaN";
  /** The limit, as --limit takes it. */
  name: string;
  /** On which side of the limit the alarm is. */
  operator: "<" | "<=" | ">" | ">=";
  /** Of both. */
  unit: string;
  /** What was measured, in unit. */
  value: number | "-Infinity" | "Infinity" | "NaN";
};

/** A horizontal line that the curve in evidence is to be read against. */
export type Reference = {
  /** The limit, the level of guessing, or the best value. */
  kind: "best" | "guessing" | "limit";
  /** What it is, in a few words. */
  label: string;
  /** In the unit of the curve. */
  value: number;
};

/** A path of which nothing could be read, and why. */
export type Problem = {
  /** What is wrong and what to do about it. */
  message: string;
  /** The path as it was given or found. */
  path: string;
};

/** One run: all that one training wrote, whatever folders it used. */
export type Run = {
  /** Likely causes, likeliest first. */
  causes: Cause[];
  /** Curves with a role or in evidence. */
  curves: Curve[];
  /** What is true of the log itself. */
  facts: Fact[];
  /** What most likely wrote the log. */
  framework: string;
  /** What to know of it, in a sentence. */
  headline: string;
  /** ISO 8601 in UTC with milliseconds, or null where unknown. */
  last_event: string | null;
  /** The model, or null. */
  model: Model | null;
  /** Its folder relative to the log directory. */
  name: string;
  /** What every selected diagnosis came to: findings first, the most severe and earliest first, each followed by its consequences. */
  outcomes: Outcome[];
  /** Its folder as it was given. */
  path: string;
  /** Scalars and histograms read. */
  points: number;
  /** What the curves were taken for. */
  roles: Role[];
  /** From the first event to the last. */
  seconds: number | "-Infinity" | "Infinity" | "NaN" | null;
  /** ISO 8601 in UTC with milliseconds, or null where unknown. */
  started: string | null;
  /** running: it was seen to grow. interrupted: its last record is cut off, as where a process is killed. */
  state: "interrupted" | "running" | "unknown";
  /** How far the main loss curve goes. */
  steps: Steps | null;
  /** Severity of the worst finding. healthy: what the run is judged by was judged and nothing was found. undecided: it could not be judged. unreadable: nothing could be read. */
  verdict: "critical" | "healthy" | "info" | "undecided" | "unreadable" | "warning";
};

/** One likely cause of what is wrong, with a calibrated probability. */
export type Cause = {
  /** What to change. */
  change: string;
  /** What makes it less likely. */
  evidence_against: string[];
  /** What makes it likelier. */
  evidence_for: string[];
  /** Ids of the findings that speak for it. */
  findings: string[];
  /** Id of a diagnosis. */
  id: string;
  /** That it is the cause. */
  probability: number;
  /** As people say it. */
  title: string;
};

/** One curve, of which about 120 finite points are kept. Among them are the first, the last and the extremes of every part; points that are not finite are all accounted for. */
export type Curve = {
  counted_in: "epochs" | "steps";
  /** Folder and tag, as TensorBoard shows them. */
  name: string;
  /** Where it was not finite. */
  nonfinite: NonFinite[];
  /** How many points the log holds. */
  points: number;
  /** The role it plays, or null. */
  role: string | null;
  /** Steps of the points kept, as written. */
  steps: number[];
  /** Values of the points kept; all finite. */
  values: number[];
};

/** Points in a row that are not finite. */
export type NonFinite = {
  /** How many. */
  count: number;
  /** Step of the first such point. */
  first: number;
  /** Step of the last. */
  last: number;
  value: "-Infinity" | "Infinity" | "NaN";
};

/** Something true of the log itself: damage, restarts, repeated steps. */
export type Fact = {
  /** What kind of fact, such as truncated-tail. */
  kind: string;
  /** One sentence for a person. */
  message: string;
  /** The figures behind the sentence. */
  numbers: Record<string, number | "-Infinity" | "Infinity" | "NaN">;
  /** The file or curve it is about. */
  where: string;
};

/** The model in one line. */
export type Model = {
  /** Of the first input; null is an axis of free size. */
  input_shape: (number | null)[];
  /** Its class, such as Sequential. */
  kind: string;
  /** How many layers, nested ones counted. */
  layers: number;
  /** As compiled; null if a schedule. */
  learning_rate: number | "-Infinity" | "Infinity" | "NaN" | null;
  /** The losses as compiled. */
  losses: string[];
  /** The optimizer as compiled, or null. */
  optimizer: string | null;
  /** How many weights, null if unknown. */
  parameters: number | null;
};

/** What one diagnosis came to on one run. */
export type Outcome = {
  /** Id of the finding that led to it, or null. */
  caused_by: string | null;
  /** ISO 8601 in UTC with milliseconds, or null where unknown. */
  detected_at: string | null;
  /** Since which step the log proved it. */
  detected_step: number | null;
  /** At least one entry where found. */
  evidence: Evidence[];
  /** The group of diagnoses it belongs to. */
  family: string;
  /** The line that would log what is missing. */
  how_to_enable: string;
  /** Id of a diagnosis. */
  id: string;
  /** What it was judged by, or empty. */
  method: string;
  /** Why it is not applicable, not logged, or failed. */
  reason: string;
  /** Wall time from then to the run's last event, or null. */
  seconds_after_detection: number | "-Infinity" | "Infinity" | "NaN" | null;
  /** Of the most severe evidence. */
  severity: "critical" | "info" | "warning";
  /** What a surer method would need, or empty. */
  surer: string;
  /** What it looks for, in a few words. */
  title: string;
  /** The end the examination came to. */
  verdict: "clear" | "failed" | "found" | "not-applicable" | "not-logged";
};

/** What one curve was taken for, and why. */
export type Role = {
  /** What made it so. */
  reason: string;
  /** As --role takes it, such as train_loss. */
  role: string;
  /** The curve that plays it. */
  tag: string;
};

/** How far the main loss curve goes. */
export type Steps = {
  counted_in: "epochs" | "steps";
  /** The smallest step. */
  first: number;
  /** The largest step. */
  last: number;
};

/** How many runs fare how, and how much was read. */
export type Summary = {
  critical: number;
  healthy: number;
  info: number;
  points: number;
  problems: number;
  runs: number;
  undecided: number;
  unreadable: number;
  warning: number;
};

/** What wrote the document. */
export type Tool = {
  /** Always tb-diagnose. */
  name: string;
  /** Version of the package. */
  version: string;
};

/** What tb-diagnose found in a set of runs; the same logs give the same bytes. */
export type Document = {
  /** Of several runs together. */
  comparisons: Comparison[];
  /** Paths that could not be read. */
  problems: Problem[];
  /** Worst first, then by name. */
  runs: Run[];
  /** Name and version of this format. */
  schema: string;
  summary: Summary;
  tool: Tool;
};
