// The routes of the plugin, relative to the page: they work under any path prefix.
import { curvesOf, heatOf } from "../wire/frames";
import type { Catalog, HeatTitle, Run, RunListChange, State } from "../wire/types";
import type { Source } from "./source";

/** Points asked for of one curve (chosen: two for each pixel of a wide chart). */
const POINTS = 2000;

export const live: Source = {
  live: true,
  origin: [],
  state: () => json<State>("state"),
  runs: (since) => json<RunListChange>(`runs?${query({ since: String(since) })}`),
  run: (name) => json<Run>(`run?${query({ name })}`),
  heats: (run) => json<HeatTitle[]>(`heats?${query({ run })}`),
  catalog: () => json<Catalog>("catalog"),
  saved: (format, run) => `export?${query({ format, ...(run === null ? {} : { run }) })}`,
  async heat(run, vital) {
    return heatOf(await (await asked(`heat?${query({ run, vital })}`)).arrayBuffer());
  },
  async curves(run, names, window) {
    const asks = new URLSearchParams({ run, points: String(POINTS) });
    for (const name of names) asks.append("name", name);
    if (window) {
      asks.append("from", String(Math.floor(window[0])));
      asks.append("to", String(Math.ceil(window[1])));
    }
    return curvesOf(await (await asked(`curves?${asks}`)).arrayBuffer());
  },
};

async function json<T>(route: string): Promise<T> {
  return (await (await asked(route)).json()) as T;
}

/** Throws an Error with the server's own sentence where it gives one. */
async function asked(route: string): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(route, { cache: "no-store" });
  } catch {
    throw new Error("TensorBoard does not answer; is it still running?");
  }
  if (answer.ok) return answer;
  const says = (await answer.text()).trim();
  throw new Error(
    says && !says.startsWith("<") ? says : `TensorBoard answered with ${answer.status}.`,
  );
}

const query = (asks: Record<string, string>): string => new URLSearchParams(asks).toString();
