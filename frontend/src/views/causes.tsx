// Why: the most probable causes, what speaks for and against each, and the change each asks for.
import { sentence, title } from "../lib/words";
import type { Cause } from "../wire/types";
import { Prose } from "./prose";
import { jump } from "./timeline";

type Props = {
  causes: readonly Cause[];
  /** The change that stands above, and need not be said again. */
  said: string;
};

export function Causes({ causes, said }: Props) {
  if (!causes.length) return null;
  return (
    <section class="causes" data-testid="causes" aria-labelledby="causes-title">
      <h2 id="causes-title">Why</h2>
      <ol>
        {causes.map((cause, at) => (
          <li key={cause.id}>
            <details open={at === 0}>
              <summary>
                <span class="cause-title">{sentence(cause.title)}</span>
                <Probability share={cause.probability} />
              </summary>
              <Sentences mark="+" name="For it" sentences={cause.evidence_for} />
              <Sentences mark="−" name="Against it" sentences={cause.evidence_against} />
              {cause.change && cause.change !== said && (
                <p>
                  The change then: <Prose text={cause.change} />
                </p>
              )}
              {cause.findings.length > 0 && (
                <p class="cause-findings">
                  Explains{" "}
                  {cause.findings.map((id) => (
                    <button type="button" class="quiet" key={id} onClick={() => jump({ id })}>
                      {title(id)}
                    </button>
                  ))}
                </p>
              )}
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Probability({ share }: { share: number }) {
  const percent = `${Math.round(share * 100)}%`;
  return (
    <span class="probability">
      <i aria-hidden="true">
        <b style={{ width: percent }} />
      </i>
      {percent}
    </span>
  );
}

type SentencesProps = { mark: string; name: string; sentences: readonly string[] };

function Sentences({ mark, name, sentences }: SentencesProps) {
  if (!sentences.length) return null;
  return (
    <ul class="cause-evidence" aria-label={name}>
      {sentences.map((text) => (
        <li key={text} data-mark={mark}>
          <Prose text={text} />
        </li>
      ))}
    </ul>
  );
}
