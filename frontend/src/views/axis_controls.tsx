// What all charts have in common: the horizontal axis, smoothing, outliers.
import type { Axis } from "../lib/clock";
import { axis, curves, ignoreOutliers, run, smoothing } from "../state";

export function AxisControls() {
  return (
    <div class="axis-controls">
      <AxisChoice />
      <label class="check">
        <input
          type="checkbox"
          checked={ignoreOutliers.value}
          onChange={(event) => (ignoreOutliers.value = event.currentTarget.checked)}
        />
        Ignore outliers
      </label>
      <label class="smoothing" data-testid="smoothing">
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothing.value}
          aria-valuetext={smoothing.value.toFixed(2)}
          onInput={(event) => (smoothing.value = Number(event.currentTarget.value))}
        />
        <output>{smoothing.value.toFixed(2)}</output>
      </label>
    </div>
  );
}

/** Only the axes that the log allows: time where it tells moments, epochs where a curve counts them. */
function AxisChoice() {
  const timed = [...curves.value.values()].some(({ clock }) => clock.length > 1);
  const units = new Set(run.value?.curves.map((curve) => curve.counted_in));
  const allowed: [Axis, string][] = [
    ["step", "As logged"],
    ...(timed && units.size > 1 ? [["epoch", "Epoch"] as [Axis, string]] : []),
    ...(timed ? [["time", "Time"] as [Axis, string]] : []),
  ];
  if (allowed.length < 2) return null;
  return (
    <span class="choice" role="group" aria-label="Horizontal axis">
      {allowed.map(([name, label]) => (
        <button
          type="button"
          class="quiet"
          key={name}
          data-testid="axis"
          data-axis={name}
          aria-pressed={axis.value === name}
          onClick={() => (axis.value = name)}
        >
          {label}
        </button>
      ))}
    </span>
  );
}
