// The main curve of a run in the size of a word.

const WIDTH = 64;
const HEIGHT = 22;

export function Spark({ values }: { values: readonly (number | null)[] }) {
  const last = Math.max(1, values.length - 1);
  return (
    <svg
      class="spark"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <path d={path(values)} />
      {values.map((value, at) =>
        value === null ? (
          <rect key={at} class="gap" x={(at / last) * (WIDTH - 2)} y="0" width="2" height="3" />
        ) : null,
      )}
    </svg>
  );
}

/** Three decades or more are drawn on a logarithmic scale, or one jump would flatten the rest. */
export function path(values: readonly (number | null)[]): string {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = low > 0 && high / low >= 1000 ? Math.log : (value: number) => value;
  const span = scale(high) - scale(low) || 1;
  const last = Math.max(1, values.length - 1);
  let pen = "M";
  return values
    .map((value, at) => {
      if (value === null || !Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const x = 1 + (at / last) * (WIDTH - 2);
      const y = HEIGHT - 2 - ((scale(value) - scale(low)) / span) * (HEIGHT - 4);
      const command = `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
      return command;
    })
    .join("");
}
