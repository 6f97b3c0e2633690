// A sentence with its code set as code: calls, names of curves, ids.
import { spans } from "../lib/prose";

export function Prose({ text }: { text: string }) {
  return (
    <>
      {spans(text).map(({ text: words, code, at }) =>
        code ? <code key={at}>{words}</code> : words,
      )}
    </>
  );
}
