// The page that benchmarks/frontend.mjs measures: the tab's own charts and heat map, as big as they get.
import uplot from "../frontend/node_modules/uplot/dist/uPlot.min.css";
import base from "../frontend/src/style/base.css";
import { type Line, table } from "../frontend/src/lib/series";
import { paint } from "../frontend/src/views/heat_map";
import { plot } from "../frontend/src/views/plot";

const [CHARTS, POINTS, ROWS, STEPS, TIMES] = [50, 5000, 100, 1000, 7];

function line(seed: number): Line {
  const x = Array.from({ length: POINTS }, (_, at) => at);
  const values = Float32Array.from(
    x,
    (at) =>
      2 * Math.exp(-at / 1500) + 0.1 * Math.sin(at * (seed + 1.7)) ** 2 + 0.01,
  );
  return {
    name: `run ${seed}`,
    x,
    values,
    full: POINTS,
    nonfinite: [],
    color: "#12b5cb",
    dashed: false,
  };
}

/** Until the browser has painted what it was given. */
const painted = (): Promise<void> =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

async function charts(): Promise<number> {
  const lines = Array.from({ length: CHARTS }, (_, seed) => line(seed));
  document.body.replaceChildren(
    ...lines.map(() =>
      Object.assign(document.createElement("div"), { style: "width: 420px" }),
    ),
  );
  await painted();
  const begin = performance.now();
  lines.forEach((one, at) =>
    plot(document.body.children[at] as HTMLElement, {
      lines: [one],
      table: table([one]),
      marks: null,
      log: false,
      smoothing: 0,
      ignoreOutliers: false,
      unit: "step",
      height: 150,
      zoom: null,
      onZoom: () => {},
      onCursor: () => {},
    }),
  );
  await painted();
  return performance.now() - begin;
}

async function heat(): Promise<number> {
  const values = Float32Array.from(
    { length: ROWS * STEPS },
    (_, at) => Math.exp(-((at % STEPS) / 200)) * (1 + (at % 7)),
  );
  const rows = Array.from({ length: ROWS }, (_, at) => `layer ${at}`);
  const canvas = Object.assign(document.createElement("canvas"), {
    width: STEPS,
    height: ROWS,
  });
  document.body.replaceChildren(canvas);
  await painted();
  const begin = performance.now();
  paint(
    canvas,
    {
      vital: "v",
      title: "",
      unit: "",
      scale: "log",
      rows,
      steps: Float64Array.from({ length: STEPS }, (_, at) => at),
      values,
    },
    false,
  );
  await painted();
  return performance.now() - begin;
}

/** The fastest time: whatever else the machine does can only add to it. */
async function fastest(measure: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let at = 0; at < TIMES; at += 1) best = Math.min(best, await measure());
  return best;
}

document.head.append(
  Object.assign(document.createElement("style"), { textContent: uplot + base }),
);
const told = { charts: await fastest(charts), heat: await fastest(heat) };
await fetch("done", { method: "POST", body: JSON.stringify(told) });
