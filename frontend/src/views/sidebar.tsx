// The left column: how many runs, the filter, what to see of them, the list.
import { isLive, sift, toggle, turnTo } from "../actions";
import { pattern, tally } from "../lib/filter";
import { plural } from "../lib/words";
import { filter, fleet, listed, only, page, trouble } from "../state";
import { Glyph, verdictName } from "./glyph";
import { RunList } from "./run_list";

export function Sidebar() {
  const runs = fleet.value?.runs ?? [];
  const some = listed.value.length < runs.length;
  return (
    <nav class="sidebar" aria-label="Runs">
      <div class="sidebar-head">
        <h2>
          {some
            ? `${listed.value.length} of ${plural(runs.length, "run")}`
            : plural(runs.length, "run")}
        </h2>
        <span class="sidebar-note">worst first</span>
        {isLive() && <LiveDot />}
      </div>
      <Filter />
      <Chips />
      {listed.value.length > 0 ? <RunList /> : <Nothing />}
      {runs.length > 1 && listed.value.length > 0 && (
        <button
          type="button"
          class="compare-link"
          aria-pressed={page.value === "compare"}
          onClick={() => turnTo("compare")}
        >
          Compare {some ? `these ${listed.value.length}` : "all"}
        </button>
      )}
    </nav>
  );
}

function Nothing() {
  const all = () => (sift(""), (only.value = new Set()));
  return (
    <div class="nothing" data-testid="run-list">
      <p>No run matches.</p>
      <button type="button" onClick={all}>
        Show all
      </button>
    </div>
  );
}

function LiveDot() {
  const lost = trouble.value !== "";
  return (
    <span
      class={`live ${lost ? "lost" : ""}`}
      data-testid="live-dot"
      role="status"
      title={lost ? trouble.value : "The list follows the logs as they grow."}
    >
      {lost ? "not live" : "live"}
      <i aria-hidden="true" />
    </span>
  );
}

function Filter() {
  const { wrong } = pattern(filter.value);
  return (
    <div class="filter">
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="6" cy="6" r="4.25" />
        <path d="M9.3 9.3L13 13" />
      </svg>
      <input
        type="search"
        id="run-filter"
        data-testid="run-filter"
        placeholder="Filter runs (regex)"
        aria-label="Filter runs by regular expression"
        autocomplete="off"
        spellcheck={false}
        value={filter.value}
        aria-invalid={wrong}
        aria-describedby={wrong ? "filter-wrong" : undefined}
        onInput={(event) => sift(event.currentTarget.value)}
      />
      {wrong && <p id="filter-wrong">Not a regular expression; taken as plain text.</p>}
    </div>
  );
}

function Chips() {
  return (
    <div class="chips" role="group" aria-label="Show only">
      {tally(fleet.value?.runs ?? []).map(([verdict, count]) => (
        <button
          type="button"
          class="chip"
          key={verdict}
          data-testid="severity-chip"
          data-severity={verdict}
          aria-pressed={only.value.has(verdict)}
          title={`Only ${verdictName(verdict)} runs`}
          onClick={() => toggle(verdict)}
        >
          <Glyph verdict={verdict} size={13} />
          {count}
          <span class="unseen"> {verdictName(verdict)}</span>
        </button>
      ))}
    </div>
  );
}
