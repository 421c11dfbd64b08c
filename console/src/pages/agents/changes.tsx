import { useState } from "react";
import { change } from "../../api/client.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Form, TextField } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { DIALECT_OPTIONS, dialectsOf } from "./dialects.table.ts";

const STALE = ["/agents", "/agents/get"] as const;
const STAGES = [
  { value: "enforce", word: "enforce: what policy refuses is refused" },
  { value: "observe", word: "observe: it is noted and let through, for a while" },
  { value: "isolate", word: "isolate: only from a sandbox that doorward run opened" },
  { value: "inherit", word: "inherit: the default, for agents without one of their own" },
] as const;
const DAYS = [1, 3, 7, 14, 30].map((days) => ({
  value: String(days),
  word: days === 1 ? "1 day" : `${days} days`,
}));
const TOOL_CHARACTERS_MAX = 300;

export function SetStage({ agent, stage }: { readonly agent: string; readonly stage: string }) {
  return (
    <DialogButton label="Set stage" title="Set stage">
      {(close) => <Staging agent={agent} stage={stage} close={close} />}
    </DialogButton>
  );
}

function Staging(props: { readonly agent: string; readonly stage: string; readonly close: () => void }) {
  const { agent, close } = props;
  const write = useWrite();
  const [stage, setStage] = useState<(typeof STAGES)[number]["value"]>(
    props.stage === "observe" ? "enforce" : "observe",
  );
  const [days, setDays] = useState("7");
  const act = async (): Promise<void> => {
    const what = `set the agent ${agent} to ${stage}`;
    const isDone = await write({ what, done: `Stage set to ${stage}`, stale: STALE }, () =>
      change("/agents/set-stage", { agent, stage, ...(stage === "observe" ? { days: Number(days) } : {}) }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Set stage" act={act}>
      <SelectField
        label="Stage"
        value={stage}
        options={STAGES}
        onChange={(value) => setStage(STAGES.find((one) => one.value === value)?.value ?? "enforce")}
      />
      {stage === "observe" ? (
        <SelectField label="Then it enforces, after" value={days} options={DAYS} onChange={setDays} />
      ) : null}
    </Form>
  );
}

/** What it was granted beyond the policy's default, one line each; a grant is taken back where it stands. */
export function Grants(props: {
  readonly agent: string;
  readonly tools: readonly string[];
  readonly isLive: boolean;
}) {
  const { agent, tools, isLive } = props;
  return (
    <>
      {tools.length === 0 ? (
        <p className="soft">Nothing beyond what the policy lets every agent do.</p>
      ) : null}
      {tools.length === 0 ? null : (
        <ul className="line-list" aria-label="Granted tools">
          {tools.map((tool) => (
            <li key={tool}>
              <Quoted text={tool} />
              {isLive ? <Ungrant agent={agent} tool={tool} /> : null}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Ungrant({ agent, tool }: { readonly agent: string; readonly tool: string }) {
  const write = useWrite();
  return (
    <DangerButton
      label="Take away"
      title="Take a tool away"
      confirm="Take it away"
      act={() =>
        write({ what: `take ${tool} from the agent ${agent}`, done: "Taken away", stale: STALE }, () =>
          change("/agents/ungrant", { agent, tools: [tool] }),
        )
      }
    >
      <p>
        <Quoted text={agent} /> was granted <Quoted text={tool} />. Without the grant, the policy’s default
        holds.
      </p>
    </DangerButton>
  );
}

export function GrantTool({ agent }: { readonly agent: string }) {
  return (
    <DialogButton label="Grant a tool" title="Grant a tool">
      {(close) => <Granting agent={agent} close={close} />}
    </DialogButton>
  );
}

function Granting({ agent, close }: { readonly agent: string; readonly close: () => void }) {
  const write = useWrite();
  const [tool, setTool] = useState("");
  const act = async (): Promise<void> => {
    const what = `grant ${tool} to the agent ${agent}`;
    const isDone = await write({ what, done: "Granted", stale: STALE }, () =>
      change("/agents/grant", { agent, tools: [tool.trim()] }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Grant" act={act}>
      <TextField
        label="Tool"
        value={tool}
        onChange={setTool}
        placeholder="SERVER/TOOL"
        hint="It may then ask for this tool; rules that hold or forbid it still do."
        charactersMax={TOOL_CHARACTERS_MAX}
        autoComplete="off"
      />
    </Form>
  );
}

export function SetDialects(props: { readonly agent: string; readonly dialects: readonly string[] }) {
  return (
    <DialogButton label="Set dialects" title="Dialects of text">
      {(close) => <Declaring {...props} close={close} />}
    </DialogButton>
  );
}

function Declaring(props: {
  readonly agent: string;
  readonly dialects: readonly string[];
  readonly close: () => void;
}) {
  const { agent, close } = props;
  const write = useWrite();
  const [chosen, setChosen] = useState<readonly string[]>(props.dialects);
  const act = async (): Promise<void> => {
    const what = `say in which dialects the agent ${agent} calls tools`;
    const isDone = await write({ what, done: "Dialects set", stale: STALE }, () =>
      change("/agents/set-dialects", { agent, dialects: dialectsOf(chosen) }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Set dialects" act={act}>
      <p>
        In which of these its model writes calls of tools as plain text. Calls in them are decided; those in a
        dialect that nobody declared may pass unread.
      </p>
      <Choices label="Dialects" value={chosen} options={DIALECT_OPTIONS} onChange={setChosen} />
    </Form>
  );
}

export function Revoke({ agent }: { readonly agent: string }) {
  const write = useWrite();
  const stale = [...STALE, "/sessions", "/approvals"] as const;
  return (
    <DangerButton
      label="Revoke"
      title="Revoke an agent for good"
      confirm="Revoke for good"
      act={() =>
        write({ what: `revoke the agent ${agent} for good`, done: "Revoked", stale }, () =>
          change("/agents/revoke", { agent }),
        )
      }
    >
      <p>
        <Quoted text={agent} /> is never let in again: its keys die, its sessions end, its work in flight is
        cut. An agent that was revoked does not come back.
      </p>
    </DangerButton>
  );
}
