// What a finding marks in a chart: a stretch, single points, its beginning, from when on it could be
// told, the lines it is read against, and what is not finite. All in the unit of the chart's axis.
import type uPlot from "uplot";
import { type Line, pointsAt, type Table } from "../lib/series";
import type { Reference, Severity } from "../wire/types";

export type Marks = {
  /** The stretch that the evidence is about, where it is one. */
  range: readonly [number, number] | null;
  /** Single points where it shows. */
  points: readonly number[];
  /** Where it begins, and from when on it could be told where that is later. */
  begins: number | null;
  detectable: number | null;
  references: readonly Reference[];
  severity: Severity;
};

type Marked = { lines: readonly Line[]; marks: Marks | null; table: Table };
/** The color of that name in the style sheet. */
export type Ink = (name: string) => string;

const FONT = "Roboto, system-ui, sans-serif";

/** Behind the lines: the stretch that the evidence is about, washed where that sets it apart. */
export function drawBehind(chart: uPlot, { marks, table }: Marked, ink: Ink): void {
  if (!marks?.range || table.positions) return;
  const { ctx, bbox } = chart;
  const [low, high] = marks.range.map((x) => chart.valToPos(x, "x", true)) as [number, number];
  const bar = 2 * devicePixelRatio;
  clipped(chart, 0, () => {
    ctx.fillStyle = ink(`${marks.severity}-wash`);
    if (high - low < bbox.width * 0.9) ctx.fillRect(low, bbox.top, high - low, bbox.height);
    ctx.fillStyle = ink(`${marks.severity}-sign`);
    ctx.fillRect(low, bbox.top + bbox.height - bar, Math.max(bar, high - low), bar);
  });
}

/** In front of the lines: references, beginning, the marked points, and what was not finite. */
export function drawInFront(chart: uPlot, { lines, marks, table }: Marked, ink: Ink): void {
  const line = lines[0];
  if (marks && line) {
    const { min = -Infinity, max = Infinity } = chart.scales["x"] ?? {};
    const shown = marks.points.filter((x) => x >= min && x <= max);
    let taken = -Infinity;
    for (const reference of [...marks.references].sort((a, b) => b.value - a.value))
      taken = level(chart, reference, marks.severity, ink, taken);
    clipped(chart, 6, () => {
      if (!table.positions) {
        upright(chart, marks.begins, "begins", ink("muted"));
        upright(chart, marks.detectable, "detectable", ink("muted"));
        for (const { x, y } of pointsAt(line, shown)) ring(chart, x, y, marks.severity, ink);
      }
    });
  }
  if (!table.positions) nonfinite(chart, lines, ink("critical"));
}

/** A dashed line at a value, and what it is, written where no label above it stands. */
function level(
  chart: uPlot,
  reference: Reference,
  severity: Severity,
  ink: Ink,
  taken: number,
): number {
  const { ctx, bbox } = chart;
  const dot = devicePixelRatio;
  const y = Math.round(chart.valToPos(reference.value, "y", true)) + 0.5;
  if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return taken;
  const isLimit = reference.kind === "limit";
  const stroke = ink(isLimit ? severity : "muted");
  ctx.save();
  ctx.setLineDash(isLimit ? [6 * dot, 3 * dot] : [2 * dot, 3 * dot]);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = dot;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${10.5 * dot}px ${FONT}`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  const baseline = Math.max(y - 2 * dot, bbox.top + 12 * dot, taken + 13 * dot);
  halo(chart, reference.label, bbox.left + bbox.width - 2 * dot, baseline, stroke, ink("surface"));
  ctx.restore();
  return baseline;
}

/** Text that can be read over a line. */
function halo({ ctx }: uPlot, text: string, x: number, y: number, fill: string, ground: string) {
  ctx.setLineDash([]);
  ctx.lineJoin = "round";
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.strokeStyle = ground;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = fill;
  ctx.fillText(text, x, y);
}

function ring(chart: uPlot, x: number, y: number, severity: Severity, ink: Ink): void {
  const { ctx } = chart;
  ctx.beginPath();
  const [left, top] = [chart.valToPos(x, "x", true), chart.valToPos(y, "y", true)];
  ctx.arc(left, top, 4.5 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.setLineDash([]);
  ctx.fillStyle = ink(`${severity}-sign`);
  ctx.strokeStyle = ink("surface");
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
}

/** A dotted upright with a word at its top; not at the left edge, which is an upright itself. */
function upright(chart: uPlot, at: number | null, word: string, stroke: string): void {
  const { ctx, bbox } = chart;
  const dot = devicePixelRatio;
  if (at === null) return;
  const x = Math.round(chart.valToPos(at, "x", true)) + 0.5;
  if (x < bbox.left + 3 * dot || x > bbox.left + bbox.width) return;
  ctx.setLineDash([2 * dot, 3 * dot]);
  ctx.strokeStyle = stroke;
  ctx.lineWidth = dot;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${10 * dot}px ${FONT}`;
  ctx.fillStyle = stroke;
  const right = x > bbox.left + bbox.width - 60 * dot;
  ctx.textAlign = right ? "right" : "left";
  ctx.textBaseline = "top";
  ctx.fillText(word, x + (right ? -4 : 4) * dot, bbox.top + 2 * dot);
}

/** A bar above the plot for each stretch, at least as wide as can be seen, and its name. */
function nonfinite(chart: uPlot, lines: readonly Line[], hot: string): void {
  const { ctx, bbox } = chart;
  const dot = devicePixelRatio;
  const end = bbox.left + bbox.width;
  let free = -Infinity;
  ctx.font = `500 ${10 * dot}px ${FONT}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  // Of many lines, the color tells whose it is.
  const many = lines.length > 2;
  const stretches = lines
    .flatMap(({ nonfinite: own, color }) => own.map((span) => ({ ...span, color })))
    .sort((a, b) => a.first - b.first);
  for (const { first, last, value, color } of stretches) {
    ctx.fillStyle = many ? color : hot;
    const from = Math.max(bbox.left, chart.valToPos(first, "x", true));
    const to = Math.min(end, chart.valToPos(last, "x", true));
    if (to < bbox.left || from > end) continue;
    const wide = Math.max(3 * dot, to - from + 3 * dot);
    ctx.fillRect(from - 1.5 * dot, bbox.top - 3 * dot, wide, 3 * dot);
    ctx.globalAlpha = 0.09;
    if (!many) ctx.fillRect(from - 1.5 * dot, bbox.top, wide, bbox.height);
    ctx.globalAlpha = 1;
    const label = value === "NaN" ? "NaN" : value === "Infinity" ? "∞" : "−∞";
    const width = ctx.measureText(label).width;
    const left = Math.min(Math.max(from, bbox.left), end - width);
    if (left < free) continue;
    ctx.fillText(label, left, bbox.top - 4 * dot);
    free = left + width + 6 * dot;
  }
}

function clipped(chart: uPlot, rim: number, draw: () => void): void {
  const { ctx, bbox } = chart;
  const more = rim * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - more, bbox.top - more, bbox.width + 2 * more, bbox.height + 2 * more);
  ctx.clip();
  draw();
  ctx.restore();
}
