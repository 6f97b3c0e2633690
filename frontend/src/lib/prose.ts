// Finds what in a sentence is code: `quoted`, calls such as Adam(1e-3), and names such as train/epoch_loss.

type Span = { text: string; code: boolean; at: number };

const CODE =
  /`([^`]+)`|[A-Za-z_][\w.]*\((?:[^()]|\([^()]*\))*\)|\b[A-Za-z]\w*=[\w.'"-]*\w|\b[\w.-]+(?:\/[\w.=-]+)+\b|\b[a-z]+(?:_[a-z0-9]+)+\b/g;

export function spans(text: string): Span[] {
  const parts: Span[] = [];
  let end = 0;
  for (const found of text.matchAll(CODE)) {
    if (found.index > end) parts.push({ text: text.slice(end, found.index), code: false, at: end });
    parts.push({ text: found[1] ?? found[0], code: true, at: found.index });
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), code: false, at: end });
  return parts;
}
