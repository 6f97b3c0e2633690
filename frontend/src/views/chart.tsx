// A chart with its legend: drawn once it comes into view, zoomed by dragging or by keys.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { brief } from "../lib/numbers";
import { type Line, steep, type Table } from "../lib/series";
import { dark, smoothing } from "../state";
import type { Marks } from "./marks";
import { plot } from "./plot";

type Zoom = [number, number] | null;
type Props = {
  lines: readonly Line[];
  label: string;
  unit: string;
  height: number;
  marks?: Marks | null;
  /** Told when a part is shown, so that it can be had at full resolution. */
  onZoom?: (zoom: Zoom) => void;
};
type Cursor = { x: number; values: (number | null | undefined)[]; positions: boolean } | null;

export function Chart({ lines, label, unit, height, marks = null, onZoom }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const seen = useSeen(host);
  const [log, setLog] = useState<boolean | null>(null);
  const [zoom, setZoom] = useState<Zoom>(null);
  const [cursor, setCursor] = useState<Cursor>(null);
  const wide = useMemo(() => steep(lines), [lines]);
  const onLog = log ?? wide;
  const zoomTo = (next: Zoom) => (setZoom(next), onZoom?.(next));

  useEffect(() => {
    if (!seen || !host.current) return;
    const made = plot(host.current, {
      lines,
      marks,
      height,
      zoom,
      log: onLog,
      smoothing: smoothing.value,
      onZoom: zoomTo,
      onCursor: (at, shape) => setCursor(at === null ? null : reading(at, shape)),
    });
    chart.current = made;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    observer.observe(host.current);
    return () => (observer.disconnect(), made.destroy());
  }, [seen, lines, marks, height, zoom, onLog, smoothing.value, dark.value]);

  return (
    <div class="chart" data-testid="card-chart">
      <div
        class="chart-plot"
        ref={host}
        style={{ height: `${height}px` }}
        tabIndex={0}
        role="img"
        aria-label={label}
        onKeyDown={(event) => chart.current && keyed(event, chart.current, zoomTo)}
        onDblClick={() => zoomTo(null)}
      />
      <div class="chart-foot">
        <Legend lines={lines} cursor={cursor} unit={unit} />
        <span class="chart-tools">
          {zoom && (
            <button
              type="button"
              class="quiet"
              data-testid="zoom-reset"
              onClick={() => zoomTo(null)}
            >
              Whole run
            </button>
          )}
          <button
            type="button"
            class="quiet"
            data-testid="scale-toggle"
            aria-pressed={onLog}
            title="Logarithmic vertical axis"
            onClick={() => setLog(!onLog)}
          >
            log
          </button>
        </span>
      </div>
    </div>
  );
}

function Legend({ lines, cursor, unit }: { lines: readonly Line[]; cursor: Cursor; unit: string }) {
  return (
    <span class="legend">
      {lines.map((line, at) => (
        <span class="legend-line" key={line.name}>
          <svg width="18" height="8" aria-hidden="true">
            <line
              x1="1"
              x2="17"
              y1="4"
              y2="4"
              stroke={line.colour}
              stroke-width="2"
              stroke-dasharray={line.dashed ? "4 3" : undefined}
            />
          </svg>
          <span class="tag">{line.name}</span>
          {cursor && <b>{shown(cursor.values[at])}</b>}
        </span>
      ))}
      {cursor && (
        <span class="legend-at">
          {cursor.positions ? "point" : unit.replace(/s$/, "")} {cursor.x.toLocaleString("en")}
        </span>
      )}
    </span>
  );
}

const shown = (value: number | null | undefined): string =>
  value === undefined ? "" : value === null ? "not finite" : brief(value);

const reading = (at: number, shape: Table): Cursor => ({
  x: shape.x[at] ?? 0,
  values: shape.ys.map((column) => column[at]),
  positions: shape.positions,
});

/** Arrows move the cursor, + and − zoom around it, 0 and Escape show the whole run again. */
function keyed(event: KeyboardEvent, chart: uPlot, zoomTo: (zoom: Zoom) => void): void {
  const xs = chart.data[0];
  const at = chart.cursor.idx ?? Math.floor(xs.length / 2);
  const { min = 0, max = 1 } = chart.scales["x"] ?? {};
  const [low, high] = [min ?? 0, max ?? 1];
  const centre = xs[at] ?? (low + high) / 2;
  const around = (factor: number): Zoom => [
    centre - (centre - low) * factor,
    centre + (high - centre) * factor,
  ];
  const moves: Record<string, () => void> = {
    ArrowLeft: () => point(chart, at - 1),
    ArrowRight: () => point(chart, at + 1),
    "+": () => zoomTo(around(0.5)),
    "-": () => zoomTo(around(2)),
    "0": () => zoomTo(null),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

function point(chart: uPlot, at: number): void {
  const x = chart.data[0][Math.max(0, Math.min(chart.data[0].length - 1, at))];
  if (x !== undefined) chart.setCursor({ left: chart.valToPos(x, "x"), top: 10 });
}

/** Whether the element has been near the window. */
export function useSeen(host: { current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!host.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((each) => each.isIntersecting) && setSeen(true),
      { rootMargin: "200px" },
    );
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  return seen;
}
