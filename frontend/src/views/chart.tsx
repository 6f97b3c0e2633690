// A chart with its legend: drawn once it comes into view, zoomed by dragging or by keys. The cursor
// and the zoom are moments of the run, and so the same in all charts.
import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Scale } from "../lib/clock";
import { type Line, steep, table as tableOf } from "../lib/series";
import { cursor, dark, ignoreOutliers, printing, smoothing, zoom } from "../state";
import { Legend } from "./legend";
import type { Marks } from "./marks";
import { momentOf, positionAt } from "./cursor";
import { plot } from "./plot";

type Props = {
  lines: readonly Line[];
  /** For who cannot see it. */
  label: string;
  /** What the vertical axis counts. */
  quantity: string;
  scale: Scale;
  height: number;
  marks?: Marks | null;
  /** An address that shows the same in Time Series. */
  elsewhere?: string;
};

export function Chart({ lines, label, quantity, scale, height, marks = null, elsewhere }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const seen = useSeen(host) || printing.value;
  const [log, setLog] = useState<boolean | null>(null);
  const [full, setFull] = useState(false);
  const table = useMemo(() => tableOf(lines), [lines]);
  const wide = useMemo(() => steep(lines), [lines]);
  const onLog = log ?? wide;
  const zoomed = zoom.value;
  const shown = useMemo(() => rangeOf(zoomed, scale), [zoomed, scale]);
  const [smooth, outliers, theme] = [smoothing.value, ignoreOutliers.value, dark.value];
  const tall = full ? Math.max(240, window.innerHeight - 150) : height;

  useLayoutEffect(() => {
    if (!seen || !host.current) return;
    let moving = false;
    const made = plot(host.current, {
      lines,
      table,
      marks,
      height: tall,
      zoom: shown,
      log: onLog,
      unit: scale.unit,
      smoothing: smooth,
      ignoreOutliers: outliers,
      onZoom: (next) => (zoom.value = next && [momentOf(next[0], scale), momentOf(next[1], scale)]),
      onCursor: (at) => {
        const x = at === null ? undefined : table.x[at];
        if (!moving) cursor.value = x === undefined ? null : momentOf(x, scale);
      },
    });
    chart.current = made;
    const stop = effect(() => {
      const x = positionAt(cursor.value, scale);
      moving = true;
      if (x === null) made.setCursor({ left: -10, top: -10 });
      else made.setCursor({ left: made.valToPos(x, "x"), top: 10 });
      moving = false;
    });
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== made.width) made.setSize({ width, height: tall });
    });
    observer.observe(host.current);
    return () => {
      stop();
      observer.disconnect();
      made.destroy();
    };
    // The theme decides the colors that the style sheet gives.
  }, [seen, lines, table, marks, tall, shown, onLog, scale, smooth, outliers, theme]);

  return (
    <div class={`chart ${full ? "full" : ""}`} data-testid="card-chart">
      <p class="chart-quantity">{quantity}</p>
      <div class="chart-field">
        <div
          class="chart-plot"
          ref={host}
          style={{ height: `${tall}px` }}
          tabIndex={0}
          role="img"
          aria-label={label}
          onKeyDown={(event) => {
            if (event.key === "Escape" && full) setFull(false);
            else if (!chart.current || !keyed(event, chart.current, scale)) return;
            event.preventDefault();
            event.stopPropagation();
          }}
          onDblClick={() => (zoom.value = null)}
        />
        <span class="chart-unit" title={scale.unit === "time" ? "since the run began" : undefined}>
          {scale.unit}
        </span>
      </div>
      <div class="chart-foot">
        <Legend lines={lines} table={table} scale={scale} />
        <span class="chart-tools">
          {zoomed && (
            <Tool testid="zoom-reset" title="Show the whole run" press={() => (zoom.value = null)}>
              whole run
            </Tool>
          )}
          <Tool
            testid="scale-toggle"
            title="Logarithmic vertical axis"
            pressed={onLog}
            press={() => setLog(!onLog)}
          >
            log
          </Tool>
          <Tool title="Full screen" pressed={full} press={() => setFull(!full)}>
            {full ? "close" : "enlarge"}
          </Tool>
          {elsewhere && (
            <a class="quiet" href={elsewhere} target="_top" title="Show it in Time Series">
              Time Series
            </a>
          )}
        </span>
      </div>
    </div>
  );
}

type ToolProps = {
  testid?: string;
  title: string;
  pressed?: boolean;
  press: () => void;
  children: preact.ComponentChildren;
};

function Tool({ testid, title, pressed, press, children }: ToolProps) {
  return (
    <button
      type="button"
      class="quiet"
      data-testid={testid}
      title={title}
      aria-pressed={pressed}
      onClick={press}
    >
      {children}
    </button>
  );
}

function rangeOf(zoomed: typeof zoom.value, scale: Scale): [number, number] | null {
  const [low, high] = [
    positionAt(zoomed?.[0] ?? null, scale),
    positionAt(zoomed?.[1] ?? null, scale),
  ];
  return low !== null && high !== null && high > low ? [low, high] : null;
}

/** Arrows move the cursor, + and − zoom around it, 0 shows the whole run again. */
function keyed(event: KeyboardEvent, chart: uPlot, scale: Scale): boolean {
  const xs = chart.data[0];
  const at = chart.cursor.idx ?? Math.floor(xs.length / 2);
  const { min: low = 0, max: high = 1 } = chart.scales["x"] ?? {};
  const center = xs[at] ?? (low + high) / 2;
  const around = (factor: number) =>
    (zoom.value = [
      momentOf(center - (center - low) * factor, scale),
      momentOf(center + (high - center) * factor, scale),
    ]);
  const to = (next: number) => {
    const x = xs[Math.max(0, Math.min(xs.length - 1, next))];
    if (x !== undefined) cursor.value = momentOf(x, scale);
  };
  const moves: Record<string, () => void> = {
    ArrowLeft: () => to(at - 1),
    ArrowRight: () => to(at + 1),
    "+": () => around(0.5),
    "-": () => around(2),
    "0": () => (zoom.value = null),
  };
  moves[event.key]?.();
  return event.key in moves;
}

/** Whether the element has been near the window. */
export function useSeen(host: { current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!host.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: "200px" },
    );
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [host]);
  return seen;
}
