// Names of runs, curves and layers, made short where they are told apart.

/** The folders that all of the names begin with, up to and with a slash; empty where there are none. */
export function commonFolder(names: readonly string[]): string {
  const first = names[0];
  if (first === undefined || names.length < 2) return "";
  let size = first.lastIndexOf("/") + 1;
  for (const name of names) {
    while (size && !name.startsWith(first.slice(0, size)))
      size = first.lastIndexOf("/", size - 2) + 1;
  }
  return first.slice(0, size);
}

/** At most so many characters: the middle gives way, since names differ at their ends. */
export function middle(name: string, most: number): string {
  if (name.length <= most) return name;
  const tail = Math.ceil((most - 1) * 0.6);
  return `${name.slice(0, Math.max(1, most - 1 - tail))}…${name.slice(-tail)}`;
}

/** As much of a name as `width` pixels hold, by how wide a text is. */
export function fitted(name: string, width: number, widthOf: (text: string) => number): string {
  const whole = widthOf(name);
  if (whole <= width) return name;
  let most = Math.floor((name.length * width) / whole);
  while (most > 3 && widthOf(middle(name, most)) > width) most -= 1;
  return middle(name, most);
}

/** Paths without the folders that all of them begin with and the ends that all of them have. */
export function shortened(paths: readonly string[]): string[] {
  if (!paths.length) return [];
  const parts = paths.map((path) => path.split("/"));
  const least = Math.min(...parts.map((part) => part.length)) - 1;
  const same = (at: (part: string[]) => string | undefined) =>
    parts.every((part) => at(part) === at(parts[0] ?? []));
  let head = 0;
  while (head < least && same((part) => part[head])) head += 1;
  let tail = 0;
  while (tail < least - head && same((part) => part[part.length - 1 - tail])) tail += 1;
  return parts.map((part) => part.slice(head, part.length - tail).join("/"));
}
