// What to change. A change of code is shown as old and new, one below the other.
import { useState } from "preact/hooks";
import { Prose } from "./prose";

const CHANGE = /^(\S.*?)\s→\s(.*?)([.;]?)$/;

export function Try({ text }: { text: string }) {
  if (!text) return null;
  const [, old, fresh] = /[.;] [A-Z]/.test(text) ? [] : (CHANGE.exec(text) ?? []);
  return (
    <div class="try" data-testid="card-fix">
      <h3>Try</h3>
      {old && fresh ? (
        <div class="change">
          <code class="old">
            <del>{old}</del>
          </code>
          <code class="new">
            <ins>{fresh}</ins>
            <Copy text={fresh} />
          </code>
        </div>
      ) : (
        <p>
          <Prose text={text} />
        </p>
      )}
    </div>
  );
}

export function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    } catch {
      setDone(false); // Without the right to the clipboard the text can still be selected.
    }
  };
  return (
    <button type="button" class="quiet copy" onClick={() => void copy()}>
      {done ? "Copied" : "Copy"}
    </button>
  );
}
