// The page as it opens on a source, nothing left of the test before.
import { all, page } from "./stage";
import { act, cleanup, fireEvent, render } from "@testing-library/preact";
import { begin } from "../../src/actions";
import { inline } from "../../src/source/inline";
import type { Source } from "../../src/source/source";
import * as state from "../../src/state";
import { App } from "../../src/views/app";
import type { Run, State } from "../../src/wire/types";
import { carried } from "../made";

export const report = (runs: Run[]): Source => inline(carried(runs));

export const telling = (runs: Run[], more: Partial<State>): Source => ({
  ...report(runs),
  state: async () => ({
    version: 1,
    state: "ready",
    message: "",
    sampled: false,
    runs: runs.length,
    read: runs.length,
    folders: runs.length,
    ...more,
  }),
});

export async function opened(source: Source, hash = ""): Promise<void> {
  cleanup();
  for (const atom of [state.status, state.runs, state.chosen, state.run, state.zoom, state.cursor])
    atom.value = null;
  state.missing.value = state.trouble.value = "";
  state.helpOpen.value = false;
  page.location.hash = hash;
  render(<App />);
  await act(() => begin(source));
  await settled();
}

/** Lets promises and the drawing that they cause come to rest. */
export const settled = (): Promise<void> => act(() => new Promise((done) => setTimeout(done, 30)));

export async function click(selector: string): Promise<void> {
  const [first] = all(selector);
  if (!first) throw new Error(`nothing matches ${selector}`);
  await act(() => void fireEvent.click(first));
  await settled();
}

export async function press(key: string, target: Element = page.body): Promise<void> {
  await act(() => void fireEvent.keyDown(target, { key }));
  await settled();
}
