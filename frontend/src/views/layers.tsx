// Layer × step: one vital of every layer, and the curve of the layer that is clicked.
import { useMemo, useState } from "preact/hooks";
import { showHeat } from "../actions";
import { brief } from "../lib/numbers";
import { domain } from "../lib/heat";
import { colour } from "../lib/colours";
import { shortened } from "../lib/words";
import { dark, heat, heatTitles, run, vital } from "../state";
import type { Heat } from "../wire/routes";
import { Chart } from "./chart";
import { HeatMap } from "./heat_map";

export function Layers() {
  const [row, setRow] = useState<number | null>(null);
  const shown = heat.value;
  return (
    <section class="block" aria-labelledby="layers-title">
      <div class="block-head">
        <h2 id="layers-title">Layers</h2>
        <select
          data-testid="heat-select"
          aria-label="What the map shows"
          value={vital.value ?? ""}
          onChange={(event) => (setRow(null), void showHeat(event.currentTarget.value))}
        >
          {heatTitles.value.map((each) => (
            <option key={each.vital} value={each.vital}>
              {each.title}
            </option>
          ))}
        </select>
        {shown && <Legend heat={shown} />}
      </div>
      {shown && shown.vital === vital.value && (
        <>
          <HeatMap heat={shown} row={row} onRow={(at) => setRow(at === row ? null : at)} />
          {row !== null && shown.rows[row] !== undefined && <LayerChart heat={shown} row={row} />}
        </>
      )}
    </section>
  );
}

function Legend({ heat: shown }: { heat: Heat }) {
  const { low, high } = useMemo(() => domain(shown), [shown]);
  return (
    <span class="ramp">
      <span>{brief(low)}</span>
      <i class={shown.scale} aria-hidden="true" />
      <span>{brief(high)}</span>
      {shown.unit && <span class="ramp-unit">{shown.unit}</span>}
    </span>
  );
}

function LayerChart({ heat: shown, row }: { heat: Heat; row: number }) {
  const size = shown.steps.length;
  const name = shortened(shown.rows)[row] ?? "";
  const lines = useMemo(() => {
    const values = Array.from({ length: size }, (_, at) => shown.values[row * size + at] ?? null);
    return [
      {
        name,
        steps: shown.steps,
        values,
        full: size,
        nonfinite: [],
        dashed: false,
        colour: colour(1, dark.value),
      },
    ];
  }, [shown, row, dark.value]);
  return (
    <div class="layer-chart" data-testid="layer-chart">
      <Chart
        lines={lines}
        label={`${name} over the run`}
        unit={run.value?.steps?.counted_in ?? "steps"}
        height={150}
      />
    </div>
  );
}
