// What was checked: how many ends of each kind, and for what could not be checked the line that would help.
import { cures, families } from "../lib/findings";
import { plural, title } from "../lib/words";
import { catalog } from "../state";
import type { Outcome, Run } from "../wire/types";
import { Glyph } from "./glyph";
import { Prose } from "./prose";
import { Copy } from "./suggestion";
import { Table } from "./table";

export function Checks({ run }: { run: Run }) {
  const of = (verdict: string) => run.outcomes.filter((outcome) => outcome.verdict === verdict);
  const failed = of("failed");
  const clear = of("clear");
  const unlogged = of("not-logged");
  const inapplicable = of("not-applicable");
  return (
    <section class="block checks" data-testid="ledger" aria-labelledby="checks-title">
      <div class="block-head">
        <h2 id="checks-title">{plural(run.outcomes.length, "check")}</h2>
        <p class="checks-sum">
          {[
            `${of("found").length} found`,
            `${clear.length} clear`,
            unlogged.length ? `${unlogged.length} not logged` : "",
            inapplicable.length ? `${inapplicable.length} not applicable` : "",
            failed.length ? `${failed.length} failed` : "",
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      {failed.length > 0 && <Plain name="Failed" outcomes={failed} open />}
      {unlogged.length > 0 && <NotLogged outcomes={unlogged} />}
      {clear.length > 0 && <Clear outcomes={clear} />}
      {inapplicable.length > 0 && <Plain name="Not applicable" outcomes={inapplicable} />}
      <Ignored />
      {run.facts.length > 0 && <Facts run={run} />}
      {run.roles.length > 0 && <Roles run={run} />}
    </section>
  );
}

function NotLogged({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <details class="fold" data-testid="ledger-not-logged">
      <summary>
        Not logged <b>{outcomes.length}</b>
      </summary>
      {cures(outcomes).map(({ how_to_enable, outcomes: served }) => (
        <div class="cure" key={how_to_enable}>
          <p class="cure-lead">
            One line would have {served.length === 1 ? "this" : `these ${served.length}`} checked:
          </p>
          <pre>
            <code>{how_to_enable}</code>
            <Copy text={how_to_enable} />
          </pre>
          <Reasons outcomes={served} />
        </div>
      ))}
    </details>
  );
}

function Plain({
  name,
  outcomes,
  open = false,
}: {
  name: string;
  outcomes: Outcome[];
  open?: boolean;
}) {
  return (
    <details class="fold" open={open}>
      <summary>
        {name} <b>{outcomes.length}</b>
      </summary>
      <Reasons outcomes={outcomes} />
    </details>
  );
}

function Reasons({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <ul>
      {outcomes.map(({ id, reason }) => (
        <li key={id}>
          <b>{title(id)}</b>{" "}
          <span>
            <Prose text={reason} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Clear({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <details class="fold" data-testid="ledger-clear">
      <summary>
        Clear <b>{outcomes.length}</b>
      </summary>
      <div class="clear-families">
        {families(outcomes).map(([family, members]) => (
          <div key={family}>
            <h3>{title(family)}</h3>
            <ul>
              {members.map((outcome) => (
                <li key={outcome.id} title={outcome.title}>
                  <Glyph verdict="healthy" size={13} />
                  {title(outcome.id)}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </details>
  );
}

function Facts({ run }: { run: Run }) {
  return (
    <details class="fold">
      <summary>
        About the log <b>{run.facts.length}</b>
      </summary>
      <ul>
        {run.facts.map((fact, at) => (
          <li key={at}>
            <b>{fact.where || run.name}</b> <span>{fact.message}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Roles({ run }: { run: Run }) {
  return (
    <details class="fold">
      <summary>
        What the curves were taken for <b>{run.roles.length}</b>
      </summary>
      <Table
        heads={["Role", "Curve", "Why"]}
        rows={run.roles.map(({ role, tag, reason }) => [
          role,
          <code key={tag}>{tag}</code>,
          reason,
        ])}
      />
    </details>
  );
}

/** What the settings have ignored, by title, with the reason that they give. */
function Ignored() {
  const ignored = Object.entries(catalog.value).filter(([, { ignored: why }]) => why !== null);
  if (!ignored.length) return null;
  return (
    <details class="fold" data-testid="ignored">
      <summary>
        Ignored by the settings <b>{ignored.length}</b>
      </summary>
      <ul>
        {ignored.map(([id, { ignored: why }]) => (
          <li key={id}>
            <b>{title(id)}</b> <span>{why || "no reason given"}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
