// A hyper-parameter against the outcome: one dot a run, in the color of its verdict.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { choose } from "../actions";
import { brief, tick } from "../lib/numbers";
import { differing, numberOf } from "../lib/overview";
import { decades, increment, multiples } from "../lib/ticks";
import { plural } from "../lib/words";
import { dark } from "../state";
import type { ListedRun } from "../wire/types";

const OUTCOMES: Record<string, string> = {
  val_score: "validation score",
  train_score: "training score",
  val_loss: "validation loss",
  train_loss: "training loss",
  reward: "reward",
};
const HEIGHT = 260;
const EDGE = { left: 64, right: 16, top: 10, bottom: 34 };
/** Pixels around a dot that belong to it. */
const REACH = 12;

type Dot = { item: ListedRun; x: number; y: number };

export function Scatter({ items }: { items: readonly ListedRun[] }) {
  const names = useMemo(() => numeric(items), [items]);
  const outcomes = Object.keys(OUTCOMES).filter(
    (role) => items.filter((item) => finite(item.final[role]) !== null).length > 2,
  );
  const [name, setName] = useState("");
  const [role, setRole] = useState("");
  const across = names.includes(name) ? name : (names[0] ?? "");
  const up = outcomes.includes(role) ? role : (outcomes[0] ?? "");
  const dots = useMemo(() => dotsOf(items, across, up), [items, across, up]);
  if (!across || !up || dots.length < 3) return null;
  const lost = items.length - dots.length;
  return (
    <section class="block" data-testid="scatter" aria-labelledby="scatter-title">
      <div class="block-head">
        <h2 id="scatter-title">Hyper-parameter against outcome</h2>
        <Choice label="Hyper-parameter" value={across} options={names} choose={setName} />
        <Choice label="Outcome" value={up} options={outcomes} choose={setRole} />
        {lost > 0 && <p class="note">{plural(lost, "run")} without both</p>}
      </div>
      <Field dots={dots} across={across} up={OUTCOMES[up] ?? up} />
    </section>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  options: string[];
  choose: (to: string) => void;
};

const Choice = ({ label, value, options, choose: chosen }: ChoiceProps) => (
  <select aria-label={label} value={value} onChange={(event) => chosen(event.currentTarget.value)}>
    {options.map((option) => (
      <option key={option} value={option}>
        {OUTCOMES[option] ?? option}
      </option>
    ))}
  </select>
);

/** Hyper-parameters that are numbers and differ, the learning rate first. */
function numeric(items: readonly ListedRun[]): string[] {
  const known = differing(items).filter(
    (name) => new Set(items.map((item) => numberOf(item, name))).size > 2,
  );
  const rate = (name: string) => (/^(.*[/_.])?(learning_rate|lr0?)$/i.test(name) ? 0 : 1);
  return known.sort((a, b) => rate(a) - rate(b));
}

const finite = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

function dotsOf(items: readonly ListedRun[], name: string, role: string): Dot[] {
  return items.flatMap((item) => {
    const [x, y] = [numberOf(item, name), finite(item.final[role])];
    return x === null || y === null ? [] : [{ item, x, y }];
  });
}

type Scale = { at: (value: number) => number; ticks: number[]; step: (tick: number) => number };

/** Logarithmic where all is positive and reaches over two decades. */
function scaleOf(values: number[], from: number, to: number, most: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = low > 0 && high / low >= 100;
  const [a, b] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const air = (b - a) * 0.05 || Math.abs(a) * 0.1 || 1;
  const at = (value: number) =>
    from + (((log ? Math.log10(value) : value) - a + air) / (b - a + 2 * air)) * (to - from);
  const between = increment(high - low || 1, most);
  return log
    ? { at, ticks: decades(low, high, most), step: (tick) => tick }
    : { at, ticks: multiples(low - air, high + air, between), step: () => between };
}

function Field({ dots, across, up }: { dots: Dot[]; across: string; up: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(800);
  const [near, setNear] = useState<Dot | null>(null);
  const x = useMemo(
    () =>
      scaleOf(
        dots.map((dot) => dot.x),
        EDGE.left,
        width - EDGE.right,
        8,
      ),
    [dots, width],
  );
  const y = useMemo(
    () =>
      scaleOf(
        dots.map((dot) => dot.y),
        HEIGHT - EDGE.bottom,
        EDGE.top,
        6,
      ),
    [dots],
  );
  useLayoutEffect(() => {
    const host = canvas.current?.parentElement;
    if (!host) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width || 800));
    observer.observe(host);
    return () => observer.disconnect();
  }, []);
  const theme = dark.value;
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, dots, x, y, width);
    // The theme decides the colors that the style sheet gives.
  }, [dots, x, y, width, theme]);
  const find = (event: MouseEvent): Dot | null => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const away = ({ x: a, y: b }: Dot) =>
      Math.hypot(x.at(a) - event.clientX + box.left, y.at(b) - event.clientY + box.top);
    const [first] = [...dots].sort((a, b) => away(a) - away(b));
    return first && away(first) < REACH ? first : null;
  };
  return (
    <div
      class="scatter"
      style={{ cursor: near ? "pointer" : "default" }}
      onMouseMove={(event) => setNear(find(event))}
      onMouseLeave={() => setNear(null)}
      onClick={() => near && choose(near.item.name)}
    >
      <canvas
        ref={canvas}
        style={{ width: "100%", height: `${HEIGHT}px` }}
        role="img"
        aria-label={`${up} against ${across} for ${plural(dots.length, "run")}; Compare has the same as a table`}
      />
      <span class="chart-quantity">{up}</span>
      <span class="chart-unit">{across}</span>
      {near && (
        <div
          class="heat-tip"
          style={{ top: `${y.at(near.y) + 12}px`, ...side(x.at(near.x), width) }}
        >
          <b>{near.item.name}</b>
          <span>
            {across} {brief(near.x)}, {up} {brief(near.y)}
          </span>
        </div>
      )}
    </div>
  );
}

const side = (x: number, width: number) =>
  x > width / 2 ? { right: `${width - x}px` } : { left: `${x}px` };

function paint(canvas: HTMLCanvasElement, dots: Dot[], x: Scale, y: Scale, width: number): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const dot = devicePixelRatio;
  [canvas.width, canvas.height] = [Math.round(width * dot), HEIGHT * dot];
  context.scale(dot, dot);
  const style = getComputedStyle(canvas);
  const ink = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.font = "11px Roboto, system-ui, sans-serif";
  context.fillStyle = ink("muted");
  context.strokeStyle = ink("grid");
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of y.ticks) {
    const at = Math.round(y.at(value)) + 0.5;
    context.beginPath();
    context.moveTo(EDGE.left, at);
    context.lineTo(width - EDGE.right, at);
    context.stroke();
    context.fillText(tick(value, y.step(value)), EDGE.left - 8, at);
  }
  context.textAlign = "center";
  for (const value of x.ticks)
    context.fillText(tick(value, x.step(value)), x.at(value), HEIGHT - EDGE.bottom + 14);
  for (const { item, x: a, y: b } of [...dots].reverse()) {
    const name = item.verdict === "undecided" ? "muted" : `${item.verdict}-sign`;
    context.fillStyle = ink(name);
    context.strokeStyle = ink("surface");
    context.beginPath();
    context.arc(x.at(a), y.at(b), 4.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}
