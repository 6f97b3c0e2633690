// What a finding marks in a chart: a stretch, single points, since when it was known, what is not finite.
import type uPlot from "uplot";
import { gaps, type Line, pointsAt, stretch, type Table } from "../lib/series";

/** What a finding marks in a chart. */
export type Marks = {
  steps: readonly number[];
  /** The step from which on it could be known. */
  known: number | null;
  severity: "critical" | "warning" | "info";
};

type Marked = { lines: readonly Line[]; marks: Marks | null };
/** The colour of that name in the style sheet. */
export type Ink = (name: string) => string;

/** Behind the lines: the stretch that the evidence is about, washed where that sets it apart. */
export function drawBehind(chart: uPlot, wish: Marked, shape: Table, ink: Ink): void {
  const range = wish.marks && stretch(wish.marks.steps, wish.lines[0]);
  if (!wish.marks || !range || shape.positions) return;
  const { ctx, bbox } = chart;
  const [low, high] = range.map((step) => chart.valToPos(step, "x", true)) as [number, number];
  const bar = 2 * devicePixelRatio;
  clipped(chart, () => {
    ctx.fillStyle = ink(`${wish.marks?.severity}-wash`);
    if (high - low < bbox.width * 0.9) ctx.fillRect(low, bbox.top, high - low, bbox.height);
    ctx.fillStyle = ink(`${wish.marks?.severity}-sign`);
    ctx.fillRect(low, bbox.top + bbox.height - bar, Math.max(bar, high - low), bar);
  });
}

/** In front of the lines: the marked points, and where the curve was not finite. */
export function drawInFront(chart: uPlot, wish: Marked, shape: Table, ink: Ink): void {
  const line = wish.lines[0];
  if (wish.marks && line) {
    const { steps, severity, known } = wish.marks;
    const shown = stretch(steps, line) ? steps.slice(0, 1) : steps;
    clipped(chart, () => {
      if (known !== null && !shape.positions) upright(chart, known, ink("muted"));
      for (const point of pointsAt(line, shown, shape.positions)) {
        ring(
          chart,
          chart.valToPos(point.x, "x", true),
          chart.valToPos(point.y, "y", true),
          ink(`${severity}-sign`),
          ink("surface"),
        );
      }
    });
  }
  if (!shape.positions) nonfinite(chart, wish, ink("critical"));
}

function ring({ ctx }: uPlot, x: number, y: number, fill: string, rim: string): void {
  ctx.beginPath();
  ctx.arc(x, y, 4.5 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.setLineDash([]);
  ctx.fillStyle = fill;
  ctx.strokeStyle = rim;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
}

/** Since when it could be known. */
function upright(chart: uPlot, step: number, stroke: string): void {
  const { ctx, bbox } = chart;
  const dot = devicePixelRatio;
  const x = Math.round(chart.valToPos(step, "x", true)) + 0.5;
  ctx.setLineDash([2 * dot, 3 * dot]);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = dot;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${10 * dot}px Roboto, system-ui, sans-serif`;
  ctx.fillStyle = stroke;
  const right = x > bbox.left + bbox.width - 60 * dot;
  ctx.textAlign = right ? "right" : "left";
  ctx.textBaseline = "top";
  ctx.fillText("known", x + (right ? -4 : 4) * dot, bbox.top + 2 * dot);
}

/** A bar above the plot for each stretch, at least as wide as can be seen, and its name. */
function nonfinite(chart: uPlot, wish: Marked, hot: string): void {
  const { ctx, bbox } = chart;
  const dot = devicePixelRatio;
  const end = bbox.left + bbox.width;
  let free = -Infinity;
  ctx.fillStyle = hot;
  ctx.font = `500 ${10 * dot}px Roboto, system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  for (const each of gaps(wish.lines).sort((a, b) => a.first - b.first)) {
    const from = Math.max(bbox.left, chart.valToPos(each.first, "x", true));
    const to = Math.min(end, chart.valToPos(each.last, "x", true));
    if (to < bbox.left || from > end) continue;
    const wide = Math.max(3 * dot, to - from + 3 * dot);
    ctx.fillRect(from - 1.5 * dot, bbox.top - 3 * dot, wide, 3 * dot);
    ctx.globalAlpha = 0.09;
    ctx.fillRect(from - 1.5 * dot, bbox.top, wide, bbox.height);
    ctx.globalAlpha = 1;
    const label = each.value === "NaN" ? "NaN" : each.value === "Infinity" ? "∞" : "−∞";
    const width = ctx.measureText(label).width;
    const left = Math.min(Math.max(from, bbox.left), end - width);
    if (left < free) continue;
    ctx.fillText(label, left, bbox.top - 4 * dot);
    free = left + width + 6 * dot;
  }
}

function clipped(chart: uPlot, draw: () => void): void {
  const { ctx, bbox } = chart;
  const rim = 6 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - rim, bbox.top - rim, bbox.width + 2 * rim, bbox.height + 2 * rim);
  ctx.clip();
  draw();
  ctx.restore();
}
