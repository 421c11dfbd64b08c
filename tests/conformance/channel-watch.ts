import { expect } from "vitest";
import { Fault } from "#base";
import type { Inbound, Inbox, MessageRef, WebhookAnswer, WebhookRequest } from "#chat";
import type { Circumstances, Deed, Rig, Shown } from "./channel-rig.ts";

/** Our side of a channel: what came in, what we answered, and whether the connection stands. */
export interface Watch {
  readonly inbox: Inbox;
  readonly got: Inbound[];
  readonly states: ("up" | "down")[];
  /** The answer to whatever comes next. */
  answer: string | null;
  /** Someone does something there, and we have taken it (or refused it, where `answer` says so). */
  readonly does: (deed: Deed, circumstances?: Circumstances) => Promise<WebhookAnswer | null>;
  readonly deliver: (request: WebhookRequest | null) => Promise<WebhookAnswer | null>;
}

const WAIT_MS_MAX = 10_000;
const LOOK_EVERY_MS = 10;

export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; waited < WAIT_MS_MAX; waited += LOOK_EVERY_MS) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`waited in vain: ${what}`);
}

/** Opens the channel's own connection where it has one, and stands ready for its webhook. */
export async function watch(rig: Rig, isConnection: boolean): Promise<Watch> {
  let cursor: string | null = null;
  const got: Inbound[] = [];
  const states: ("up" | "down")[] = [];
  const self: Watch = {
    got,
    states,
    answer: null,
    inbox: {
      take: async (inbound) => {
        got.push(inbound);
        return self.answer;
      },
      state: (state) => void states.push(state),
      cursor: {
        get: () => cursor,
        set: async (next) => {
          cursor = next;
        },
      },
    },
    deliver: async (request) => {
      if (request === null) return null;
      const answer = await rig.channel.receive(request, self.inbox);
      rig.platform.answered(answer);
      return answer;
    },
    does: async (deed, circumstances) => {
      const before = got.length;
      const answer = await self.deliver(await rig.platform.does(deed, circumstances));
      if (answer === null) await until(() => got.length > before, `${deed.kind} of ${deed.user}`);
      return answer;
    },
  };
  rig.channel.listen(self.inbox).catch((cause: unknown) => expect(cause).toBeInstanceOf(Fault));
  if (isConnection) await until(() => states.includes("up"), "the connection");
  return self;
}

export async function shownAt(rig: Rig, ref: MessageRef): Promise<Shown | null> {
  return (await rig.platform.shown()).find((one) => one.ref.id === ref.id) ?? null;
}

/** The fault that `act` ends with. INVARIANT: it tells no secret, whatever the platform echoed. */
export async function faultOf(rig: Rig, act: Promise<unknown>): Promise<Fault> {
  const cause = await act.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(cause instanceof Fault)) throw cause;
  for (const secret of rig.secrets) expect(`${cause.message} ${cause.remedy}`).not.toContain(secret);
  return cause;
}
