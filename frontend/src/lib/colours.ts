// TensorBoard's run colours, and which curve of a run gets which.

/** Time Series' palette; only the first is another in the dark. */
const PALETTE = ["#425066", "#12b5cb", "#e52592", "#f9ab00", "#9334e6", "#7cb342", "#e8710a"];
const FIRST_IN_THE_DARK = "#8e98a3";

/** The colour at a place of the palette, which begins anew after seven. */
export function colour(place: number, dark: boolean): string {
  const at = ((place % PALETTE.length) + PALETTE.length) % PALETTE.length;
  return at === 0 && dark ? FIRST_IN_THE_DARK : (PALETTE[at] ?? "#425066");
}

/** A run's place: that of its train folder, of its own folder, or of any folder of it. */
export function place(run: string, order: readonly string[], otherwise: number): number {
  const bare = run.replace(/#\d+$/, "");
  for (const name of [`${bare}/train`, bare]) {
    const at = order.indexOf(name);
    if (at >= 0) return at;
  }
  const any = order.findIndex((name) => bare === "." || name.startsWith(`${bare}/`));
  return any >= 0 ? any : otherwise;
}

/** Whether a curve is of data held out, and so dashed. */
export function heldOut(name: string, role: string | null): boolean {
  if (role) return role.startsWith("val");
  return /(^|[/_.\s])(val|valid|validation|eval|test|dev)([/_.\s]|$)/i.test(name);
}
