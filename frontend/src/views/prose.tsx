// A sentence with its code set as code: calls, names of curves, ids.
import { spans } from "../lib/prose";

export function Prose({ text }: { text: string }) {
  return (
    <>
      {spans(text).map((each) => (each.code ? <code key={each.at}>{each.text}</code> : each.text))}
    </>
  );
}
