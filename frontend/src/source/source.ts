// Where the page gets what it shows: the routes of a running TensorBoard, or the page itself.
import type { Catalogue, Drawn, Fleet, Heat, HeatTitle, Run, State } from "../wire/routes";

export type Format = "html" | "json" | "markdown";

export interface Source {
  /** Whether what it gives can change while the page is open. */
  readonly live: boolean;
  state(): Promise<State>;
  fleet(): Promise<Fleet>;
  run(name: string): Promise<Run>;
  curves(
    run: string,
    names: readonly string[],
    window?: readonly [number, number],
  ): Promise<Map<string, Drawn>>;
  heats(run: string): Promise<HeatTitle[]>;
  heat(run: string, vital: string): Promise<Heat>;
  catalogue(): Promise<Catalogue>;
  /** The address of a file to save, or null where the format is not to be had. */
  saved(format: Format, run: string | null): string | null;
}
