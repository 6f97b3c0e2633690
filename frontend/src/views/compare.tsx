// Several runs side by side: what was found between them, their curves in one chart, a table.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { curvesOf, detailsOf } from "../actions";
import { type Axis, type Scale, scaleOf } from "../lib/clock";
import { color, paletteIndex } from "../lib/colors";
import { dataOf, type Line } from "../lib/series";
import { plural, ROLES, title } from "../lib/words";
import { axis, compared, dark, listed, order, picked, runs, unread } from "../state";
import type { Comparison, ListedRun } from "../wire/types";
import { Chart } from "./chart";
import { Exports } from "./exports";
import { lineOf } from "./figure";
import { Prose } from "./prose";
import { RunTable } from "./run_table";
import { Suggestion } from "./suggestion";

/** Curves in one chart (chosen: as many colors as TensorBoard has). */
const MOST = 7;

export function Compare() {
  const found = runs.value?.comparisons.filter((between) => between.verdict === "found") ?? [];
  const chosen = picked.value;
  const items = chosen.size ? listed.value.filter(({ name }) => chosen.has(name)) : listed.value;
  const hidden = chosen.size - items.length;
  return (
    <div class="page" data-testid="compare">
      <header class="page-head">
        <div class="page-top">
          <h1 tabIndex={-1}>{plural(items.length, "run")} compared</h1>
          {chosen.size > 0 && (
            <button type="button" onClick={() => (picked.value = new Set())}>
              Unpick all
            </button>
          )}
          <Exports run={null} />
        </div>
        <p class="page-about">
          {chosen.size
            ? `Picked by hand${hidden > 0 ? `; the filter hides ${hidden} of them` : ""}.`
            : "The filter decides which; pick runs in the table, or by Ctrl and a click in the list."}
          {unread.value > 0 && ` ${plural(unread.value, "run")} not read yet.`}
        </p>
      </header>
      {items.length > 0 ? (
        <>
          <Curves items={items} />
          <RunTable items={items} />
        </>
      ) : (
        <p class="notice">No run matches the filter.</p>
      )}
      {found.map((between) => (
        <ComparisonCard key={between.id} finding={between} />
      ))}
    </div>
  );
}

function ComparisonCard({ finding }: { finding: Comparison }) {
  return (
    <article class={`card ${finding.severity}`} data-testid="card" data-id={finding.id}>
      <header class="card-head">
        <h2>{title(finding.id)}</h2>
        <span class={`badge ${finding.severity}`}>{finding.severity}</span>
        <span class="card-where">{plural(finding.runs.length, "run")}</span>
      </header>
      {finding.evidence.map((evidence, at) => (
        <div class="seen" key={at}>
          <p class="message">
            <Prose text={evidence.message} />
          </p>
          {evidence.suggestion !== finding.evidence[at + 1]?.suggestion && (
            <Suggestion text={evidence.suggestion} />
          )}
        </div>
      ))}
    </article>
  );
}

type Loaded = { line: Line; scale: Scale };

function Curves({ items }: { items: readonly ListedRun[] }) {
  const [loaded, setLoaded] = useState<Loaded[]>([]);
  const [role, isDark] = [compared.value, dark.value];
  const on = axis.value === "time" ? "time" : "step";
  const shown = useSame(items.slice(0, MOST));
  useEffect(() => {
    let stale = false;
    void Promise.all(shown.map((item) => load(item, role, on, isDark))).then((all) => {
      if (!stale)
        setLoaded(
          apart(
            all.filter((curve) => curve !== null),
            isDark,
          ),
        );
    });
    return () => void (stale = true);
  }, [shown, role, on, isDark]);
  const lines = useMemo(() => loaded.map(({ line }) => line), [loaded]);
  const scale = loaded[0]?.scale;
  return (
    <section class="block" aria-labelledby="compared-title">
      <div class="block-head">
        <h2 id="compared-title">Curves</h2>
        <select
          data-testid="compared"
          aria-label="What is compared"
          value={role}
          onChange={(event) => (compared.value = event.currentTarget.value)}
        >
          {Object.entries(ROLES).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
        <select
          aria-label="Horizontal axis"
          value={on}
          onChange={(event) => (axis.value = event.currentTarget.value as "step" | "time")}
        >
          <option value="step">As logged</option>
          <option value="time">Time</option>
        </select>
        {items.length > MOST && <p class="note">of the first {MOST} in the list</p>}
      </div>
      {scale && lines.length > 0 ? (
        <Chart
          lines={lines}
          label={`${ROLES[role]} of ${lines.map(({ name }) => name).join(", ")}`}
          quantity={(ROLES[role] ?? role).toLowerCase()}
          scale={scale}
          height={260}
        />
      ) : (
        <p class="note">None of these runs has logged it.</p>
      )}
    </section>
  );
}

/** The same list for as long as nothing in it changes, though it is made again. */
function useSame(items: readonly ListedRun[]): readonly ListedRun[] {
  const latest = useRef(items);
  const same =
    items.length === latest.current.length &&
    items.every((item, at) => item === latest.current[at]);
  if (!same) latest.current = items;
  return latest.current;
}

/** A run's curve of that role; null where it has none. */
async function load(
  item: ListedRun,
  role: string,
  on: Axis,
  isDark: boolean,
): Promise<Loaded | null> {
  const details = await detailsOf(item.name).catch(() => null);
  const curve = details?.curves.find((candidate) => candidate.role === role);
  if (!curve) return null;
  const known = await curvesOf(item.name, [curve.name]).catch(() => null);
  const data = known?.get(curve.name) ?? dataOf(curve);
  const start = data.clock[0]?.[1] ?? 0;
  const scale = scaleOf(on, { clock: data.clock, counted_in: curve.counted_in }, [], start);
  const at = runs.value?.runs.findIndex(({ name }) => name === item.name) ?? 0;
  const ink = color(paletteIndex(item.name, order.value, at), isDark);
  return { scale, line: lineOf(data, item.name, ink, scale) };
}

/** TensorBoard's colors where they differ; a run whose color is taken gets one that is free. */
function apart(all: Loaded[], isDark: boolean): Loaded[] {
  const taken = new Set<string>();
  const palette = Array.from({ length: MOST }, (_, at) => color(at, isDark));
  return all.map(({ line, scale }) => {
    const free = palette.find((ink) => !taken.has(ink));
    const own = taken.has(line.color) && free ? free : line.color;
    taken.add(own);
    return { scale, line: { ...line, color: own } };
  });
}
