import "./review.css";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { measure, SHOWN_CHARACTERS_MAX } from "../../inert/arguments.ts";
import { ArgumentBlock } from "../../inert/argument-block.tsx";
import { Quoted } from "../../inert/quoted.tsx";
import { usePresence } from "../../session/presence.tsx";
import { Button } from "../../ui/button.tsx";
import { EFFECT_WORDS } from "../../ui/effects.table.ts";
import { useAct } from "../../ui/field.tsx";
import { FormProblem, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { announce } from "../../ui/toast.tsx";

type Tool = Item<"/tools">;

const EVERY_MS = 3_000;
const LIMIT = 200;

/** Tools whose definition is new or has changed: nobody can use them until a person accepts what they now say. */
export function ToolsToReview() {
  const fresh = useLook("/tools", { status: "new", limit: LIMIT }, { everyMs: EVERY_MS });
  const changed = useLook("/tools", { status: "changed", limit: LIMIT }, { everyMs: EVERY_MS });
  const tools = [...(fresh.data?.items ?? []), ...(changed.data?.items ?? [])];
  const isKnown = fresh.data !== undefined && changed.data !== undefined;
  return (
    <Section title="Tools to review" {...(isKnown ? { count: tools.length } : {})}>
      <ProblemNotice problem={fresh.error ?? changed.error} />
      {isKnown && tools.length === 0 ? <p className="soft">Every tool has been reviewed.</p> : null}
      {tools.map((tool) => (
        <ToolFold key={keyOf(tool)} tool={tool} />
      ))}
    </Section>
  );
}

function ToolFold({ tool }: { readonly tool: Tool }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Quoted text={`${tool.server}/${tool.name}`} />
        <span className="soft">{tool.status === "changed" ? "changed since it was accepted" : "new"}</span>
      </summary>
      {isOpen ? <Review tool={tool} /> : null}
    </details>
  );
}

/** INVARIANT: what is accepted is the definition that is on the page, by its fingerprint, and no other. */
function Review({ tool }: { readonly tool: Tool }) {
  const name = `${tool.server}/${tool.name}`;
  const { data, error } = useLook("/tools/get", { tool: name, kind: tool.kind }, { isFixed: true });
  if (data === undefined) return <ProblemNotice problem={error} />;
  if (data.fingerprint !== tool.fingerprint) return <Notice>It has changed meanwhile. Open it again.</Notice>;
  const words = tool.effects.map((effect) => EFFECT_WORDS[effect] ?? effect).join(", ");
  return (
    <div className="fold-body">
      <p>
        Its server says it {words}. {tool.reason === null ? null : <Quoted text={tool.reason} />}
      </p>
      <Definition title="As it is now" json={data.definition} />
      {data.accepted === null ? null : <Definition title="As it was accepted" json={data.accepted} />}
      <Verdict tool={tool} isWhole={data.definition.length <= SHOWN_CHARACTERS_MAX} />
    </div>
  );
}

function Verdict({ tool, isWhole }: { readonly tool: Tool; readonly isWhole: boolean }) {
  const withPresence = usePresence();
  const queries = useQueryClient();
  const name = `${tool.server}/${tool.name}`;
  const decide = async (answer: "accept" | "refuse"): Promise<void> => {
    const body = { tools: [name], kind: tool.kind };
    const isDone = await withPresence(`${answer} the tool ${name}`, () =>
      answer === "accept"
        ? change("/tools/accept", { ...body, fingerprint: tool.fingerprint })
        : change("/tools/refuse", body),
    );
    if (!isDone) return;
    announce(`${name}: ${answer === "accept" ? "accepted" : "refused"}`);
    await queries.invalidateQueries({ queryKey: ["/tools"] });
  };
  const accept = useAct(() => decide("accept"));
  const refuse = useAct(() => decide("refuse"));
  return (
    <>
      <FormProblem problem={accept.problem ?? refuse.problem} />
      <div className="row">
        <Button kind="primary" isDisabled={!isWhole} isBusy={accept.isBusy} onPress={accept.run}>
          Accept as it is now
        </Button>
        <Button kind="danger" isBusy={refuse.isBusy} onPress={refuse.run}>
          Refuse
        </Button>
      </div>
    </>
  );
}

function Definition({ title, json }: { readonly title: string; readonly json: string }) {
  if (json.length > SHOWN_CHARACTERS_MAX) {
    return (
      <Notice>
        {title}: too large to show whole ({measure(json)}).
      </Notice>
    );
  }
  const view = { name: title, type: measure(json), text: JSON.stringify(JSON.parse(json), null, 2) };
  return <ArgumentBlock view={view} />;
}

function keyOf(tool: Tool): string {
  return JSON.stringify([tool.server, tool.kind, tool.name, tool.fingerprint]);
}
