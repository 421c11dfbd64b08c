// What tests of the e-mail channel's mailbox begin with.
import type { Inbound } from "#chat";
import { until, type Watch } from "../../conformance/channel-watch.ts";
import { type EmailRig, letter, openEmailRig } from "./email.ts";
import type { ImapServer } from "./imap.ts";

export interface Open {
  readonly rig: EmailRig;
  readonly imap: ImapServer;
}

export async function opened(
  use: (open: Open) => Promise<void>,
  how: Parameters<typeof openEmailRig>[0] = {},
): Promise<void> {
  const rig = await openEmailRig({ mailbox: "tls", ...how });
  try {
    if (rig.imap === null) throw new Error("no mailbox");
    await use({ rig, imap: rig.imap });
  } finally {
    await rig.close();
  }
}

export const ada = (text: string, headers: readonly string[] = []): string =>
  letter({ from: "ada@mail.example", text, headers });
export const textsOf = (got: readonly Inbound[]): readonly string[] =>
  got.map((one) => (one.kind === "words" ? one.text : one.kind));

let markers = 0;

/** What came before a last mail that is put there now. */
export async function allOf({ imap }: Open, seen: Watch): Promise<readonly string[]> {
  markers += 1;
  const marker = `marker ${markers}`;
  imap.put(ada(marker));
  await until(() => textsOf(seen.got).includes(marker), "the last mail");
  return textsOf(seen.got).filter((text) => !text.startsWith("marker"));
}
