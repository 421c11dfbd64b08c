// Answers by mail: what counts, what does not, and every way in which the mailbox's server can go wrong.
import { describe, expect, test, vi } from "vitest";
import type { Inbound } from "#chat";
import { OPEN, TYPED } from "../conformance/channel-cards.ts";
import { faultOf, until, type Watch, watch } from "../conformance/channel-watch.ts";
import { type EmailRig, letter, openEmailRig } from "../support/platforms/email.ts";
import type { ImapServer } from "../support/platforms/imap.ts";

interface Open {
  readonly rig: EmailRig;
  readonly imap: ImapServer;
}

async function opened(
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

const ada = (text: string, headers: readonly string[] = []): string =>
  letter({ from: "ada@mail.example", text, headers });
const textsOf = (got: readonly Inbound[]): readonly string[] =>
  got.map((one) => (one.kind === "words" ? one.text : one.kind));

let markers = 0;

/** What came before a last mail that is put there now. */
async function allOf({ imap }: Open, seen: Watch): Promise<readonly string[]> {
  markers += 1;
  const marker = `marker ${markers}`;
  imap.put(ada(marker));
  await until(() => textsOf(seen.got).includes(marker), "the last mail");
  return textsOf(seen.got).filter((text) => !text.startsWith("marker"));
}

test("a card says what to answer, in both of its parts, and an answer with the card quoted under it counts", async () =>
  opened(async ({ rig }) => {
    await rig.channel.post(rig.place, OPEN, "k");
    for (const text of [rig.mails[0]?.text, rig.mails[0]?.html]) {
      expect(text).toContain(TYPED.approve);
      expect(text).toContain("Answer this mail with that line alone");
    }
    const seen = await watch(rig, true);
    await seen.does({ kind: "words", user: rig.user, text: TYPED.approve });
    expect(seen.got).toMatchObject([
      { kind: "words", text: TYPED.approve, user: { id: "ada@mail.example", tenant: null } },
    ]);
  }));

test("who does not answer, answers with the quoted card alone, or lets a program answer, says nothing", async () =>
  opened(async (open) => {
    const { rig, imap } = open;
    await rig.channel.post(rig.place, OPEN, "k");
    const seen = await watch(rig, true);
    const quoted = rig.mails[0];
    imap.put(letter({ from: rig.user, text: "", quoted }));
    imap.put(ada(TYPED.approve, ["Auto-Submitted: auto-replied"]));
    imap.put(letter({ from: "MAILER-DAEMON@mail.example", text: TYPED.approve, quoted }));
    imap.put(letter({ from: "doorward@mail.example", text: TYPED.approve }));
    imap.put("no mail at all");
    imap.put("");
    imap.put(`From: ada@mail.example\r\n\r\n${"x".repeat(3_000_000)}`);
    const texts = await allOf(open, seen);
    expect(texts.filter((text) => text.includes("4F7K"))).toEqual([]);
    expect(imap.lines.some((line) => /STORE|EXPUNGE|SELECT|COPY|MOVE/.test(line))).toBe(false);
  }));

test("what came before Doorward listened for the first time is nobody's answer", async () =>
  opened(async (open) => {
    open.imap.put(ada(TYPED.approve));
    const seen = await watch(open.rig, true);
    expect(await allOf(open, seen)).toEqual([]);
  }));

test("what came while Doorward was away is taken, each once; where it stands is kept only after it was taken", async () =>
  opened(async (open) => {
    const { rig, imap } = open;
    const seen = await watch(rig, true);
    expect(await allOf(open, seen)).toEqual([]);
    await rig.channel.close();
    for (let at = 0; at < 45; at += 1) imap.put(ada(`away ${at}`));
    let isFull = true;
    const taken: string[] = [];
    const away = {
      ...seen.inbox,
      take: async (inbound: Inbound) => {
        const [text = ""] = textsOf([inbound]);
        if (text === "away 30" && isFull) throw new Error("the disk is full");
        taken.push(text);
        return null;
      },
    };
    await rig.channel.listen(away);
    await until(() => taken.includes("away 29"), "the first of them");
    isFull = false;
    await until(() => taken.includes("away 44"), "the rest of them");
    expect(taken).toEqual(Array.from({ length: 45 }, (_one, at) => `away ${at}`));
  }));

test.each([
  [true, "says so"],
  [false, "does not say so"],
])(
  "a mailbox that is numbered anew (%s: it %s) is looked at again: the same mails come under the same names",
  async (isSaid) =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      imap.put(ada("one"));
      await until(() => seen.got.length === 1, "the mail");
      await rig.channel.close();
      imap.renumber(isSaid);
      await rig.channel.listen(seen.inbox);
      await until(() => seen.got.length === 2, "the mail again");
      expect(seen.got[1]?.event).toBe(seen.got[0]?.event);
      expect(await allOf(open, seen)).toEqual(["one", "one"]);
    }),
);

test("another mailbox is not read from where the old one was", async () =>
  opened(async (open) => {
    const seen = await watch(open.rig, true);
    await seen.inbox.cursor.set("0000000000000000:3857529045:1");
    await open.rig.channel.close();
    open.imap.put(ada(TYPED.approve));
    await open.rig.channel.listen(seen.inbox);
    await until(() => seen.states.filter((state) => state === "up").length > 1, "the connection");
    expect(await allOf(open, seen)).toEqual([]);
  }));

test("mail that is gone before it was read is left out", async () =>
  opened(async (open) => {
    const { rig, imap } = open;
    const seen = await watch(rig, true);
    await rig.channel.close();
    const [, second] = [imap.put(ada("one")), imap.put(ada("two")), imap.put(ada("three"))];
    imap.forget(second ?? 0);
    await rig.channel.listen(seen.inbox);
    expect(await allOf(open, seen)).toEqual(["one", "three"]);
  }));

test("ten thousand mails that wait are read, a few at a time", async () =>
  opened(async (open) => {
    const { rig, imap } = open;
    const seen = await watch(rig, true);
    await rig.channel.close();
    for (let at = 0; at < 10_000; at += 1)
      imap.put("From: list@mail.example\r\nPrecedence: bulk\r\n\r\nnews");
    await rig.channel.listen(seen.inbox);
    expect(await allOf(open, seen)).toEqual([]);
    expect(imap.lines.every((line) => line.split(",").length <= 20)).toBe(true);
  }));

describe("a sender's name proves nobody", () => {
  test("a code that links counts only in an answer to a mail of ours to that very address", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      imap.put(ada("link 4F7K-2Q9M"));
      await until(() => rig.mails.length === 1, "the question");
      expect(rig.mails[0]).toMatchObject({
        recipients: ["ada@mail.example"],
        headers: { subject: "Doorward: is this your address?", "auto-submitted": "auto-generated" },
      });
      expect(rig.mails[0]?.text).not.toContain("4F7K");
      const asked = rig.mails[0];
      imap.put(letter({ from: "eve@mail.example", text: "link 4F7K-2Q9M", quoted: asked }));
      imap.put(ada("link 4F7K-2Q9M", ["In-Reply-To: <link.00000000000000000000000000000000@mail.example>"]));
      expect(await allOf(open, seen)).toEqual([]);
      imap.put(letter({ from: rig.user, text: "link 4F7K-2Q9M", quoted: asked }));
      expect(await allOf(open, seen)).toEqual(["link 4F7K-2Q9M"]);
    }));

  test("who is written to in answer to forged mail is written to ten times an hour at most", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      for (let at = 0; at < 30; at += 1) imap.put(ada("link 4F7K-2Q9M"));
      expect(await allOf(open, seen)).toEqual([]);
      expect(rig.mails.length).toBe(10);
    }));

  test("where a server is trusted to say whose mail it is, mail without its word counts for nothing", async () =>
    opened(
      async (open) => {
        const { imap, rig } = open;
        const seen = await watch(rig, true);
        imap.put(ada("forged"));
        imap.put(ada("forged", ["Authentication-Results: mx.evil.example; dmarc=pass"]));
        imap.put(
          ada("true", ["Authentication-Results: mx.mail.example; dmarc=pass header.from=mail.example"]),
        );
        await until(() => seen.got.length > 0, "the mail");
        expect(textsOf(seen.got)).toEqual(["true"]);
      },
      { settings: { authserv: "mx.mail.example" } },
    ));
});

test("what is said back stands in the same conversation, and its program tells others that it is one", async () =>
  opened(async ({ rig, imap }) => {
    const seen = await watch(rig, true);
    seen.answer = "Approved: this action, once.";
    imap.put(ada(TYPED.approve, []));
    await until(() => rig.mails.length === 1, "the answer");
    expect(rig.mails[0]?.headers).toMatchObject({
      "in-reply-to": expect.stringMatching(/^<letter-\d+@mail\.example>$/),
      "auto-submitted": "auto-replied",
    });
  }));

/** Until the channel says so, whatever was said before. */
async function becomes(seen: Watch, state: "up" | "down"): Promise<void> {
  const from = seen.states.length;
  await until(() => seen.states.slice(from).includes(state), state);
}

describe("the server goes wrong:", () => {
  test("it ends the connection in the middle of a mail: the mail is read again, whole, and taken once", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      imap.put(ada("one"));
      await until(() => seen.got.length === 1, "the first mail");
      imap.wrongs.dropsInFetch = 1;
      imap.put(ada("two"));
      await becomes(seen, "down");
      expect(await allOf(open, seen)).toEqual(["one", "two"]);
    }));

  test("it says BYE instead of a greeting, and cuts the connection", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      imap.wrongs.bye = 1;
      imap.cutAll();
      await becomes(seen, "down");
      expect(await allOf(open, seen)).toEqual([]);
      imap.wrongs.bye = 1;
      expect((await faultOf(rig, rig.channel.probe())).message).toMatch(/Autologout/);
    }));

  test("it refuses the password: that is said without it, and not tried again by itself", async () =>
    opened(
      async ({ rig, imap }) => {
        const failure = await faultOf(rig, rig.channel.probe());
        expect(failure).toMatchObject({ code: "channel_refused" });
        expect(failure.message).toMatch(/sign-in to the mailbox failed/);
        expect(failure.message + failure.remedy).not.toContain("not-the-one");
        const before = imap.signIns();
        const told: (number | undefined)[] = [];
        const seen = await watch(rig, false);
        await rig.channel.listen({
          ...seen.inbox,
          state: (state, _why, forMs) => void (state === "down" && told.push(forMs)),
        });
        await until(() => told.length > 0, "the refusal");
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        // One for each time that it was listened to.
        expect(imap.signIns() - before).toBeLessThanOrEqual(2);
        expect(told).toEqual([15 * 60_000]);
      },
      { secrets: { imapPassword: "not-the-one" } },
    ));

  test("it is not able to sign anybody in just now: it is asked again", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      imap.wrongs.refusesSignIn = { n: 1, words: "[UNAVAILABLE] the directory is down" };
      const seen = await watch(rig, true);
      expect(seen.states).toEqual(["down", "up"]);
      expect(await allOf(open, seen)).toEqual([]);
    }));

  test("it sends more than was asked for", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      const seen = await watch(rig, true);
      imap.wrongs.floods = true;
      imap.put(ada("one"));
      await becomes(seen, "down");
      imap.wrongs.floods = false;
      expect(await allOf(open, seen)).toEqual(["one"]);
    }));

  test("it dies while it is waited for, without a word: that is found out, and it is asked anew", async () =>
    opened(async (open) => {
      const { rig, imap } = open;
      imap.wrongs.diesInIdle = 1;
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const states: string[] = [];
      const texts: string[] = [];
      try {
        let cursor: string | null = null;
        await rig.channel.listen({
          take: async (inbound) => {
            texts.push(...textsOf([inbound]));
            return null;
          },
          state: (state) => void states.push(state),
          cursor: {
            get: () => cursor,
            set: async (next) => {
              cursor = next;
            },
          },
        });
        await turns(() => imap.lines.includes("IDLE"), 0);
        imap.put(ada("unheard"));
        await turns(() => states.includes("down"), 5_000);
        await turns(() => texts.includes("unheard"), 50);
        await turns(() => states.length === 3, 0);
        expect(states).toEqual(["up", "down", "up"]);
      } finally {
        vi.useRealTimers();
      }
    }));

  test.each([
    ["knows no IDLE", { noIdle: true }],
    ["answers searches as rev2 does", { rev2: true }],
    ["takes no initial response", { noSaslIr: true }],
    ["knows LOGIN alone", { loginOnly: true }],
  ])("it %s: it is read all the same", async (_what, wrong) =>
    opened(async ({ rig, imap }) => {
      Object.assign(imap.wrongs, wrong);
      const seen = await watch(rig, true);
      await rig.channel.close();
      imap.put(ada("one"));
      imap.put(ada("two"));
      await rig.channel.listen(seen.inbox);
      await until(() => seen.got.length === 2, "the mails");
      expect(textsOf(seen.got)).toEqual(["one", "two"]);
    }),
  );

  test.each([
    ["offers no STARTTLS", { startTls: "no" }],
    ["says more than it may before it is encrypted", { startTls: "injects" }],
  ])("it %s: no password is sent", async (_what, wrong) =>
    opened(
      async ({ rig, imap }) => {
        Object.assign(imap.wrongs, wrong);
        expect((await faultOf(rig, rig.channel.probe())).code).toBe("channel_refused");
        expect(imap.lines.filter((line) => /AUTHENTICATE|LOGIN/.test(line))).toEqual([]);
      },
      { mailbox: "starttls" },
    ),
  );

  test("it is encrypted by STARTTLS before anybody signs in", async () =>
    opened(
      async (open) => {
        const seen = await watch(open.rig, true);
        expect(await allOf(open, seen)).toEqual([]);
        expect(open.imap.lines.slice(0, 2)).toEqual(["STARTTLS", "CAPABILITY"]);
      },
      { mailbox: "starttls" },
    ));

  test.each([{ mailbox: "tls" } as const, { mailbox: "starttls" } as const])(
    "its certificate is from nobody we trust (%o): no password is sent",
    async (how) =>
      opened(
        async ({ rig, imap }) => {
          const seen = await watch(rig, false);
          const told: (string | null)[] = [];
          await rig.channel.listen({ ...seen.inbox, state: (_state, why) => void told.push(why) });
          await until(() => told.length > 0, "the refusal");
          expect(told[0]).toMatch(/certificate of .* is signed by itself/);
          expect(imap.signIns()).toBe(0);
        },
        { ...how, settings: { ca: "" } },
      ),
  );

  test("there is no such mailbox", async () =>
    opened(
      async ({ rig }) => {
        expect((await faultOf(rig, rig.channel.probe())).message).toMatch(/NONEXISTENT/);
      },
      { settings: { mailbox: 'In"box' } },
    ));
});

/** Real connections under a clock of ours: it goes on by `ms` each time that nothing else is to do. */
async function turns(holds: () => boolean, ms: number): Promise<void> {
  const until20 = performance.now() + 20_000;
  while (!holds() && performance.now() < until20) {
    for (let rest = 0; rest < 2_000; rest += 1) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(ms);
  }
  expect(holds()).toBe(true);
}
