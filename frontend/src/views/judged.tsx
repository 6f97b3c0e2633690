// How a finding was judged: the diagnosis' own text, its limits with their sources, how often it is right.
import { brief } from "../lib/numbers";
import { catalogue } from "../state";
import type { Article, Outcome } from "../wire/routes";
import { Prose } from "./prose";

export function Judged({ outcome }: { outcome: Outcome }) {
  const article = catalogue.value[outcome.id];
  if (!article) return null;
  return (
    <details class="judged" data-testid="judged">
      <summary>
        <span>How it was judged</span>
        {article.measured && <span class="trust">{article.measured}</span>}
      </summary>
      <div class="judged-body">
        <p class="judged-title">{article.title}</p>
        <Sections article={article} />
        {article.limits.length > 0 && <Limits article={article} />}
        <p class="judged-id">
          <code>{outcome.id}</code>, family {outcome.family}
        </p>
      </div>
    </details>
  );
}

function Sections({ article }: { article: Article }) {
  return (
    <div class="judged-sections">
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

function Limits({ article }: { article: Article }) {
  return (
    <table class="limits">
      <thead>
        <tr>
          <th scope="col">Limit</th>
          <th scope="col">Value</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {article.limits.map((each) => (
          <tr key={each.name}>
            <th scope="row">
              <code>{each.name}</code>
            </th>
            <td>
              {brief(each.value)} {each.unit}
            </td>
            <td>{each.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
