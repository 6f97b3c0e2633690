// Which findings came since somebody last looked.
import type { ListedFinding, ListedRun } from "../wire/types";

/** When the page was last looked at, and when each run was, in milliseconds since 1970. */
export type Looks = { page: number; runs: ReadonlyMap<string, number> };

export const isNew = (found: ListedFinding, run: string, looks: Looks): boolean =>
  found.detected_at !== null &&
  Date.parse(found.detected_at) > Math.max(looks.page, looks.runs.get(run) ?? 0);

export const newIn = (item: ListedRun, looks: Looks): ListedFinding[] =>
  item.findings.filter((found) => isNew(found, item.name, looks));
