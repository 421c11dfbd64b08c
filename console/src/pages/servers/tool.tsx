import "../../inert/argument-block.css";
import "../../ui/fold.css";
import { useState } from "react";
import { type Answer, change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { measure, SHOWN_CHARACTERS_MAX } from "../../inert/arguments.ts";
import { Quoted, QuotedBlock } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { Button } from "../../ui/button.tsx";
import { EffectChips, StatusChip } from "../../ui/chip.tsx";
import { Choices } from "../../ui/choices.tsx";
import { EFFECT_WORDS } from "../../ui/effects.table.ts";
import { useAct } from "../../ui/field.tsx";
import { FormProblem, Notice, ProblemNotice } from "../../ui/notice.tsx";
import { Facts } from "../../ui/page.tsx";
import { Time } from "../../ui/time.tsx";
import { saidBy } from "./definition.ts";
import { compareLines, compareWords } from "./diff.ts";
import { DiffBlock } from "./diff-block.tsx";
import { ManifestPart } from "./manifest.tsx";

type Tool = Item<"/tools">;
type Whole = Answer<"/tools/get">;

const STALE = ["/tools", "/tools/get", "/servers/get", "/agents/get"] as const;
const STATUSES = {
  accepted: { word: "accepted", tone: "good" },
  new: { word: "new", tone: "wait" },
  changed: { word: "changed", tone: "wait" },
  refused: { word: "refused", tone: "bad" },
  gone: { word: "gone", tone: "plain" },
} as const;
const EFFECT_OPTIONS = Object.entries(EFFECT_WORDS).map(([id, word]) => ({ id, word }));

/** One tool or prompt: its name and standing; opened, everything its definition says, and what can be done about it. */
export function ToolFold({ tool }: { readonly tool: Tool }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="fold-name">
          <Quoted text={`${tool.server}/${tool.name}`} />
          {tool.kind === "prompt" ? <span className="soft"> prompt</span> : null}
        </span>
        <span className="row">
          <EffectChips effects={tool.effects} />
          <KnownChip tool={tool} />
          <StatusChip {...STATUSES[tool.status]} />
        </span>
      </summary>
      {isOpen ? <Review tool={tool} /> : null}
    </details>
  );
}

/** Only where somebody has something to do about it. */
function KnownChip({ tool: { manifest, status } }: { readonly tool: Tool }) {
  if (status === "refused" || status === "gone") return null;
  if (manifest === "stale") return <StatusChip word="manifest stale" tone="bad" />;
  return manifest === "proposed" ? <StatusChip word="manifest proposed" tone="wait" /> : null;
}

export function toolKey(tool: Tool): string {
  return JSON.stringify([tool.server, tool.kind, tool.name, tool.fingerprint]);
}

/** INVARIANT: what is accepted is the definition that is on the page, by its fingerprint, and no other. */
function Review({ tool }: { readonly tool: Tool }) {
  const name = `${tool.server}/${tool.name}`;
  const { data, error } = useLook("/tools/get", { tool: name, kind: tool.kind });
  if (data === undefined) return <ProblemNotice problem={error} />;
  if (data.fingerprint !== tool.fingerprint) return <Notice>It has changed meanwhile. Open it again.</Notice>;
  return (
    <div className="fold-body">
      {tool.reason === null ? null : (
        <p>
          <Quoted text={tool.reason} />
        </p>
      )}
      <Definition tool={data} />
      <Facts
        facts={[
          ["Digest", <Quoted text={tool.fingerprint} />],
          ["First seen", <Time at={tool.firstSeenAt} />],
          ["Last changed", <Time at={tool.changedAt} />],
        ]}
      />
      {tool.status === "gone" ? null : (
        <Verdict
          tool={tool}
          isWhole={data.definition.length <= SHOWN_CHARACTERS_MAX}
          isLabelled={isInForce(data.manifest)}
        />
      )}
      {data.manifest === null ? null : <ManifestPart manifest={data.manifest} />}
    </div>
  );
}

/** Then it says what the tool does, and what is said beside it counts for nothing. */
function isInForce(manifest: Whole["manifest"]): boolean {
  return manifest?.standing === "in-force" || manifest?.standing === "shipped";
}

/** Each part under the tool's own name besides, so that no two regions of a page are called the same. */
function Definition({ tool }: { readonly tool: Whole }) {
  const { definition, accepted, status } = tool;
  if (definition.length + (accepted?.length ?? 0) > SHOWN_CHARACTERS_MAX)
    return <Notice>Its definition is too large to show whole ({measure(definition)}).</Notice>;
  const of = `${tool.server}/${tool.name}`;
  const now = saidBy(definition);
  if (status !== "changed" || accepted === null) {
    return (
      <div>
        {now.description === null ? null : <Part title="Its description" text={now.description} of={of} />}
        <Part title="Everything else it says" text={now.rest} of={of} />
      </div>
    );
  }
  const before = saidBy(accepted);
  const words = compareWords(before.description ?? "", now.description ?? "");
  const lines = compareLines(before.rest, now.rest);
  return (
    <div>
      <DiffBlock title="Its description, since it was accepted" of={of} pieces={words} by="words" />
      <DiffBlock title="Everything else it says, since it was accepted" of={of} pieces={lines} by="lines" />
    </div>
  );
}

function Part({ title, text, of }: { readonly title: string; readonly text: string; readonly of: string }) {
  return (
    <figure className="argument">
      <figcaption>
        <span>{title}</span>
        <span>{measure(text)}</span>
      </figcaption>
      <QuotedBlock text={text} label={`${title}: ${of}`} />
    </figure>
  );
}

interface VerdictProps {
  readonly tool: Tool;
  readonly isWhole: boolean;
  readonly isLabelled: boolean;
}

function Verdict({ tool, isWhole, isLabelled }: VerdictProps) {
  const write = useWrite();
  const [effects, setEffects] = useState<readonly string[]>(tool.effects);
  const name = `${tool.server}/${tool.name}`;
  const { kind, fingerprint } = tool;
  const isOther = effects.toSorted().join() !== tool.effects.toSorted().join();
  const chosen = effectsOf(effects);
  const accept = useAct(async () => {
    const body = { tools: [name], kind, fingerprint, ...(isOther ? { effects: chosen } : {}) };
    await write({ what: `accept the tool ${name}`, done: "Accepted", stale: STALE }, () =>
      change("/tools/accept", body),
    );
  });
  const classify = useAct(async () => {
    const body = { tool: name, kind, effects: chosen };
    await write({ what: `say what the tool ${name} does`, done: "Classified", stale: STALE }, () =>
      change("/tools/classify", body),
    );
  });
  const refuse = useAct(async () => {
    await write({ what: `refuse the tool ${name}`, done: "Refused", stale: STALE }, () =>
      change("/tools/refuse", { tools: [name], kind }),
    );
  });
  return (
    <>
      {isLabelled ? null : (
        <Choices label="What it does" value={effects} options={EFFECT_OPTIONS} onChange={setEffects} />
      )}
      <FormProblem problem={accept.problem ?? classify.problem ?? refuse.problem} />
      <div className="row">
        {tool.status === "accepted" ? null : (
          <Button
            kind="primary"
            isDisabled={!isWhole || chosen.length === 0}
            isBusy={accept.isBusy}
            onPress={accept.run}
          >
            Accept as it is now
          </Button>
        )}
        {tool.status !== "accepted" || isLabelled ? null : (
          <Button
            isDisabled={!isOther || chosen.length === 0}
            isBusy={classify.isBusy}
            onPress={classify.run}
          >
            Classify so
          </Button>
        )}
        {tool.status === "refused" ? null : (
          <Button kind="danger" isBusy={refuse.isBusy} onPress={refuse.run}>
            Refuse
          </Button>
        )}
      </div>
    </>
  );
}

type Effect = Tool["effects"][number];

function effectsOf(ids: readonly string[]): Effect[] {
  return ids.filter((id): id is Effect => id in EFFECT_WORDS);
}
