// What stands where there is nothing to show yet, or where something went wrong.
import { refresh } from "../actions";
import { plural } from "../lib/words";
import { runs, status, trouble, unread } from "../state";

export function Skeleton() {
  return (
    <div
      class="page skeleton"
      data-testid="state-loading"
      role="status"
      aria-label="Reading the logs"
    >
      <i style={{ width: "38%", height: "26px" }} />
      <i style={{ width: "62%" }} />
      <i style={{ width: "80%", height: "20px" }} />
      <i class="tall" />
      <p>{status.value?.message || "Reading the logs…"}</p>
    </div>
  );
}

export function Empty() {
  return (
    <div class="notice" data-testid="state-empty">
      <svg width="72" height="44" viewBox="0 0 72 44" aria-hidden="true">
        <path class="axis" d="M4 2v38h66" />
        <path class="line" d="M8 8c10 20 20 26 32 28s20 2 28 2" />
      </svg>
      <h1>No runs yet</h1>
      <p>
        {status.value?.message ||
          "This page fills itself as soon as a training writes event files."}
      </p>
      <p>From Keras:</p>
      <pre>
        <code>
          model.fit(…, callbacks=[tf.keras.callbacks.TensorBoard("logs", histogram_freq=1)])
        </code>
      </pre>
    </div>
  );
}

export function Trouble({ title, message }: { title: string; message: string }) {
  return (
    <div class="notice" data-testid="state-error" role="alert">
      <h1>{title}</h1>
      <p>{message}</p>
      <button type="button" onClick={() => void refresh()}>
        Try again
      </button>
    </div>
  );
}

export function Sampled() {
  return (
    <p class="sampled" data-testid="notice-sampled" role="note">
      <b>Sampled data.</b> The log directory cannot be read from here, so what TensorBoard keeps in
      memory is judged: a thousand points of each curve. A spike or a NaN between them is not seen.
    </p>
  );
}

/** How far the reading has come: what is not read yet is in no list and no count. */
export function Reading() {
  const { read = 0, folders = 0 } = status.value ?? {};
  if (!unread.value) return null;
  return (
    <p class="sampled reading" data-testid="notice-reading" role="status">
      <b>
        {read.toLocaleString("en")} of {folders.toLocaleString("en")} read.
      </b>{" "}
      The others follow; no list, count or filter has seen them yet.
    </p>
  );
}

/** What could not be read, and why: it is in no list and no count. */
export function NotRead() {
  const problems = runs.value?.problems ?? [];
  if (!problems.length) return null;
  return (
    <details class="sampled" data-testid="notice-problems">
      <summary>
        <b>{plural(problems.length, "path")} not read.</b>
      </summary>
      <ul>
        {problems.map(({ path, message }) => (
          <li key={path}>{message}</li>
        ))}
      </ul>
    </details>
  );
}

/** A line over what was known so far; the page stays. */
export function Lost() {
  return (
    <p class="sampled lost" role="alert">
      {trouble.value} What is shown may be out of date.
    </p>
  );
}
