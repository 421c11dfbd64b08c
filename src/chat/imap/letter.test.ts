import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { letterOf, writtenIn } from "./letter.ts";

const CARD = "A request\nTo answer, type: approve 4F7K-2Q9M\nor: deny 4F7K-2Q9M";

describe("what a person wrote", () => {
  // Heads of quotes as programs write them; the words are those of the programs' own translations, from memory: unverified.
  test.each([
    ["alone", "approve 4F7K-2Q9M"],
    ["above a quote", "approve 4F7K-2Q9M\r\n\r\nOn Sun, 22 Nov 2026, Doorward wrote:\r\n> approve 1111-2222"],
    [
      "above a quote whose head is wrapped",
      "approve 4F7K-2Q9M\n\nOn Sun, 22 Nov 2026 at 04:11 Doorward <d@mail.example>\nwrote:\n> x",
    ],
    [
      "above a quote in German",
      "approve 4F7K-2Q9M\n\nAm So., 22. Nov. 2026 um 04:11 Uhr schrieb Doorward <d@x.example>:\n> x",
    ],
    [
      "above a head that Outlook writes",
      "approve 4F7K-2Q9M\n\n________________________________\nFrom: Doorward\nSent: today\n\napprove 1111-2222",
    ],
    [
      "above one in plain letters",
      "approve 4F7K-2Q9M\n\n-----Original Message-----\nFrom: Doorward\n\napprove 1111-2222",
    ],
    ["above a signature", "approve 4F7K-2Q9M\n-- \nAda\napprove 1111-2222"],
    ["above what a telephone adds", "approve 4F7K-2Q9M\n\nSent from my telephone"],
    ["after empty lines", "\n \n  approve 4F7K-2Q9M  \n\n> x"],
  ])("%s", (_where, text) => {
    expect(writtenIn(text)).toBe("approve 4F7K-2Q9M");
  });

  test.each([
    ["nothing but the quoted card", CARD.replaceAll(/^/gm, "> ")],
    ["nothing but the card's code in a quote", "> approve 4F7K-2Q9M"],
    ["an answer below a quote", `${CARD.replaceAll(/^/gm, "> ")}\napprove 4F7K-2Q9M`],
    ["a head, and the card without a sign before it", `On Sunday Doorward wrote:\n\napprove 4F7K-2Q9M`],
    ["a forwarded card", `---------- Forwarded message ---------\nFrom: Doorward\n\napprove 4F7K-2Q9M`],
  ])("%s is nothing", (_what, text) => {
    expect(writtenIn(text)).toBe("");
  });

  test.each([
    "approve 4F7K-2Q9M\nno, wait",
    "approve 4F7K-2Q9M\n\ndeny 4F7K-2Q9M",
    "I would approve 4F7K-2Q9M if it were less",
    CARD,
  ])("%j is more than an answer", (text) => {
    expect(writtenIn(text)).not.toMatch(/^\s*\/?(?:approve|deny)\s+[\w-]{8,9}\s*$/i);
  });
});

function mail(
  headers: readonly string[],
  body = "approve 4F7K-2Q9M",
  from = "From: ada@mail.example",
): Buffer {
  return Buffer.from([from, "Message-ID: <a1@mail.example>", ...headers, "", body].join("\r\n"));
}

const read = (bytes: Buffer, authserv = "") => letterOf(bytes, authserv);

describe("who wrote it", () => {
  test.each([
    ["From: Ada@Mail.Example", "ada@mail.example"],
    ["From: <ada@mail.example>", "ada@mail.example"],
    ['From: "Lovelace, Ada" <ada@mail.example>', "ada@mail.example"],
    ["From: =?utf-8?q?Ada?= <ada@mail.example>", "ada@mail.example"],
    ["From:\r\n ada@mail.example", "ada@mail.example"],
    ['From: "ada@mail.example" <eve@evil.example>', "eve@evil.example"],
    ["From: =?utf-8?q?ada=40mail=2Eexample=3E?= <eve@evil.example>", "eve@evil.example"],
  ])("%j: %s", (from, address) => {
    expect(read(mail([], undefined, from))?.from).toBe(address);
  });

  test.each([
    "From: ada@mail.example, eve@evil.example",
    "From: ada@mail.example\r\nFrom: eve@evil.example",
    "From: <ada@mail.example> <eve@evil.example>",
    "From: ada@mail.example (eve@evil.example)",
    "From: group: ada@mail.example;",
    "From: =?utf-8?q?ada=40mail=2Eexample?=",
    "From: ",
    "From: ada",
    "From: MAILER-DAEMON@mail.example",
    "Subject: nobody",
  ])("%j is nobody", (from) => {
    expect(read(mail([], undefined, from))).toBeNull();
  });
});

describe("mail that no person wrote is nothing (RFC 3834, 2919, 2369, 3464)", () => {
  test.each([
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated; x=y",
    "auto-submitted: AUTO-NOTIFIED",
    "Precedence: bulk",
    "Precedence: auto_reply",
    "List-Id: <people.mail.example>",
    "List-Unsubscribe: <https://mail.example/off>",
    "Return-Path: <>",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "X-Autoreply: yes",
    "X-Failed-Recipients: x@mail.example",
  ])("%s", (header) => {
    expect(read(mail([header]))).toBeNull();
  });

  test("a person's own says that it is one, or nothing", () => {
    expect(read(mail(["Auto-Submitted: no", "Return-Path: <ada@mail.example>"]))?.text).toBe(
      "approve 4F7K-2Q9M",
    );
  });
});

const part = (type: string, body: string, ...headers: string[]): string =>
  ["--b", `Content-Type: ${type}`, ...headers, "", body, ""].join("\r\n");
const mixed = (kind: string, ...parts: string[]): Buffer =>
  mail([`Content-Type: multipart/${kind}; boundary="b"`], `preamble\r\n${parts.join("")}--b--\r\n`);

describe("how it is written", () => {
  test.each([
    [
      "the plain alternative, first",
      mixed("alternative", part("text/plain", "deny 1"), part("text/html", "<p>x")),
    ],
    [
      "the plain alternative, last",
      mixed("alternative", part("text/html", "<p>x"), part("text/plain", "deny 1")),
    ],
    ["the first of several", mixed("mixed", part("text/plain", "deny 1"), part("text/plain", "approve 2"))],
    ["in base64", mixed("mixed", part("text/plain", "ZGVueSAx", "Content-Transfer-Encoding: BASE64"))],
    [
      "in quoted-printable",
      mixed("mixed", part("text/plain", "de=\r\nny=201", "Content-Transfer-Encoding: quoted-printable")),
    ],
    ["in another charset", mixed("mixed", part('text/plain; charset="iso-2022-jp"', "deny 1"))],
    ["without a type", mixed("mixed", "--b\r\n\r\ndeny 1\r\n")],
    [
      "in UTF-16",
      mail(
        ["Content-Type: text/plain; charset=utf-16le", "Content-Transfer-Encoding: base64"],
        Buffer.from("deny 1", "utf16le").toString("base64"),
      ),
    ],
  ])("%s", (_how, bytes) => {
    expect(read(bytes)?.text).toBe("deny 1");
  });

  test.each([
    ["HTML alone", mixed("mixed", part("text/html", "<p>deny 1"))],
    ["an attachment", mixed("mixed", part("text/plain", "deny 1", "Content-Disposition: attachment"))],
    ["something before the text", mixed("mixed", part("image/png", "x"), part("text/plain", "deny 1"))],
    ["somebody else's mail within", mixed("mixed", part("message/rfc822", "From: x\r\n\r\ndeny 1"))],
    ["UTF-7", mail(["Content-Type: text/plain; charset=utf-7"], "+AGQ-eny 1")],
    ["an encoding that nobody knows", mail(["Content-Transfer-Encoding: x-uuencode"])],
    ["encrypted", mixed("encrypted", part("application/pgp-encrypted", "Version: 1"))],
    ["no end of its head", Buffer.from("From: ada@mail.example\r\nX: y")],
    ["nothing", Buffer.alloc(0)],
  ])("%s is nothing", (_how, bytes) => {
    expect(read(bytes)).toBeNull();
  });

  test("parts in parts are followed five deep, and no further", () => {
    const deep = (depth: number): string =>
      depth === 0
        ? "Content-Type: text/plain\r\n\r\ndeny 1"
        : `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${deep(depth - 1)}\r\n--b${depth}--\r\n`;
    const at = (depth: number) => read(Buffer.from(`From: ada@mail.example\r\n${deep(depth)}`));
    expect(at(5)?.text).toBe("deny 1");
    expect(at(6)).toBeNull();
    expect(at(500)).toBeNull();
  });

  test("ten thousand parts, fields and addresses cost nothing", () => {
    const parts = mixed("alternative", part("text/html", "x").repeat(900));
    const fields = mail(Array.from({ length: 3_000 }, (_one, at) => `X-${at}: y`));
    expect([read(parts), read(fields)]).toEqual([null, null]);
  });
});

describe("whom the mail server vouches for (RFC 8601), where one is named", () => {
  const SERVER = "mx.mail.example";
  const result = (text: string, server = SERVER): string => `Authentication-Results: ${server}; ${text}`;
  test.each([
    ["DMARC", [result("dmarc=pass (p=none) header.from=mail.example")]],
    ["DKIM of that domain", [result("spf=fail; dkim=pass header.d=mail.example header.s=x")]],
    ["comments", [result("dkim=fail (dmarc=pass; (x)) ; dmarc=pass")]],
    ["folded", [`Authentication-Results: MX.mail.example 1;\r\n dmarc=pass`]],
  ])("%s", (_what, headers) => {
    expect(read(mail(headers), SERVER)?.from).toBe("ada@mail.example");
  });

  test.each([
    ["nothing said", []],
    ["another server", [result("dmarc=pass", "mx.evil.example")]],
    ["a failure", [result("dmarc=fail header.from=mail.example")]],
    ["DKIM of another domain", [result("dkim=pass header.d=evil.example")]],
    ["DMARC of another domain", [result("dmarc=pass header.from=evil.example")]],
    ["SPF alone", [result("spf=pass smtp.mailfrom=mail.example")]],
    ["in a comment", [result("dkim=fail (dmarc=pass)")]],
    ["a server's above what came along", [result("dmarc=fail"), result("dmarc=pass")]],
    ["comments in comments without end", [result(`${"(".repeat(3_000)}; dmarc=pass`)]],
  ])("not by %s", (_what, headers) => {
    expect(read(mail(headers), SERVER)).toBeNull();
  });
});

test("ids that it answers, newest first", () => {
  const bytes = mail(["In-Reply-To: <c@x>", "References: <a@x> <b@x>\r\n <c@x>"]);
  expect(read(bytes)).toMatchObject({ id: "a1@mail.example", answers: ["c@x", "c@x", "b@x", "a@x"] });
});

test("any bytes are read or are nothing", () => {
  const head = "From: ada@mail.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
  const holds = (bytes: Uint8Array, isMail: boolean): boolean => {
    const letter = read(Buffer.concat([Buffer.from(isMail ? head : ""), bytes]));
    return letter === null || typeof letter.text === "string";
  };
  const property = fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), holds);
  expect(fc.check(property).failed).toBe(false);
});
