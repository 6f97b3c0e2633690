// Numbers for people.
import type { Numeric } from "../wire/types";

/** A number of the document as JavaScript has it; null stays null. */
export function numeric(value: Numeric | null): number | null {
  return typeof value === "string" ? Number(value) : value;
}

/** Four digits at most: 11.1, 1,906,053, 3.46e15, 1e-5, NaN, ∞. */
export function brief(value: Numeric): string {
  const real = Number(value);
  if (Number.isNaN(real)) return "NaN";
  if (!Number.isFinite(real)) return real > 0 ? "∞" : "−∞";
  const size = Math.abs(real);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return scientific(real, 3);
  if (Number.isInteger(real)) return minus(real.toLocaleString("en"));
  return minus(String(Number(real.toPrecision(size >= 1000 ? 5 : 4))));
}

/** A tick of an axis: as many digits as its distance to the next one needs. */
export function tick(value: number, increment: number): string {
  const size = Math.abs(value);
  if (size < increment / 1e6) return "0";
  const digits = Math.ceil(-Math.log10(increment) - 1e-9);
  if (size >= 1e5 || size < 1e-4 || digits > 6)
    return scientific(value, Math.min(15, Math.max(1, Math.floor(Math.log10(size)) + digits + 1)));
  return minus(value.toLocaleString("en", { maximumFractionDigits: Math.max(0, digits) }));
}

/** Seconds on an axis of time: 30 s, 5 min, 1 h 30, 2 d. */
export function clock(seconds: number, increment: number): string {
  if (seconds === 0) return "0";
  if (increment < 60) return `${tick(seconds, increment)} s`;
  if (increment < 3600 && seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (increment >= 86400) return `${Math.round(seconds / 86400)} d`;
  const minutes = Math.round((seconds % 3600) / 60);
  return `${Math.floor(seconds / 3600)} h${minutes ? ` ${minutes}` : ""}`;
}

function scientific(value: number, digits: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  return minus(`${Number(mantissa)}e${exponent.replace("+", "")}`);
}

/** A count: 812, 11.1 k, 1.91 M. */
export function many(count: number): string {
  let size = count;
  for (const unit of ["", " k", " M"]) {
    if (size < 999.5) return `${Number(size.toPrecision(3))}${unit}`;
    size /= 1000;
  }
  return `${Number(size.toPrecision(3))} G`;
}

/** Wall time: 0.3 s, 2 m 41 s, 3 h 5 m, 2 d 4 h. */
export function duration(seconds: Numeric): string {
  const exact = Number(seconds);
  if (!Number.isFinite(exact)) return "an unknown time";
  if (exact < 9.5) return `${exact.toFixed(1)} s`;
  const whole = Math.round(exact);
  const units: [string, number][] = [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ];
  const at = units.findIndex(([, size]) => whole >= size);
  const [name, size] = units[at] ?? ["s", 1];
  const [part, fraction] = units[at + 1] ?? ["", 0];
  const rest = fraction ? Math.floor((whole % size) / fraction) : 0;
  return `${Math.floor(whole / size)} ${name}${rest ? ` ${rest} ${part}` : ""}`;
}

const minus = (text: string): string => text.replace("-", "−").replace("e−", "e-");
