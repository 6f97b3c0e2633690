// The names of the lines of a chart, and their values at the cursor.
import type { Scale } from "../lib/clock";
import { brief, clock } from "../lib/numbers";
import { type Line, nearest, type Table } from "../lib/series";
import { cursor } from "../state";
import { positionAt } from "./cursor";

type LegendProps = { lines: readonly Line[]; table: Table; scale: Scale };

export function Legend({ lines, table, scale }: LegendProps) {
  const x = positionAt(cursor.value, scale);
  const at = x === null || table.positions ? -1 : nearest(table.x, x);
  return (
    <span class="legend">
      {lines.map((line, place) => (
        <span class="legend-line" key={line.name}>
          <svg width="18" height="8" aria-hidden="true">
            <line
              x1="1"
              x2="17"
              y1="4"
              y2="4"
              stroke={line.color}
              stroke-width="2"
              stroke-dasharray={line.dashed ? "4 3" : undefined}
            />
          </svg>
          <span class="tag">{line.name}</span>
          {at >= 0 && <b>{valueAt(line, table, place, at)}</b>}
        </span>
      ))}
      {at >= 0 && <span class="legend-at">{placed(table.x[at] ?? 0, scale.unit)}</span>}
    </span>
  );
}

/** A line that has no point there tells its nearest one. */
function valueAt(line: Line, table: Table, place: number, at: number): string {
  const value = table.ys[place]?.[at] ?? line.values[nearest(line.x, table.x[at] ?? 0)] ?? null;
  return value === null || !Number.isFinite(value) ? "not finite" : brief(value);
}

const placed = (x: number, unit: string): string =>
  unit === "time" ? clock(x, 1) : `${unit} ${Number(x.toFixed(2)).toLocaleString("en")}`;
