// What was checked: how many ends of each kind, and for what could not be checked the line that would help.
import { cures, families } from "../lib/groups";
import { humane, plural } from "../lib/words";
import type { Outcome, Run } from "../wire/routes";
import { Glyph } from "./glyph";
import { Prose } from "./prose";
import { Copy } from "./try";

export function Ledger({ run }: { run: Run }) {
  const of = (verdict: string) => run.outcomes.filter((each) => each.verdict === verdict);
  const [clear, open, failed] = [of("clear"), of("not-logged"), of("failed")];
  return (
    <section class="block ledger" data-testid="ledger" aria-labelledby="ledger-title">
      <div class="block-head">
        <h2 id="ledger-title">{plural(run.outcomes.length, "check")}</h2>
        <p class="ledger-sum">
          {of("found").length} found · {clear.length} clear · {open.length} not checkable
          {failed.length ? ` · ${failed.length} failed` : ""}
        </p>
      </div>
      {failed.length > 0 && <Failed outcomes={failed} />}
      {open.length > 0 && <Open outcomes={open} />}
      {clear.length > 0 && <Clear outcomes={clear} />}
      {run.facts.length > 0 && <Facts run={run} />}
      {run.roles.length > 0 && <Roles run={run} />}
    </section>
  );
}

function Open({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <details class="fold" data-testid="ledger-not-applicable">
      <summary>
        Not checkable <b>{outcomes.length}</b>
      </summary>
      {cures(outcomes).map((cure) => (
        <div class="cure" key={cure.how_to_enable}>
          {cure.how_to_enable && (
            <>
              <p class="cure-lead">
                One line would have{" "}
                {cure.outcomes.length === 1 ? "this" : `these ${cure.outcomes.length}`} checked:
              </p>
              <pre>
                <code>{cure.how_to_enable}</code>
                <Copy text={cure.how_to_enable} />
              </pre>
            </>
          )}
          <ul>
            {cure.outcomes.map((each) => (
              <li key={each.id}>
                <b>{humane(each.id)}</b>{" "}
                <span>
                  <Prose text={each.reason} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </details>
  );
}

function Clear({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <details class="fold" data-testid="ledger-clear">
      <summary>
        Clear <b>{outcomes.length}</b>
      </summary>
      <div class="clear-families">
        {families(outcomes).map(([family, each]) => (
          <div key={family}>
            <h3>{humane(family)}</h3>
            <ul>
              {each.map((one) => (
                <li key={one.id} title={one.title}>
                  <Glyph verdict="healthy" size={13} />
                  {humane(one.id)}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </details>
  );
}

function Failed({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <details class="fold" open>
      <summary>
        Failed <b>{outcomes.length}</b>
      </summary>
      <ul>
        {outcomes.map((each) => (
          <li key={each.id}>
            <b>{humane(each.id)}</b> <span>{each.reason}</span>
          </li>
        ))}
      </ul>
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
        {run.facts.map((each, at) => (
          <li key={at}>
            <b>{each.where || run.name}</b> <span>{each.message}</span>
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
      <table class="limits">
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">Curve</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {run.roles.map((each) => (
            <tr key={each.role + each.tag}>
              <th scope="row">
                <code>{each.role}</code>
              </th>
              <td>
                <code>{each.tag}</code>
              </td>
              <td>{each.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
