// Smoothing as TensorBoard does it: an exponential mean, corrected for its start.

/** `weight` 0 to 0.999; gaps and curves that never change stay as they are. */
export function smoothed(
  values: readonly (number | null | undefined)[],
  weight: number,
): (number | null | undefined)[] {
  const known = values.filter((value): value is number => value !== null && value !== undefined);
  if (weight <= 0 || known.every((value) => value === known[0])) return [...values];
  let last = 0;
  let seen = 0;
  return values.map((value) => {
    if (value === null || value === undefined) return value;
    last = last * weight + (1 - weight) * value;
    seen += 1;
    return last / (1 - weight ** seen);
  });
}
