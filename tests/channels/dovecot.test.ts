// The e-mail channel's answers from a real IMAP server (skipped, with the reason, where there is none).
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TYPED } from "../conformance/channel-cards.ts";
import { faultOf, until, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { type Dovecot, NO_DOVECOT, openDovecot } from "../support/platforms/dovecot.ts";
import { type EmailRig, letter, mailboxTraits, openEmailRig } from "../support/platforms/email.ts";

const WHY = NO_DOVECOT === null ? "" : ` (skipped: ${NO_DOVECOT})`;

describe.skipIf(NO_DOVECOT !== null)(`Dovecot${WHY}`, () => {
  let dovecot: Dovecot;
  let users = 0;
  beforeAll(async () => {
    dovecot = await openDovecot();
  });
  afterAll(async () => {
    await dovecot.close();
  });

  /** A rig with a mailbox of its own. */
  async function opened(
    imapSecurity: "tls" | "starttls" = "tls",
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<EmailRig & { readonly owner: string }> {
    users += 1;
    const owner = `doorward${users}`;
    const port = dovecot.ports[imapSecurity];
    const own = { imapHost: "127.0.0.1", imapPort: port, imapSecurity, imapUser: owner, ...settings };
    const rig = await openEmailRig({ box: { port, put: (raw) => dovecot.put(owner, raw), settings: own } });
    return { ...rig, owner };
  }

  channelConformance("email with a mailbox on Dovecot", mailboxTraits, () => opened());

  test("encrypted by STARTTLS, an answer is read as it came, and nothing in the mailbox is marked", async () => {
    const rig = await opened("starttls");
    await rig.channel.probe();
    const seen = await watch(rig, true);
    await seen.does({ kind: "words", user: rig.user, text: TYPED.approve });
    expect(seen.got).toMatchObject([{ kind: "words", text: TYPED.approve, user: { id: rig.user } }]);
    expect(Math.abs((seen.got[0]?.at ?? 0) - Date.now())).toBeLessThan(3_600_000);
    await rig.close();
  });

  test("mail that came meanwhile is read, a large one from its beginning, and a mailbox made anew is read on", async () => {
    const rig = await opened();
    const seen = await watch(rig, true);
    const texts = (): readonly string[] => seen.got.map((one) => (one.kind === "words" ? one.text : ""));
    await rig.channel.close();
    const from = "ada@mail.example";
    for (let at = 0; at < 30; at += 1) dovecot.put(rig.owner, letter({ from, text: `waits ${at}` }));
    dovecot.put(rig.owner, letter({ from, text: `large\r\n\r\n${"x".repeat(5_000_000)}` }));
    await rig.channel.listen(seen.inbox);
    await until(() => texts().includes("large"), "what came meanwhile");
    expect(new Set(texts()).size).toBe(31);
    await rig.channel.close();
    dovecot.forget(rig.owner);
    dovecot.put(rig.owner, letter({ from, text: "after it was made anew" }));
    await rig.channel.listen(seen.inbox);
    await until(() => texts().includes("after it was made anew"), "the mail in the new mailbox");
    await rig.close();
  });

  test("a wrong password and a mailbox that is not there are said", async () => {
    users += 1;
    const own = {
      imapHost: "127.0.0.1",
      imapPort: dovecot.ports.tls,
      imapUser: `doorward${users}`,
    };
    const box = { port: dovecot.ports.tls, put: () => {}, settings: own };
    const wrong = await openEmailRig({ box, secrets: { imapPassword: "not-the-one" } });
    expect((await faultOf(wrong, wrong.channel.probe())).message).toMatch(/sign-in to the mailbox failed/);
    await wrong.close();
    const lost = await opened("tls", { mailbox: "Nowhere" });
    expect((await faultOf(lost, lost.channel.probe())).message).toMatch(/doesn't exist/);
    await lost.close();
  });
});
