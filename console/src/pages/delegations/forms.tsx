import { useState } from "react";
import { change, type Item } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { Quoted } from "../../inert/quoted.tsx";
import { useWrite } from "../../session/write.ts";
import { DangerButton, DialogButton } from "../../ui/ask.tsx";
import { Choices } from "../../ui/choices.tsx";
import { EFFECT_WORDS } from "../../ui/effects.table.ts";
import { Form, LinesField, TextField } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { coverText, placesIn } from "./words.ts";

type Delegation = Item<"/delegations">;

const STALE = ["/delegations"] as const;
const AGENTS_MAX = 200;
const PLACES_CHARACTERS_MAX = 4_000;
const CALLS_CHARACTERS_MAX = 7;
const EFFECTS = Object.entries(EFFECT_WORDS).map(([id, word]) => ({ id, word }));
const HOURS = [1, 8, 24, 168, 720].map((hours) => ({ value: String(hours), word: lifeText(hours) }));
const MINUTES = [15, 60, 480].map((minutes) => ({ value: String(minutes), word: lifeText(minutes / 60) }));
const AS_IT_IS = { value: "", word: "As long as it does" };

function lifeText(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} minutes`;
  if (hours < 48) return hours === 1 ? "1 hour" : `${hours} hours`;
  return `${hours / 24} days`;
}

/** The effects that were chosen, as the operation takes them; none chosen: all. */
function effectsOf(chosen: readonly string[]): ("read" | "write" | "outbound" | "destructive")[] {
  const all = ["read", "write", "outbound", "destructive"] as const;
  return all.filter((effect) => chosen.includes(effect));
}

/** A whole number above nothing, or none. */
function countOf(text: string): number | undefined {
  return /^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text) : undefined;
}

export function Grant() {
  return (
    <DialogButton label="Lend rights" title="Lend your rights to an agent" kind="primary">
      {(close) => <Granting close={close} />}
    </DialogButton>
  );
}

function Granting({ close }: { readonly close: () => void }) {
  const write = useWrite();
  const agents = useLook("/agents", { limit: AGENTS_MAX }).data?.items ?? [];
  const live = agents.filter(({ revokedAt }) => revokedAt === null);
  const [named, setNamed] = useState("");
  const [places, setPlaces] = useState("");
  const [effects, setEffects] = useState<readonly string[]>(["read"]);
  const [hours, setHours] = useState("8");
  const [calls, setCalls] = useState("");
  const agent = named === "" ? (live[0]?.name ?? "") : named;
  const act = async (): Promise<void> => {
    const count = countOf(calls);
    const input = { agent, ...placesIn(places), effects: effectsOf(effects), hours: Number(hours) };
    const isDone = await write(
      { what: `let the agent ${agent} act for you`, done: "Lent", stale: STALE },
      () => change("/delegations/grant", { ...input, ...(count === undefined ? {} : { calls: count }) }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Lend" act={act}>
      <p>It may then do what you may, of what you name here, and no more than it may itself.</p>
      <SelectField
        label="Agent"
        value={agent}
        options={live.map(({ name }) => ({ value: name, word: plain(name) }))}
        onChange={setNamed}
      />
      <LinesField
        label="Servers and tools"
        value={places}
        onChange={setPlaces}
        placeholder="mail fs/read_file"
        hint="A server’s name, or SERVER/TOOL for one tool of it."
        charactersMax={PLACES_CHARACTERS_MAX}
        rows={2}
      />
      <Choices label="Only what" value={effects} options={EFFECTS} onChange={setEffects} />
      <SelectField label="For" value={hours} options={HOURS} onChange={setHours} />
      <TextField
        label="Actions at most"
        value={calls}
        onChange={setCalls}
        isRequired={false}
        hint="Empty: any number."
        charactersMax={CALLS_CHARACTERS_MAX}
        autoComplete="off"
      />
    </Form>
  );
}

export function Narrow({ delegation }: { readonly delegation: Delegation }) {
  return (
    <DialogButton label="Narrow" title="Make a delegation smaller">
      {(close) => <Narrowing delegation={delegation} close={close} />}
    </DialogButton>
  );
}

function Narrowing({ delegation, close }: { readonly delegation: Delegation; readonly close: () => void }) {
  const write = useWrite();
  const [places, setPlaces] = useState([...delegation.servers, ...delegation.tools].join("\n"));
  const [effects, setEffects] = useState<readonly string[]>(delegation.effects);
  const [minutes, setMinutes] = useState("");
  const [calls, setCalls] = useState("");
  const act = async (): Promise<void> => {
    const count = countOf(calls);
    const input = { delegation: delegation.id, ...placesIn(places), effects: effectsOf(effects) };
    const less = {
      ...(minutes === "" ? {} : { minutes: Number(minutes) }),
      ...(count === undefined ? {} : { calls: count }),
    };
    const what = `narrow what the agent ${delegation.agent} may do`;
    const isDone = await write({ what, done: "Narrowed", stale: STALE }, () =>
      change("/delegations/narrow", { ...input, ...less }),
    );
    if (isDone) close();
  };
  return (
    <Form submit="Narrow" act={act}>
      <p>
        Take away what <Quoted text={delegation.agent} /> needs no more. More than it has is refused.
      </p>
      <LinesField
        label="Servers and tools"
        value={places}
        onChange={setPlaces}
        charactersMax={PLACES_CHARACTERS_MAX}
        rows={3}
      />
      <Choices label="Only what" value={effects} options={EFFECTS} onChange={setEffects} />
      <SelectField
        label="It still lasts"
        value={minutes}
        options={[AS_IT_IS, ...MINUTES]}
        onChange={setMinutes}
      />
      <TextField
        label="Actions at most, all told"
        value={calls}
        onChange={setCalls}
        isRequired={false}
        hint="Empty: as it is."
        charactersMax={CALLS_CHARACTERS_MAX}
        autoComplete="off"
      />
    </Form>
  );
}

export function Revoke({ delegation }: { readonly delegation: Delegation }) {
  const write = useWrite();
  const stale = [...STALE, "/sessions", "/approvals"] as const;
  return (
    <DangerButton
      label="Take back"
      title="Take rights back"
      confirm="Take them back"
      act={() =>
        write(
          { what: `take rights back from the agent ${delegation.agent}`, done: "Taken back", stale },
          () => change("/delegations/revoke", { delegation: delegation.id }),
        )
      }
    >
      <p>
        <Quoted text={delegation.agent} /> no more acts for <Quoted text={delegation.user} /> at{" "}
        <Quoted text={coverText(delegation)} />. Work under way ends now, and whatever it passed on.
      </p>
    </DangerButton>
  );
}
