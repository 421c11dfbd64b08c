import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldsOf } from "./fields.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { multipartOf } from "./multipart.ts";

const TYPE = "multipart/form-data; boundary=XX";
const read = (text: string, type = TYPE) => multipartOf(Buffer.from(text), type, HTTP_LIMITS);
const part = (head: string, body: string): string => `--XX\r\n${head}\r\n\r\n${body}\r\n`;
const END = "--XX--\r\n";

test("texts stand as they are, files by their digest, several of one name as a list", () => {
  const text = `${part('Content-Disposition: form-data; name="to"', "ann")}${part('Content-Disposition: form-data; name="to"', "bob")}${part(
    'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain',
    "hello",
  )}${END}`;
  expect(read(text)).toEqual({
    to: ["ann", "bob"],
    f: {
      file: "a.txt",
      type: "text/plain",
      bytes: 5,
      sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e730433 62938b9824".replace(" ", ""),
    },
  });
});

/** Ways to write a form that two readers may read differently: then it is shown as bytes, not as fields. */
const DOUBTFUL: readonly (readonly [name: string, text: string, type: string])[] = [
  ["a preamble", `hello\r\n${part('Content-Disposition: form-data; name="a"', "1")}${END}`, TYPE],
  ["an epilogue", `${part('Content-Disposition: form-data; name="a"', "1")}${END}more`, TYPE],
  ["no end", part('Content-Disposition: form-data; name="a"', "1"), TYPE],
  [
    "two dispositions",
    `${part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"', "1")}${END}`,
    TYPE,
  ],
  [
    "a transfer encoding",
    `${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', "MQ==")}${END}`,
    TYPE,
  ],
  ["an extended name", `${part("Content-Disposition: form-data; name*=utf-8''a", "1")}${END}`, TYPE],
  ["bare line feeds", `--XX\nContent-Disposition: form-data; name="a"\n\n1\n--XX--\n`, TYPE],
  ["no boundary", `${part('Content-Disposition: form-data; name="a"', "1")}${END}`, "multipart/form-data"],
  ["a folded header", `${part('Content-Disposition: form-data;\r\n name="a"', "1")}${END}`, TYPE],
];

test.each(DOUBTFUL)("%s is no form", (_, text, type) => {
  expect(read(text, type)).toBe(null);
});

test("a form that is written as browsers do is read as its fields", () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, fc.stringMatching(/^[ -~]{0,20}$/)), {
        selector: ([one]) => one,
        minLength: 1,
      }),
      (fields) => {
        fc.pre(fields.every(([, value]) => !value.includes("--XX")));
        const text =
          fields
            .map(([one, value]) => part(`Content-Disposition: form-data; name="${one}"`, value))
            .join("") + END;
        expect(read(text)).toEqual(Object.fromEntries(fields));
      },
    ),
  );
});

test("a query is its fields; a name like any other is one, and too many are none", () => {
  expect(fieldsOf("a=1&a=2&b=%41+c", 10)).toEqual({ a: ["1", "2"], b: "A c" });
  expect(Object.keys(fieldsOf("__proto__=1&constructor=2", 10) ?? {})).toEqual(["__proto__", "constructor"]);
  expect(fieldsOf("a=1&b=2&c=3", 2)).toBe(null);
});
