// Where the page gets what it shows: the routes of a running TensorBoard, or the page itself.
import type { Catalog, CurveData, Heat, HeatTitle, Run, RunListChange, State } from "../wire/types";

export type Format = "html" | "json" | "markdown";

export interface Source {
  /** Whether what it gives can change while the page is open. */
  readonly live: boolean;
  /** What made it, of what and when; empty for a page that is always of now. */
  readonly origin: readonly string[];
  state(): Promise<State>;
  /** The names of all runs, and those that changed since a version; 0 for all. */
  runs(since: number): Promise<RunListChange>;
  run(name: string): Promise<Run>;
  curves(
    run: string,
    names: readonly string[],
    window?: readonly [number, number],
  ): Promise<Map<string, CurveData>>;
  heats(run: string): Promise<HeatTitle[]>;
  heat(run: string, vital: string): Promise<Heat>;
  catalog(): Promise<Catalog>;
  /** The address of a file to save, or what makes it; null where the format is not to be had. */
  saved(format: Format, run: string | null): string | (() => Promise<Blob>) | null;
}
