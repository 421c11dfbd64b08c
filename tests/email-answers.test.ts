// A held action, approved by a mail: from the card in a mailbox to the decision, over real SMTP and the tests' IMAP server.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { Fault } from "#base";
import { operationNamed, perform } from "#operations";
import { until } from "./conformance/channel-watch.ts";
import { type CourierHouse, openCourierHouse } from "./support/courier-house.ts";
import { type EmailRig, letter, type Mail, openEmailRig } from "./support/platforms/email.ts";

let rig: EmailRig;
let house: CourierHouse;
beforeEach(async () => {
  rig = await openEmailRig({ mailbox: "tls" });
  house = await openCourierHouse(rig.given);
});
afterEach(async () => {
  await house.close();
  await rig.close();
});

const PETRA = "petra@mail.example";

const answered = z.record(z.string(), z.unknown());

/** As a face does it, with the channels that are open here. */
async function ask(user: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const context = { ...house.world.as(user), channels: house.board };
  const asked = { operation: operationNamed(operation), input, dryRun: false };
  const performed = await perform(context, asked).catch((cause: unknown) => {
    if (cause instanceof Fault) return { output: { fault: cause.code } };
    throw cause;
  });
  return answered.parse("output" in performed ? performed.output : {});
}

async function addEmail(without: readonly string[] = []): Promise<void> {
  const settings = Object.entries(rig.given.settings).filter(([name]) => !without.includes(name));
  const given = Object.fromEntries(settings.map(([name, value]) => [name, String(value)]));
  const added = await ask("ada", "channels.add", {
    platform: "email",
    settings: given,
    secrets: JSON.stringify({ password: rig.given.secrets["password"] }),
    agentsMayReach: ["none"],
    privacy: "full",
  });
  expect(added["name"]).toBe("email");
}

/** The next mail of ours, after those that were there. */
async function nextMail(after: number): Promise<Mail> {
  await until(async () => {
    await house.settle();
    return rig.mails.length > after;
  }, "a mail");
  const mail = rig.mails[after];
  if (mail === undefined) throw new Error("no mail");
  return mail;
}

async function answers(from: string, text: string, quoted?: Mail): Promise<Mail> {
  const before = rig.mails.length;
  rig.imap?.put(letter({ from, text, quoted }));
  return nextMail(before);
}

test("a code is mailed to who is asked, counts from them alone, once, and what came of it is said", async () => {
  await addEmail();
  expect(await ask("ada", "channels.get", { channel: "email" })).toMatchObject({
    answers: "codes",
    inbound: "connection",
    account: "doorward@mail.example",
  });
  await until(() => rig.imap?.lines.includes("IDLE") === true, "the mailbox");
  const { send } = await ask("petra", "channels.link", { channel: "email" });
  const question = await answers(PETRA, String(send));
  expect(question.headers["subject"]).toBe("Doorward: is this your address?");
  expect((await answers(PETRA, String(send), question)).text).toMatch(/now answers as petra/i);

  const approval = await house.hold();
  const card = await nextMail(rig.mails.length);
  expect(card.recipients).toEqual([PETRA]);
  const code = /approve [0-9A-Z]{4}-[0-9A-Z]{4}/.exec(card.text)?.[0] ?? "";
  expect((await answers("eve@mail.example", code, card)).text).toMatch(/does not know this account/);
  expect(house.status(approval)).toBe("requested");
  expect((await answers(PETRA, code, card)).text).toMatch(/Approved: this action, once/);
  expect(house.status(approval)).toBe("approved");
  expect((await answers(PETRA, code, card)).text).toMatch(/Already approved/);
});

test("without a mailbox its cards carry a link alone, and nobody can be linked there", async () => {
  await addEmail(["imapHost"]);
  expect(await ask("ada", "channels.get", { channel: "email" })).toMatchObject({
    answers: "links",
    inbound: "none",
  });
  expect(await ask("petra", "channels.link", { channel: "email" })).toMatchObject({
    fault: "channel_takes_no_words",
  });
  await ask("ada", "channels.route", {
    group: "finance",
    channel: "email",
    place: `person:${PETRA}`,
  });
  await house.hold();
  expect((await nextMail(0)).text).not.toMatch(/(?:approve|deny) [0-9A-Z]{4}-/);
});
