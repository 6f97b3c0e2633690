// Made from tb_diagnose/report/document.schema.json by scripts/types.mjs: change the schema, not this.

export type Count = number;

/** A number, or a string for the three that JSON does not have. */
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";

export type MaybeNumber = Numeric | null;

/** ISO 8601 in UTC with milliseconds, or null where it is not known. */
export type Moment = string | null;

/** Id of a diagnosis, as --explain takes it. */
export type Id = string;

/** How urgently a careful practitioner would act. */
export type Severity = "critical" | "warning" | "info";

/** What the steps count, as far as the log tells. */
export type CountedIn = "epochs" | "steps";

/** One run, as a person counts runs: all that one training wrote, whatever folders it used. */
export type Run = {
  /** The run's folder relative to the log directory, with #2 behind it for the second of several trainings in one folder. */
  name: string;
  /** The run's folder as it was given: a relative path stays relative. */
  path: string;
  /** What most likely wrote the log, such as Keras 3. */
  framework: string;
  /** The model as the log describes it, or null. */
  model: Model | null;
  /** The gravest finding's severity. healthy: nothing was found and the training could be judged. undecided: nothing could be judged but the log itself. unreadable: nothing could be read. */
  verdict: "critical" | "warning" | "info" | "healthy" | "undecided" | "unreadable";
  /** One sentence: what a person who has seen many runs would say first. */
  headline: string;
  /** How far the main loss curve goes, or null where there is none. */
  steps: {
    /** The smallest step. */
    first: number;
    /** The largest step. */
    last: number;
    counted_in: CountedIn;
  } | null;
  /** When the first event was written. */
  started: Moment;
  /** Wall time from the first event to the last, in seconds; null where no curve was read. */
  seconds: MaybeNumber;
  /** Scalars and histograms read. */
  points: Count;
  /** What the curves were taken for. */
  roles: {
    /** The role, as --role takes it, such as train_loss. */
    role: string;
    /** The curve that plays it. */
    tag: string;
    /** What made it so. */
    why: string;
  }[];
  /** What is true of the log itself: damage, restarts, repeated steps. */
  facts: {
    /** What kind of fact, such as truncated-tail. */
    kind: string;
    /** One sentence for a person. */
    message: string;
    /** The file or curve it is about, relative to the run. */
    where: string;
    /** The figures behind the sentence, by name. */
    numbers: Record<string, Numeric>;
  }[];
  /** The curves that play a role and those that evidence names, thinned out for drawing. */
  curves: Curve[];
  /** What every selected diagnosis came to. Findings first: gravest, then earliest, each followed by its consequences; then failed, clear and not-applicable. */
  outcomes: Outcome[];
};

/** The model in one line. */
export type Model = {
  /** Its class, such as Sequential. */
  kind: string;
  /** How many layers, nested ones counted. */
  layers: Count;
  /** How many weights, or null where the log does not tell. */
  parameters: Count | null;
  /** The optimizer as compiled, or null. */
  optimizer: string | null;
  /** As compiled; null where a schedule decides it or the log does not tell. */
  learning_rate: MaybeNumber;
  /** The losses as compiled. */
  losses: string[];
  /** Shape of the first input without the batch axis; null is an axis of free size. */
  input_shape: (number | null)[];
};

/** One curve. Of a long curve about 120 finite points are kept, among them the first, the last and the extremes of every part; points that are not finite are all accounted for in nonfinite. */
export type Curve = {
  /** Folder and tag, as TensorBoard shows them. */
  name: string;
  /** The role it plays, or null. */
  role: string | null;
  counted_in: CountedIn;
  /** How many points the log holds. */
  points: Count;
  /** Steps of the points kept, in the order in which they were written. */
  steps: number[];
  /** Values of the points kept, one for each step; all finite. */
  values: number[];
  /** Where the curve was not finite. */
  nonfinite: {
    /** Step of the first such point. */
    first: number;
    /** Step of the last. */
    last: number;
    /** How many. */
    count: number;
    /** What stood there. */
    value: "NaN" | "Infinity" | "-Infinity";
  }[];
};

export type OutcomeFields = {
  id: Id;
  /** The group of diagnoses it belongs to. */
  family: string;
  /** What it looks for, in a few words. */
  title: string;
  /** The end the examination came to. */
  verdict: "found" | "clear" | "not-applicable" | "failed";
  /** Of the gravest evidence; the diagnosis' usual one where nothing was found. */
  severity: Severity;
  /** Id of the finding that this one is a consequence of, or null. */
  caused_by: Id | null;
  /** The step from which on the log proved it, or null. */
  detected_step: number | null;
  /** The moment from which on the log proved it. */
  detected_at: Moment;
  /** Wall time from that moment to the run's last event, in seconds, or null. */
  seconds_after_detection: MaybeNumber;
  /** What was seen; at least one entry where the verdict is found, else none. */
  evidence: Evidence[];
  /** For not-applicable, why; for failed, the error; else empty. */
  reason: string;
  /** For not-applicable, the line of logging code that would supply what is missing; else empty. */
  how_to_enable: string;
};

/** What one diagnosis came to on one run. */
export type Outcome = OutcomeFields;

/** What one diagnosis of several runs came to. */
export type Comparison = OutcomeFields & {
  /** Names of the runs it is about. */
  runs: string[];
};

/** One thing that was seen, with the numbers that prove it. */
export type Evidence = {
  /** One or two sentences for a person, with the run's own numbers. */
  message: string;
  /** The curve, histogram or configuration entry that shows it, or empty. */
  tag: string;
  /** Further curves that show it. */
  related: string[];
  /** The steps at which it shows, as logged. */
  steps: number[];
  /** The first of them, where it begins, or null. */
  first_step: number | null;
  counted_in: CountedIn;
  /** The statistic that was compared with limit, in unit, or null. */
  measured: MaybeNumber;
  /** The declared limit it was compared with, or null. */
  limit: MaybeNumber;
  /** Unit of measured and limit. */
  unit: string;
  /** How sure the statistic is, in words, or empty. */
  confidence: string;
  severity: Severity;
  /** What to change, from the run's own numbers. */
  suggestion: string;
};

/** What tb-diagnose found in a set of training runs. Strict JSON: a number that JSON cannot hold is one of the strings "NaN", "Infinity" and "-Infinity". The same event files and settings give the same document, byte for byte. */
export type Document = {
  /** Name and version of this format. The number rises when a reader of the older format would be misled. */
  schema: "tb-diagnose/2";
  /** What wrote the document. */
  tool: {
    /** Always tb-diagnose. */
    name: "tb-diagnose";
    /** Version of the package. */
    version: string;
  };
  /** Every run that was found: worst first (critical, unreadable, warning, info, undecided, healthy), then by name with numbers in their natural order. */
  runs: Run[];
  /** What the diagnoses that look at several runs together came to. */
  comparisons: Comparison[];
  /** Paths of which nothing could be read, by path. */
  problems: {
    /** The path as it was given or found. */
    path: string;
    /** One sentence: what is wrong and what to do about it. */
    message: string;
  }[];
  /** How many runs fare how, and how much was read. */
  summary: {
    /** Runs in the document. */
    runs: Count;
    /** Runs whose verdict is critical. */
    critical: Count;
    /** Runs whose verdict is warning. */
    warning: Count;
    /** Runs whose verdict is info. */
    info: Count;
    /** Runs whose verdict is healthy. */
    healthy: Count;
    /** Runs whose verdict is undecided. */
    undecided: Count;
    /** Runs whose verdict is unreadable. */
    unreadable: Count;
    /** Entries of problems. */
    problems: Count;
    /** Scalars and histograms read, of all runs. */
    points: Count;
  };
};
