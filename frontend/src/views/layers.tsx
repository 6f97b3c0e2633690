// Layer × step: one vital of every layer, and the curve of the layer that is clicked.
import { useMemo, useState } from "preact/hooks";
import { domain } from "../lib/heat";
import { shortened } from "../lib/names";
import { brief } from "../lib/numbers";
import { dark, heatTitles, vital } from "../state";
import type { Heat } from "../wire/types";
import { Chart } from "./chart";
import { heatLine, heatScale, useHeat } from "./layer_figure";
import { HeatMap } from "./heat_map";

export function Layers() {
  const [row, setRow] = useState<number | null>(null);
  const name = vital.value;
  const shown = useHeat(name);
  return (
    <section class="block" aria-labelledby="layers-title">
      <div class="block-head">
        <h2 id="layers-title">Layers</h2>
        <select
          data-testid="heat-select"
          aria-label="What the map shows"
          value={name ?? ""}
          onChange={(event) => {
            setRow(null);
            vital.value = event.currentTarget.value;
          }}
        >
          {heatTitles.value.map((heat) => (
            <option key={heat.vital} value={heat.vital}>
              {heat.title}
            </option>
          ))}
        </select>
        {shown && <Ramp heat={shown} />}
      </div>
      {shown && (
        <>
          <HeatMap heat={shown} row={row} onRow={(at) => setRow(at === row ? null : at)} />
          {row !== null && shown.rows[row] !== undefined && <LayerChart heat={shown} row={row} />}
        </>
      )}
    </section>
  );
}

function Ramp({ heat }: { heat: Heat }) {
  const { low, high } = useMemo(() => domain(heat), [heat]);
  return (
    <span class="ramp">
      <span>{brief(low)}</span>
      <i class={heat.scale} aria-hidden="true" />
      <span>{brief(high)}</span>
      {heat.unit && <span class="ramp-unit">{heat.unit}</span>}
    </span>
  );
}

function LayerChart({ heat, row }: { heat: Heat; row: number }) {
  const name = shortened(heat.rows)[row] ?? "";
  const isDark = dark.value;
  const lines = useMemo(
    () => [{ ...heatLine(heat, row, 0, isDark), name }],
    [heat, row, name, isDark],
  );
  const scale = useMemo(() => heatScale(heat.vital), [heat]);
  return (
    <div class="layer-chart" data-testid="layer-chart">
      <Chart
        lines={lines}
        label={`${name} over the run`}
        quantity={[heat.title, heat.unit].filter(Boolean).join(", ")}
        scale={scale}
        height={150}
      />
    </div>
  );
}
