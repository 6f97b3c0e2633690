// The map itself: one pixel a value on a canvas, stretched without smoothing; the rows can be chosen.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { domain, pixels, ramp } from "../lib/heat";
import { brief } from "../lib/numbers";
import { shortened } from "../lib/names";
import { singular } from "../lib/words";
import { dark } from "../state";
import type { Heat } from "../wire/types";
import { heatUnit } from "./layer_figure";

/** Pixels of a row: legible labels for a few, a picture for hundreds. */
const rowHeight = (rows: number): number => Math.max(4, Math.min(22, Math.floor(440 / rows)));
const LABELED = 12;

type Props = { heat: Heat; row: number | null; onRow: (row: number) => void };
type Spot = { row: number; at: number; x: number; y: number } | null;

export function HeatMap({ heat, row, onRow }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spot, setSpot] = useState<Spot>(null);
  const [rows, steps] = [heat.rows.length, heat.steps.length];
  const tall = rowHeight(rows);
  const known = useMemo(() => domain(heat), [heat]);
  const names = useMemo(() => shortened(heat.rows), [heat]);
  const isDark = dark.value;
  useEffect(() => {
    if (canvas.current) paint(canvas.current, heat, isDark);
  }, [heat, isDark]);

  const find = (event: MouseEvent): Spot => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const at = Math.min(steps - 1, Math.floor((x / box.width) * steps));
    return { row: Math.min(rows - 1, Math.floor(y / tall)), at, x: x / box.width, y };
  };
  return (
    <div class="heat" data-testid="heat-map">
      <ol class="heat-rows" style={{ "--row": `${tall}px` }}>
        {heat.rows.map((name, at) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={at === row}
              title={name}
              class={tall < LABELED ? "thin" : ""}
              onClick={() => onRow(at)}
              aria-label={`${name}: ${ends(heat, at)}`}
            >
              {tall < LABELED ? "" : names[at]}
            </button>
          </li>
        ))}
      </ol>
      <div
        class="heat-field"
        style={{ height: `${rows * tall}px` }}
        onMouseMove={(event) => setSpot(find(event))}
        onMouseLeave={() => setSpot(null)}
        onClick={(event) => {
          const at = find(event);
          if (at) onRow(at.row);
        }}
      >
        <canvas ref={canvas} width={steps} height={rows} aria-hidden="true" />
        {row !== null && (
          <i class="heat-row" style={{ top: `${row * tall}px`, height: `${tall}px` }} />
        )}
        {spot && <Tip heat={heat} spot={spot} tall={tall} name={names[spot.row] ?? ""} />}
      </div>
      <div class="heat-axis" aria-hidden="true">
        <span>{(heat.steps[0] ?? 0).toLocaleString("en")}</span>
        <span>{singular(heatUnit(heat.vital))}</span>
        <span>{(heat.steps[steps - 1] ?? 0).toLocaleString("en")}</span>
      </div>
      {known.low === known.high && <p class="heat-note">All values are {brief(known.low)}.</p>}
    </div>
  );
}

function Tip({
  heat,
  spot,
  tall,
  name,
}: {
  heat: Heat;
  spot: NonNullable<Spot>;
  tall: number;
  name: string;
}) {
  const value = heat.values[spot.row * heat.steps.length + spot.at];
  const side = spot.x > 0.6 ? { right: `${(1 - spot.x) * 100}%` } : { left: `${spot.x * 100}%` };
  return (
    <div class="heat-tip" style={{ top: `${(spot.row + 1) * tall + 6}px`, ...side }}>
      <b>
        {value === null || value === undefined || Number.isNaN(value)
          ? "not measured"
          : brief(value)}
      </b>
      <span>
        {name} · {singular(heatUnit(heat.vital))} {(heat.steps[spot.at] ?? 0).toLocaleString("en")}
      </span>
    </div>
  );
}

function ends(heat: Heat, row: number): string {
  const size = heat.steps.length;
  const value = (at: number) => heat.values[row * size + at];
  const said = (at: number) => {
    const number = value(at);
    return number === null || number === undefined || Number.isNaN(number)
      ? "not measured"
      : brief(number);
  };
  return `${said(0)} at first, ${said(size - 1)} at the end`;
}

export function paint(canvas: HTMLCanvasElement, heat: Heat, isDark: boolean): void {
  const context = canvas.getContext("2d");
  if (!context || !heat.rows.length || !heat.steps.length) return;
  const image = context.createImageData(heat.steps.length, heat.rows.length);
  const made = pixels(heat.values, domain(heat), heat.scale === "log", ramp(heat, isDark));
  image.data.set(new Uint8ClampedArray(made.buffer));
  context.putImageData(image, 0, 0);
}
