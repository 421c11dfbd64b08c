import { describe, expect, test } from "vitest";
import { FOREIGN, LINK, MARKED, OPEN, withSections } from "../conformance/channel-cards.ts";
import { faultOf } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { type EmailRig, emailTraits, mailboxTraits, openEmailRig } from "../support/platforms/email.ts";

channelConformance("email", emailTraits, async () => openEmailRig());
channelConformance("email with a mailbox", mailboxTraits, async () => openEmailRig({ mailbox: "tls" }));

async function opened(
  use: (rig: EmailRig) => Promise<void>,
  how?: Parameters<typeof openEmailRig>[0],
): Promise<void> {
  const rig = await openEmailRig(how);
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

test("the plain part says what the HTML part says", async () =>
  opened(async (rig) => {
    const value = `${FOREIGN.join(" ")} ${MARKED[1]}`;
    await rig.channel.post(
      rig.place,
      withSections([{ kind: "fields", fields: [{ label: "To", value }] }]),
      "k",
    );
    expect(rig.mails[0]?.text).toContain(`To: ${value}`);
    expect(rig.mails[0]?.text).toContain(LINK);
    expect(rig.mails[0]?.html).not.toMatch(
      /<(?:img|script|style|link|iframe|form)\b|https?:(?!\/\/doorward\.example)/,
    );
  }));

test("the subject tells nothing of the request, and no out-of-office program answers", async () =>
  opened(async (rig) => {
    await rig.channel.post(rig.place, OPEN, "k");
    expect(rig.mails[0]?.headers["subject"]).toBe("Doorward: a request waits for you");
    expect(rig.mails[0]?.headers).toMatchObject({
      "auto-submitted": "auto-generated",
      "list-id": "Doorward approvals <approvals.mail.example>",
    });
    expect(rig.mails[0]?.text).not.toContain(OPEN.typed?.approve);
  }));

test("the same key makes the same Message-ID, so that a second copy is known for one", async () =>
  opened(async (rig) => {
    const [one, two] = [
      await rig.channel.post(rig.place, OPEN, "k"),
      await rig.channel.post(rig.place, OPEN, "k"),
    ];
    expect(one.id).toBe(two.id);
    await rig.channel.say(rig.place, "done", one);
    expect(rig.mails[2]?.headers["in-reply-to"]).toBe(`<${one.id}>`);
  }));

describe("encryption", () => {
  test("is used before anything is said", async () =>
    opened(async (rig) => {
      await rig.channel.post(rig.place, OPEN, "k");
      expect(rig.mails[0]?.isEncrypted).toBe(true);
    }));

  test("is not gone without: a server that offers none gets nothing", async () =>
    opened(
      async (rig) => {
        expect((await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"))).code).toBe("channel_refused");
        expect((await faultOf(rig, rig.channel.probe())).code).toBe("channel_refused");
        expect(rig.mails).toEqual([]);
      },
      { isPlain: true },
    ));

  test("asks for a certificate that can be trusted", async () =>
    opened(
      async (rig) => {
        const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"));
        expect(failure.code).toBe("channel_refused");
        expect(rig.mails).toEqual([]);
      },
      { settings: { ca: "" } },
    ));
});

test("a wrong password is refused for good, and not said", async () =>
  opened(
    async (rig) => {
      expect((await faultOf(rig, rig.channel.probe())).code).toBe("channel_refused");
    },
    { secrets: { password: "wrong-one" } },
  ));

test.each([
  "ada@mail.example, eve@evil.example",
  "ada@mail.example\r\nBcc: eve@evil.example",
  "Ada <eve@evil.example>",
  "ada",
  "group: a@x.example, b@y.example;",
])("%j is no place to post to", async (id) =>
  opened(async (rig) => {
    const to = { kind: "person", id } as const;
    expect((await faultOf(rig, rig.channel.post(to, OPEN, "k"))).code).toBe("channel_refused");
    expect(rig.mails).toEqual([]);
  }),
);

test("a private address is not reached without a grant (T17)", async () =>
  opened(
    async (rig) => {
      const failure = await faultOf(rig, rig.channel.probe());
      expect(failure).toMatchObject({ code: "channel_refused" });
      expect(rig.mails).toEqual([]);
    },
    { settings: { allowPrivate: false } },
  ));

test("signs with DKIM where it has a key", async () => {
  const { privateKey } = await import("node:crypto").then(({ generateKeyPairSync }) =>
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }),
  );
  await opened(
    async (rig) => {
      await rig.channel.post(rig.place, OPEN, "k");
      expect(rig.mails[0]?.headers["dkim-signature"]).toMatch(/d=mail\.example; .*s=doorward;/);
    },
    { settings: { dkimSelector: "doorward" }, secrets: { dkimKey: privateKey } },
  );
});
