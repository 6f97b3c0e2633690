// A change of code in a suggestion: the old line, the new one, and the words around them.

export type CodeChange = { before: string; old: string; fresh: string; after: string };

const NAME = String.raw`[A-Za-z_][\w.]*`;
const VALUE = String.raw`[\w.+-]*\w`;
const ARGUMENTS = String.raw`\((?:[^()]|\([^()]*\))*\)`;
/** `lr=0.1`, `Adam(lr=0.1)` or `kernel_regularizer=L2(0.01)`. */
const CODE = `${NAME}(?:=${VALUE}(?:${ARGUMENTS})?|${ARGUMENTS})`;
const CHANGE = new RegExp(`^(.*?)(${CODE}) → (${CODE})(.*)$`, "s");

/** The first change in a text; null where it is of words alone. */
export function codeChange(text: string): CodeChange | null {
  const [, before = "", old, fresh, after = ""] = CHANGE.exec(text) ?? [];
  if (!old || !fresh) return null;
  return { before: before.trim(), old, fresh, after: after.replace(/^[.,;\s]+/, "") };
}
