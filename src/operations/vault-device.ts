import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { Schema } from "#store";
import { type ConnectProvider, JOURNEY_MS } from "#vault";
import { isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { arrive, becoming } from "./vault-arrive.ts";
import { invalid } from "./vault-input.ts";
import { findJourney, journeyUnknown, sealedOf, setOut } from "./vault-journey.ts";
import { DRAFT } from "./vault-provider.ts";
import { demandVault } from "./vault-rows.ts";

const STATE_BYTES = 32;
/** No state of a browser's journey begins so. */
const DEVICE_PREFIX = "@device.";
/** More than anybody needs in the time that a code lives. */
const DEVICE_ASKS_MAX = 300;
/** RFC 8628, 3.5: `slow_down` is five seconds more, from then on. */
const SLOWER_MS = 5_000;
/** Answers after which the code is of no more use. */
const FINAL = new Set(["connection_denied", "connection_unknown", "oauth_refused"]);

const PACED = DRAFT.extend({
  pace: z.object({ everyMs: z.number(), nextAt: z.number(), asked: z.number() }),
});

/** Asks the provider for a code, and keeps the way to its tokens as every journey is kept: sealed, this person's, for ten minutes. */
export async function beginDevice(context: OperationContext, given: ConnectProvider) {
  const { ambient } = context;
  const id = ambient.id("vjr");
  const state = `${DEVICE_PREFIX}${Buffer.from(ambient.random(STATE_BYTES)).toString("base64url")}`;
  const { connecting } = demandVault(context);
  const found = await connecting.reached(given);
  const { url, userCode, everyMs, expiresInMs, sealed } = await connecting.beginDevice(found, id);
  const pace = { everyMs, nextAt: ambient.now() + everyMs, asked: 0 };
  const draft = { ...DRAFT.parse(found), pace };
  const lasts = Math.min(expiresInMs, JOURNEY_MS);
  const until = await setOut(context, { id, state, provider: found.name, draft, sealed, lasts });
  const everySeconds = Math.ceil(everyMs / 1_000);
  return { provider: found.name, url, userCode, device: state, everySeconds, expiresAt: isoTime(until) };
}

/** One look whether the code was typed. Throws `connection_pending` while it was not. */
export async function planDevice(context: ReadContext, device: string) {
  if (!device.startsWith(DEVICE_PREFIX))
    throw invalid("the device is none that `vault connect --device` answered");
  const journey = await findJourney(context, device);
  const draft = PACED.parse(JSON.parse(journey.draft));
  return {
    would: `ask ${draft.name} whether you typed the code, and connect your account`,
    commit: (committing: OperationContext) => finishDevice(committing, draft, journey),
  };
}

type Paced = z.output<typeof PACED>;

/** The provider is asked once at a time, no more often than it wants to be, and not for ever (RFC 8628, 3.5). */
async function finishDevice(context: OperationContext, draft: Paced, journey: Schema["vault_journeys"]) {
  const { store, ambient } = context;
  const { pace, ...found } = draft;
  if (pace.nextAt > ambient.now()) throw pending(pace.nextAt - ambient.now());
  if (pace.asked >= DEVICE_ASKS_MAX) throw journeyUnknown();
  const next = { ...pace, nextAt: ambient.now() + pace.everyMs, asked: pace.asked + 1 };
  const kept = await keepPace(context, journey, { ...found, pace: next });
  const { before, credential } = await becoming(context, found.name);
  const { connecting } = demandVault(context);
  const back = { id: journey.credential_id, sealed: sealedOf(journey), credential };
  const spend = store.query.deleteFrom("vault_journeys").where("state", "=", journey.state);
  const polled = await connecting.pollDevice(found, back).catch(async (cause: unknown) => {
    if (cause instanceof Fault && FINAL.has(cause.code)) await spend.execute();
    throw cause;
  });
  if (polled.kind === "granted") {
    const { sealed, scopes } = polled;
    return arrive(
      context,
      found,
      { ...credential, ...sealed, scopes },
      { before, writes: [stateWrite(spend, 1)] },
    );
  }
  const everyMs = pace.everyMs + (polled.slower ? SLOWER_MS : 0);
  if (polled.slower)
    await keepPace(context, kept, { ...found, pace: { ...next, everyMs, nextAt: ambient.now() + everyMs } });
  throw pending(everyMs);
}

/** Only where nobody else asks at the same time. */
async function keepPace(
  { store }: OperationContext,
  journey: Schema["vault_journeys"],
  next: Paced,
): Promise<Schema["vault_journeys"]> {
  const draft = canonicalJson(next);
  const { numUpdatedRows } = await store.query
    .updateTable("vault_journeys")
    .set({ draft })
    .where("state", "=", journey.state)
    .where("draft", "=", journey.draft)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw pending(next.pace.everyMs);
  return { ...journey, draft };
}

function pending(ms: number): Fault {
  return new Fault(
    "connection_pending",
    "nobody has typed the code at the provider yet",
    `Type it there, and ask again in ${Math.ceil(ms / 1_000)} seconds.`,
  );
}
