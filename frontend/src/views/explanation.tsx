// How a finding was judged: the diagnosis' own text, its limits with their sources, how often it is right.
import { brief } from "../lib/numbers";
import { catalog } from "../state";
import type { Article, Outcome } from "../wire/types";
import { Prose } from "./prose";
import { Suppression } from "./suppression";
import { Table } from "./table";

export function Explanation({ outcome }: { outcome: Outcome }) {
  const article = catalog.value[outcome.id];
  if (!article) return null;
  const { id, family, method, surer } = outcome;
  return (
    <details class="explanation" data-testid="judged">
      <summary>
        <span>How it was judged</span>
        {article.measured && <span class="accuracy">{article.measured}</span>}
      </summary>
      <div class="explanation-body">
        <p class="explanation-title">{article.title}</p>
        {method && (
          <p>
            Judged by <b>{method.replace(/_/g, " ")}</b>
            {surer && `; ${surer} would make it surer`}.
          </p>
        )}
        <Sections article={article} />
        {article.limits.length > 0 && <Limits article={article} />}
        <p class="explanation-id">
          <code>{id}</code>, family {family}
        </p>
        <Suppression id={id} />
      </div>
    </details>
  );
}

function Sections({ article }: { article: Article }) {
  return (
    <div class="explanation-sections">
      {Object.entries(article.sections).map(([name, text]) => (
        <section key={name}>
          <h3>{name}</h3>
          {text.split(/\n\s*\n/).map((paragraph, at) => (
            <p key={at}>
              <Prose text={paragraph.replace(/\s+/g, " ").trim()} />
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

const Limits = ({ article }: { article: Article }) => (
  <Table
    heads={["Limit", "Value", "Source"]}
    rows={article.limits.map(({ name, value, unit, source }) => [
      name,
      `${brief(value)} ${unit}`,
      source,
    ])}
  />
);
