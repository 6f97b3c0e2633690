// The whole tab: the runs on the left, one of them or their comparison on the right.
import { useEffect } from "preact/hooks";
import { sift, step } from "../actions";
import { dark, filter, fleet, inList, page, status, trouble } from "../state";
import { Compare } from "./compare";
import { focusTitle, RunPage } from "./run_page";
import { Sidebar } from "./sidebar";
import { Empty, Lost, Sampled, Skeleton, Trouble } from "./states";

export function App() {
  useEffect(() => {
    document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
  }, [dark.value]);
  useEffect(() => {
    document.addEventListener("keydown", keyed);
    return () => document.removeEventListener("keydown", keyed);
  }, []);
  return (
    <div class={`app ${inList.value ? "in-list" : "in-page"}`} data-testid="app">
      <Content />
    </div>
  );
}

function Content() {
  const now = status.value;
  if (!fleet.value) {
    if (now?.state === "error")
      return <Trouble title="The logs cannot be read" says={now.message} />;
    if (trouble.value) return <Trouble title="No answer" says={trouble.value} />;
    if (now?.state === "empty") return <Empty />;
    return <Skeleton />;
  }
  return (
    <>
      <Sidebar />
      <main class="main">
        <button type="button" class="back quiet" onClick={() => (inList.value = true)}>
          ‹ All runs
        </button>
        {trouble.value && <Lost />}
        {now?.sampled && <Sampled />}
        {page.value === "compare" ? <Compare /> : <RunPage />}
      </main>
    </>
  );
}

/** j and k go down and up the list, / to the filter, Enter to the run, Escape back. */
function keyed(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const typing = target.matches("input[type=search], textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(typing);
  if (typing) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("run-filter")?.focus();
  } else if (event.key === "Enter" && target.matches("[role=listbox]")) {
    inList.value = false;
    requestAnimationFrame(focusTitle);
  }
}

function escape(typing: boolean): void {
  if (typing && filter.value) return sift("");
  inList.value = true;
  document.querySelector<HTMLElement>("[role=listbox]")?.focus();
}
