// Every way in which the mailbox's server can go wrong.
import { describe, expect, test, vi } from "vitest";
import { faultOf, until, type Watch, watch } from "../conformance/channel-watch.ts";
import { ada, allOf, opened, textsOf } from "../support/platforms/mailbox.ts";

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
