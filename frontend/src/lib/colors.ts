// TensorBoard's run colors, and which curve of a run gets which.

/** Time Series' palette; only the first is another in the dark. */
const PALETTE = ["#425066", "#12b5cb", "#e52592", "#f9ab00", "#9334e6", "#7cb342", "#e8710a"];
const FIRST_IN_THE_DARK = "#8e98a3";
/** Where TensorBoard tells no order: training, validation. */
const TRAINING = 1;
const VALIDATION = 6;

/** The color at an index of the palette, which begins again after seven. */
export function color(index: number, dark: boolean): string {
  const at = ((index % PALETTE.length) + PALETTE.length) % PALETTE.length;
  return at === 0 && dark ? FIRST_IN_THE_DARK : (PALETTE[at] ?? "#425066");
}

/** The index of a run: that of its train folder, of its own folder, or of any folder of it. */
export function paletteIndex(run: string, order: readonly string[], otherwise: number): number {
  const bare = run.replace(/#\d+$/, "");
  for (const name of [`${bare}/train`, bare]) {
    const at = order.indexOf(name);
    if (at >= 0) return at;
  }
  const any = order.findIndex((name) => bare === "." || name.startsWith(`${bare}/`));
  return any >= 0 ? any : otherwise;
}

type Named = { name: string; role: string | null };

/** Indices for the curves of one chart, all different as far as there are colors: the color that the
 * curve's folder has in TensorBoard, else one for training and one for validation. */
export function paletteIndices(
  run: string,
  curves: readonly Named[],
  order: readonly string[],
): number[] {
  const taken = new Set<number>();
  return curves.map((curve) => {
    const folder = curve.name.slice(0, Math.max(0, curve.name.lastIndexOf("/")));
    const bare = run.replace(/#\d+$/, "");
    const own = order.indexOf(folder ? `${bare}/${folder}` : bare);
    const wish = own >= 0 ? own : heldOut(curve.name, curve.role) ? VALIDATION : TRAINING;
    const free = PALETTE.map((_, at) => (wish + at) % PALETTE.length).find((at) => !taken.has(at));
    taken.add(free ?? wish);
    return free ?? wish;
  });
}

/** Whether a curve is of data held out, and so dashed. */
export function heldOut(name: string, role: string | null): boolean {
  if (role) return role.startsWith("val");
  return /(^|[/_.\s])(val|valid|validation|eval|test|dev)([/_.\s]|$)/i.test(name);
}
