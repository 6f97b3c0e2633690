// Where a measured value and its limit stand on a line from 0 to 1.

export type Positions = { measured: number; limit: number };

/** Proportional from zero; logarithmic where one is 20 times the other. Null where it cannot be drawn. */
export function position(measured: number | null, limit: number | null): Positions | null {
  if (measured === null || limit === null || !Number.isFinite(measured) || !Number.isFinite(limit))
    return null;
  const [low, high] = [Math.min(measured, limit), Math.max(measured, limit)];
  if (low > 0 && high / low > 20)
    return { measured: measured < limit ? 0.12 : 0.92, limit: limit < measured ? 0.12 : 0.92 };
  const floor = Math.min(0, low);
  const ceiling = Math.max(0, high);
  const span = (ceiling - floor) * 1.12 || 1;
  return { measured: (measured - floor) / span, limit: (limit - floor) / span };
}
