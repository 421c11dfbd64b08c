import { z } from "zod";
import { Fault } from "#base";
import { operationNamed } from "#operations";
import type { Invocation } from "./command.ts";
import { inertLine } from "./text.ts";

const begun = z.object({
  provider: z.string(),
  url: z.string(),
  userCode: z.string(),
  device: z.string(),
  everySeconds: z.number(),
  expiresAt: z.string(),
});

export interface DeviceWaiting {
  readonly error: (text: string) => void;
  readonly perform: (invocation: Invocation) => Promise<unknown>;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
}

const ASKS_MAX = 300;
const SECONDS = /ask again in (\d{1,4}) seconds/;

/**
 * After `doorward connect PROVIDER --device`: says what to type and where, and asks until that is done, as often as Doorward says. Null: the
 * answer is of something else, or of a script (`--json`), which asks by itself. Throws what the last question threw.
 */
export async function finishDevice(
  { error, perform, wait, now }: DeviceWaiting,
  invocation: Invocation,
  answer: unknown,
): Promise<{ readonly invocation: Invocation; readonly answer: unknown } | null> {
  const read = begun.safeParse(answer);
  const isOther = invocation.operation.name !== "vault.connect" || invocation.json || invocation.dryRun;
  if (isOther || !read.success) return null;
  const { provider, url, userCode, device, everySeconds, expiresAt } = read.data;
  error(`Open ${inertLine(url)} in a browser on any machine, and type ${inertLine(userCode)}\n`);
  const asking: Invocation = {
    ...invocation,
    operation: operationNamed("vault.connected"),
    input: { device },
    key: null,
  };
  let seconds = everySeconds;
  for (let asked = 0; asked < ASKS_MAX && now() < Date.parse(expiresAt); asked += 1) {
    await wait(seconds * 1_000);
    try {
      return { invocation: asking, answer: await perform(asking) };
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== "connection_pending") throw cause;
      seconds = Number(SECONDS.exec(cause.remedy)?.[1] ?? seconds);
    }
  }
  throw new Fault(
    "connection_unknown",
    `nobody typed the code at ${provider} in time`,
    `Connect again: \`doorward connect ${provider} --device\`.`,
  );
}
