// A heat map as pixels: what value gets which color.
import type { Heat } from "../wire/types";

type Rgb = readonly [number, number, number];
type Values = Heat["values"];

/** Dark means more on white, bright means more on black, as ink and as light do. */
const ON_WHITE: Rgb[] = [
  [239, 244, 248],
  [176, 209, 226],
  [92, 160, 199],
  [33, 102, 160],
  [10, 48, 92],
];
const ON_BLACK: Rgb[] = [
  [43, 50, 58],
  [32, 84, 122],
  [46, 132, 178],
  [118, 190, 222],
  [226, 244, 252],
];
const DIVERGING: Rgb[] = [
  [33, 102, 172],
  [146, 197, 222],
  [247, 247, 247],
  [244, 165, 130],
  [178, 24, 43],
];

export type Domain = { low: number; high: number };

/** Smallest and largest finite value; of a logarithmic map the smallest positive one. */
export function domain(heat: Heat): Domain {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < heat.values.length; at += 1) {
    const value = heat.values[at];
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (heat.scale === "log" && value <= 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 1 };
  if (heat.scale !== "diverging") return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

/** The rows by what they are of, kernels before biases: patterns over depth need like beside like. */
export function arranged(heat: Heat): Heat {
  const kinds = heat.rows.map(
    (name) =>
      name
        .replace(/\/histogram$/, "")
        .split("/")
        .pop() ?? "",
  );
  const rank = new Map(
    [...new Set(kinds)].sort((a, b) => weight(a) - weight(b)).map((kind, at) => [kind, at]),
  );
  if (rank.size === heat.rows.length) return heat;
  const order = heat.rows
    .map((_, at) => at)
    .sort((a, b) => (rank.get(kinds[a] ?? "") ?? 0) - (rank.get(kinds[b] ?? "") ?? 0));
  const size = heat.steps.length;
  const values = new Array<number | null>(heat.values.length);
  order.forEach((from, to) => {
    for (let at = 0; at < size; at += 1)
      values[to * size + at] = heat.values[from * size + at] ?? null;
  });
  return { ...heat, rows: order.map((at) => heat.rows[at] ?? ""), values };
}

const weight = (kind: string): number =>
  /kernel|weight/.test(kind) ? 0 : /bias/.test(kind) ? 2 : 1;

/** 0 to 255, or -1 where nothing was measured. */
export function level(
  value: number | null | undefined,
  { low, high }: Domain,
  log: boolean,
): number {
  if (value === null || value === undefined || Number.isNaN(value)) return -1;
  if (log && value <= low) return 0;
  const [from, to, at] = log
    ? [Math.log(low), Math.log(high), Math.log(value)]
    : [low, high, value];
  const share = to > from ? (at - from) / (to - from) : 0.5;
  return Math.round(255 * Math.max(0, Math.min(1, share)));
}

/** 256 colors as little-endian RGBA. */
export function ramp(heat: Pick<Heat, "scale">, dark: boolean): Uint32Array {
  const stops = heat.scale === "diverging" ? DIVERGING : dark ? ON_BLACK : ON_WHITE;
  return Uint32Array.from({ length: 256 }, (_, at) =>
    packed(mixed(stops, (at / 255) * (stops.length - 1))),
  );
}

function mixed(stops: readonly Rgb[], at: number): Rgb {
  const low = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [stops[low] as Rgb, stops[low + 1] as Rgb];
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(a[channel] + (b[channel] - a[channel]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

const packed = ([red, green, blue]: Rgb): number =>
  ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** One pixel a value, row by row; what was not measured stays clear. */
export function pixels(
  values: Values,
  known: Domain,
  log: boolean,
  colors: Uint32Array,
): Uint32Array {
  const out = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const place = level(values[at], known, log);
    if (place >= 0) out[at] = colors[place] as number;
  }
  return out;
}
