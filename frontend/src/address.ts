// The address: every choice that a person made stands in it, so that a reload and a sent link show
// the same, and Back goes to what was shown before. TensorBoard keeps its own tab in front:
// `#diagnose&p.diagnose.run=…`; the offline report has `#run=…`.
import { guarded, host } from "./host";

const KEY = "p.diagnose.";
export type Choices = Readonly<Record<string, string>>;

const place = (): Location => guarded(() => host?.location ?? null, null) ?? window.location;

/** The hash as TensorBoard's tab and the keys behind it. */
function parsed(): { tab: string; keys: URLSearchParams } {
  const hash = guarded(() => place().hash.slice(1), "");
  const tab = /^[^=&]*(?=&|$)/.exec(hash)?.[0] ?? "";
  return { tab, keys: new URLSearchParams(hash.slice(tab.length).replace(/^&/, "")) };
}

export function choices(): Choices {
  const ours = [...parsed().keys].filter(([key]) => !host || key.startsWith(KEY));
  return Object.fromEntries(ours.map(([key, value]) => [key.replace(KEY, ""), value]));
}

/** Writes choices, empty ones not at all; with `push` as a new entry of the history. */
export function write(wanted: Choices, push: boolean): void {
  const { tab, keys } = parsed();
  const others = [...keys].filter(([key]) => host && !key.startsWith(KEY));
  const ours = Object.entries(wanted).filter(([, value]) => value);
  const written = [...others, ...ours.map(([key, value]) => [host ? KEY + key : key, value])]
    .map(([key = "", value = ""]) => `${key}=${encodeURIComponent(value)}`)
    .join("&");
  const hash = `#${[tab, written].filter(Boolean).join("&")}`;
  const { history, location } = host ?? window;
  const active = !host || tab === "diagnose";
  guarded(() => {
    if (location.hash === hash || (hash === "#" && !location.hash)) return;
    if (push && active) history.pushState(null, "", hash);
    else history.replaceState(history.state, "", hash);
  }, undefined);
}

/** Calls when somebody changes the address, as by a link or by going back. */
export function watchAddress(look: () => void): void {
  for (const view of new Set([window, host ?? window]))
    guarded(() => {
      view.addEventListener("hashchange", look);
      view.addEventListener("popstate", look);
    }, undefined);
}

/** The address of the same page with other choices, to be sent to somebody. */
export function linkTo(wanted: Choices): string {
  const { tab } = parsed();
  const ours = Object.entries(wanted).filter(([, value]) => value);
  const words = ours.map(
    ([key, value]) => `${host ? KEY + key : key}=${encodeURIComponent(value)}`,
  );
  return `${place().href.replace(/#.*/, "")}#${[tab, ...words].filter(Boolean).join("&")}`;
}

/** Where Time Series shows one tag of a run; empty outside of TensorBoard. */
export function timeSeries(run: string, tag: string): string {
  if (!host) return "";
  const exact = (text: string) => `^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`;
  const bare = tag.slice(tag.lastIndexOf("/") + 1);
  const asks = new URLSearchParams({ runFilter: exact(run), tagFilter: bare });
  return `${place().pathname}?${asks}#timeseries`;
}
