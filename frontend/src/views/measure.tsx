// The statistic against its limit, on one line.
import { brief, numeric } from "../lib/numbers";
import { position } from "../lib/gauge";
import type { Evidence } from "../wire/routes";

export function Measure({ evidence }: { evidence: Evidence }) {
  const { comparison, confidence: sure } = evidence;
  if (comparison === null) return sure ? <p class="sure">{sure}</p> : null;
  const { value, limit, unit } = comparison;
  return (
    <div class="measure">
      <dl>
        <div>
          <dt>Measured</dt>
          <dd>
            <b>{brief(value)}</b>
          </dd>
        </div>
        <div>
          <dt>Limit</dt>
          <dd>{brief(limit)}</dd>
        </div>
      </dl>
      <Gauge measured={numeric(value)} limit={numeric(limit)} severity={evidence.severity} />
      <p class="sure">{[unit, sure].filter(Boolean).join(" · ")}</p>
    </div>
  );
}

type GaugeProps = { measured: number | null; limit: number | null; severity: string };

function Gauge({ measured, limit, severity }: GaugeProps) {
  const at = position(measured, limit);
  if (!at) return null;
  const [from, to] = [Math.min(at.measured, at.limit), Math.max(at.measured, at.limit)];
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  return (
    <div class={`gauge ${severity}`} aria-hidden="true">
      <i class="gauge-past" style={{ left: percent(from), width: percent(to - from) }} />
      <i class="gauge-limit" style={{ left: percent(at.limit) }} />
      <i class="gauge-dot" style={{ left: percent(at.measured) }} />
    </div>
  );
}
