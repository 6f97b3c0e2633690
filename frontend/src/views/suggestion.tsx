// What to change. A change of code is shown as a diff: the old line, and the new one to copy.
import { useState } from "preact/hooks";
import { copied } from "../host";
import { type CodeChange, codeChange } from "../lib/change";
import { Prose } from "./prose";

type Props = { text: string; level?: "h2" | "h3" };

export function Suggestion({ text, level: Heading = "h3" }: Props) {
  const change = codeChange(text);
  if (!text) return null;
  return (
    <section class="suggestion" data-testid="card-fix">
      <Heading>Change</Heading>
      {change ? <Diff change={change} /> : <Sentence text={text} />}
    </section>
  );
}

const Sentence = ({ text }: { text: string }) =>
  text ? (
    <p>
      <Prose text={text} />
    </p>
  ) : null;

const Diff = ({ change: { before, old, fresh, after } }: { change: CodeChange }) => (
  <>
    <Sentence text={before} />
    <div class="diff">
      <code class="old">
        <del>{old}</del>
      </code>
      <code class="new">
        <ins>{fresh}</ins>
        <Copy text={fresh} />
      </code>
    </div>
    <Sentence text={after} />
  </>
);

type CopyProps = { text: string; children?: string; title?: string };

export function Copy({ text, children = "Copy", title }: CopyProps) {
  const [label, setLabel] = useState("");
  const copy = async () => {
    setLabel((await copied(text)) ? "Copied" : "Not copied");
    setTimeout(() => setLabel(""), 1500);
  };
  return (
    <button type="button" class="quiet copy" title={title} onClick={() => void copy()}>
      <span role="status">{label || children}</span>
    </button>
  );
}
