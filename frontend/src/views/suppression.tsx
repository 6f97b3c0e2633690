// The line that has the settings ignore a diagnosis, with the reason that the file keeps.
import { useState } from "preact/hooks";
import { Copy } from "./suggestion";

export function Suppression({ id }: { id: string }) {
  const [reason, setReason] = useState("");
  // A string of JSON is one of TOML.
  const line = `ignore.${id} = ${JSON.stringify(reason)}`;
  return (
    <section class="suppression" data-testid="suppression" aria-label="Not a problem here?">
      <h3>Not a problem here?</h3>
      <label>
        Reason{" "}
        <input
          type="text"
          value={reason}
          placeholder="why it is none"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <p>
        This line in <code>tb-diagnose.toml</code> has it ignored, and the reason shown:
      </p>
      <pre>
        <code>{line}</code>
        <Copy text={line} />
      </pre>
    </section>
  );
}
