// The left column: all runs at once, the filter, what to see of them, the list.
import { isLive, open, search, showAll, toggle, widen } from "../actions";
import { pattern, tally } from "../lib/filter";
import { plural, title } from "../lib/words";
import {
  filter,
  finding,
  folder,
  listed,
  only,
  picked,
  runs,
  sidebarWidth,
  trouble,
  unread,
  view,
} from "../state";
import { Glyph } from "./glyph";
import { RunList } from "./run_list";

export function Sidebar() {
  const all = runs.value?.runs ?? [];
  const shown = listed.value.length;
  return (
    <nav class="sidebar" aria-label="Runs" style={{ width: `${sidebarWidth.value}px` }}>
      <div class="sidebar-head">
        <h2>
          {shown < all.length
            ? `${shown.toLocaleString("en")} of ${plural(all.length, "run")}`
            : plural(all.length, "run")}
        </h2>
        <span class="sidebar-note">
          {unread.value ? `${unread.value.toLocaleString("en")} not read yet` : "worst first"}
        </span>
        {isLive() && <LiveDot />}
      </div>
      <Views count={all.length} />
      <Filter />
      <Chips />
      {folder.value && (
        <p class="sidebar-folder" title="All names begin with it">
          in {folder.value}
        </p>
      )}
      {shown > 0 ? <RunList /> : <Nothing />}
      <Grip />
    </nav>
  );
}

function Views({ count }: { count: number }) {
  if (count < 2) return null;
  const size = picked.value.size;
  return (
    <div class="views">
      <button
        type="button"
        data-testid="view-overview"
        aria-pressed={view.value === "overview"}
        onClick={() => open("overview")}
      >
        All runs
      </button>
      <button
        type="button"
        class="compare-link"
        aria-pressed={view.value === "compare"}
        onClick={() => open("compare")}
      >
        {size ? `Compare ${size} picked` : "Compare"}
      </button>
    </div>
  );
}

function Nothing() {
  return (
    <div class="nothing" data-testid="run-list">
      <p>
        {unread.value
          ? `No run that has been read matches; ${unread.value.toLocaleString("en")} are not read yet.`
          : "No run matches."}
      </p>
      <button type="button" onClick={showAll}>
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
        onInput={(event) => search(event.currentTarget.value)}
      />
      {wrong && <p id="filter-wrong">Not a regular expression; taken as plain text.</p>}
    </div>
  );
}

function Chips() {
  return (
    <div class="chips" role="group" aria-label="Show only">
      {tally(runs.value?.runs ?? []).map(([verdict, count]) => (
        <button
          type="button"
          class="chip"
          key={verdict}
          data-testid="severity-chip"
          data-severity={verdict}
          aria-pressed={only.value.has(verdict)}
          title={`Only ${verdict} runs`}
          onClick={() => toggle(verdict)}
        >
          <Glyph verdict={verdict} size={13} />
          {count.toLocaleString("en")}
          <span class="unseen"> {verdict}</span>
        </button>
      ))}
      {finding.value && (
        <button
          type="button"
          class="chip"
          data-testid="finding-chip"
          aria-pressed
          title="Show runs without this finding again"
          onClick={() => (finding.value = "")}
        >
          {title(finding.value)} ×
        </button>
      )}
    </div>
  );
}

/** The edge between list and page, to be dragged or moved by the arrow keys. */
function Grip() {
  const drag = (event: PointerEvent) => {
    const grip = event.currentTarget as HTMLElement;
    grip.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => widen(moved.clientX);
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", move), {
      once: true,
    });
  };
  return (
    <div
      class="grip"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the list"
      aria-valuenow={sidebarWidth.value}
      aria-valuemin={220}
      aria-valuemax={640}
      onPointerDown={drag}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
        if (by) widen(sidebarWidth.value + by);
      }}
    />
  );
}
