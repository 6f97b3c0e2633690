// Layer × step: one vital of every layer, and the curve of the layer that is clicked.
import { useEffect, useMemo, useState } from "preact/hooks";
import { heatOf } from "../actions";
import { scaleOf } from "../lib/clock";
import { domain } from "../lib/heat";
import { shortened } from "../lib/names";
import { brief } from "../lib/numbers";
import { dark, heatTitles, run, vital } from "../state";
import type { Heat } from "../wire/routes";
import { Chart } from "./chart";
import { heatLine, heatUnit } from "./figure";
import { HeatMap } from "./heat_map";

export function Layers() {
  const [row, setRow] = useState<number | null>(null);
  const [shown, setShown] = useState<Heat | null>(null);
  const name = vital.value;
  useEffect(() => {
    let stale = false;
    if (name) void heatOf(name).then((heat) => stale || setShown(heat));
    return () => void (stale = true);
  }, [name, run.value]);
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
          {heatTitles.value.map((each) => (
            <option key={each.vital} value={each.vital}>
              {each.title}
            </option>
          ))}
        </select>
        {shown && <Ramp heat={shown} />}
      </div>
      {shown && shown.vital === name && (
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
  const lines = useMemo(() => [{ ...heatLine(heat, row, 0), name }], [heat, row, dark.value]);
  const scale = useMemo(
    () => scaleOf("step", { clock: [], counted_in: heatUnit(heat.vital) }, [], 0),
    [heat],
  );
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
