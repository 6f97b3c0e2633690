// The whole tab: the runs on the left; on the right all of them, one of them, or their comparison.
import { useEffect, useLayoutEffect } from "preact/hooks";
import { origin } from "../actions";
import { watchKeys } from "../host";
import { dark, inList, printing, runs, status, trouble, view } from "../state";
import { Compare } from "./compare";
import { Empty, Lost, NotRead, Reading, Sampled, Skeleton, Trouble } from "./empty_states";
import { Help, pressed } from "./keys";
import { Overview } from "./overview";
import { Printed } from "./printed";
import { RunPage } from "./run_page";
import { Sidebar } from "./sidebar";

export function App() {
  const theme = dark.value && !printing.value ? "dark" : "light";
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useEffect(() => watchKeys(pressed), []);
  return (
    <div class={`app ${inList.value ? "in-list" : "in-page"}`} data-testid="app">
      <Content />
      <Help />
    </div>
  );
}

function Content() {
  const now = status.value;
  if (!runs.value) {
    if (now?.state === "error")
      return <Trouble title="The logs cannot be read" message={now.message} />;
    if (trouble.value) return <Trouble title="No answer" message={trouble.value} />;
    if (now?.state === "empty") return <Empty />;
    return <Skeleton />;
  }
  return (
    <>
      <Sidebar />
      <main class="main">
        <Cover />
        <button type="button" class="back quiet" onClick={() => (inList.value = true)}>
          ‹ List of runs
        </button>
        {trouble.value && <Lost />}
        {now?.sampled && <Sampled />}
        <Reading />
        <NotRead />
        <View />
        <Printed />
      </main>
    </>
  );
}

/** What a report that lies on disk is of, and when it was made. */
function Cover() {
  if (!origin().length) return null;
  return (
    <header class="cover" data-testid="cover">
      <b>Training report</b>
      {origin().map((part) => (
        <span key={part}>{part}</span>
      ))}
    </header>
  );
}

function View() {
  if (view.value === "overview") return <Overview />;
  if (view.value === "compare") return <Compare />;
  return <RunPage />;
}
