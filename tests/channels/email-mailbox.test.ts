// Answers by mail: what counts, and what does not.
import { describe, expect, test } from "vitest";
import type { Inbound } from "#chat";
import { OPEN, TYPED } from "../conformance/channel-cards.ts";
import { until, watch } from "../conformance/channel-watch.ts";
import { letter } from "../support/platforms/email.ts";
import { ada, allOf, opened, textsOf } from "../support/platforms/mailbox.ts";

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
      for (const mention of ["@doorward ", "<@U1>", `@${"a".repeat(100)}`, "/", "\u00a0@x\u2003"])
        imap.put(ada(`${mention}link 4F7K-2Q9M`));
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
