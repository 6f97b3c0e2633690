// Where the ticks of an axis stand, for any range that a double can hold.

/** 1, 2 or 5 times a power of ten: the smallest that needs no more than `most` ticks. */
export function increment(span: number, most: number): number {
  const least = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const head = [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10;
  return head * power;
}

/** Multiples of an increment between two numbers. */
export function multiples(low: number, high: number, step: number): number[] {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  if (!Number.isFinite(first) || last - first > 1000) return [];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => exact(first + at, step));
}

/** A multiple without the noise of binary fractions: 3 × 0.1 is 0.3. */
const exact = (count: number, step: number): number => Number((count * step).toPrecision(12));

/** Powers of ten, as many as there is room for; where there is hardly one, 2 and 5 times them. */
export function decades(low: number, high: number, most: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((to - from + 1) / Math.max(2, most)));
  const heads = to - from < 1 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = from - 1; power <= to; power += stride)
    ticks.push(...heads.map((head) => Number(`${head}e${power}`)));
  const shown = ticks.filter((tick) => tick >= low && tick <= high);
  return shown.length > 1 ? shown : multiples(low, high, increment(high - low, most));
}

const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200];

/** The increment of an axis of time, in seconds: round in seconds, minutes, hours or days. */
export function secondsIncrement(span: number, most: number): number {
  const least = span / Math.max(1, most);
  if (least < 1) return increment(span, most);
  return (
    SPANS.find((seconds) => seconds >= least) ?? 86400 * Math.max(1, increment(span / 86400, most))
  );
}
