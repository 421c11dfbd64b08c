// Bad input of the http door that concerns bytes: every ambiguity that RFC 9112 names, and what smuggling is made of
// (T8), over a raw socket. Each is refused with a code, or read in one way, which the road is shown.
import { expect, test } from "vitest";
import { AUTHORIZATION, openProxyHouse, raw } from "./support/proxy/house.ts";

const AUTH = `Proxy-Authorization: ${AUTHORIZATION}\r\n`;
const GET = "GET http://example.org/ HTTP/1.1\r\n";
const POST = "POST http://example.org/ HTTP/1.1\r\n";
const HOST = "Host: example.org\r\n";

const refused: [what: string, bytes: string, code: string][] = [
  [
    "both lengths",
    `${POST}${HOST}${AUTH}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "both lengths, the other way round",
    `${POST}${HOST}${AUTH}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "a length twice",
    `${POST}${HOST}${AUTH}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    "proxy_framing",
  ],
  [
    "two lengths",
    `${POST}${HOST}${AUTH}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    "proxy_framing",
  ],
  ["a list of lengths", `${POST}${HOST}${AUTH}Content-Length: 5, 5\r\n\r\nhello`, "proxy_framing"],
  ["a length with a sign", `${POST}${HOST}${AUTH}Content-Length: +5\r\n\r\nhello`, "proxy_framing"],
  ["a negative length", `${POST}${HOST}${AUTH}Content-Length: -5\r\n\r\nhello`, "proxy_framing"],
  ["a length in hexadecimal", `${POST}${HOST}${AUTH}Content-Length: 0x5\r\n\r\nhello`, "proxy_framing"],
  ["a length with leading zeros", `${POST}${HOST}${AUTH}Content-Length: 005\r\n\r\nhello`, "proxy_framing"],
  ["an empty length", `${POST}${HOST}${AUTH}Content-Length: \r\n\r\nhello`, "proxy_framing"],
  [
    "a length that is too large for anybody",
    `${POST}${HOST}${AUTH}Content-Length: 99999999999999999999999\r\n\r\n`,
    "proxy_framing",
  ],
  ["another coding", `${POST}${HOST}${AUTH}Transfer-Encoding: gzip\r\n\r\n`, "proxy_framing"],
  [
    "a coding before chunked",
    `${POST}${HOST}${AUTH}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "chunked that is not last",
    `${POST}${HOST}${AUTH}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "chunked twice in a list",
    `${POST}${HOST}${AUTH}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "chunked twice in two lines",
    `${POST}${HOST}${AUTH}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "chunked with a parameter",
    `${POST}${HOST}${AUTH}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "a coding that only looks like chunked",
    `${POST}${HOST}${AUTH}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "chunked with a vertical tab",
    `${POST}${HOST}${AUTH}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    "proxy_",
  ],
  ["an empty coding", `${POST}${HOST}${AUTH}Transfer-Encoding: \r\n\r\n0\r\n\r\n`, "proxy_framing"],
  [
    "chunked in HTTP/1.0",
    `POST http://example.org/ HTTP/1.0\r\n${HOST}${AUTH}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  ["a length under an underscore", `${POST}${HOST}${AUTH}Content_Length: 5\r\n\r\nhello`, "proxy_header"],
  [
    "a coding under an underscore",
    `${POST}${HOST}${AUTH}Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "proxy_header",
  ],
  ["a folded line", `${GET}${HOST}${AUTH}X-A: b\r\n c\r\n\r\n`, "proxy_malformed"],
  ["a folded first line", `${GET} ${HOST}${AUTH}\r\n`, "proxy_malformed"],
  ["bare line feeds", `${GET}${HOST}${AUTH}X-A: b\nX-C: d\r\n\r\n`, "proxy_malformed"],
  ["a bare line feed at the end", `${GET}${HOST}${AUTH}\n`, "proxy_malformed"],
  ["line feeds only", `GET http://example.org/ HTTP/1.1\nHost: example.org\n\n`, "proxy_malformed"],
  ["a bare carriage return in a value", `${GET}${HOST}${AUTH}X-A: b\rX-C: d\r\n\r\n`, "proxy_malformed"],
  ["a bare carriage return at the end", `${GET}${HOST}${AUTH}\r\rX`, "proxy_malformed"],
  ["a space before the colon", `${GET}${HOST}${AUTH}Content-Length : 5\r\n\r\nhello`, "proxy_malformed"],
  ["a tab before the colon", `${GET}${HOST}${AUTH}Content-Length\t: 5\r\n\r\nhello`, "proxy_malformed"],
  ["a line without a colon", `${GET}${HOST}${AUTH}X-A\r\n\r\n`, "proxy_malformed"],
  ["a line without a name", `${GET}${HOST}${AUTH}: x\r\n\r\n`, "proxy_"],
  ["NUL in a value", `${GET}${HOST}${AUTH}X-A: b\0c\r\n\r\n`, "proxy_malformed"],
  ["NUL in a name", `${GET}${HOST}${AUTH}X-\0A: b\r\n\r\n`, "proxy_malformed"],
  ["NUL in the target", `GET http://example.org/\0 HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_malformed"],
  ["no Host", `${GET}${AUTH}\r\n`, "proxy_malformed"],
  ["an empty Host", `${GET}Host:\r\n${AUTH}\r\n`, "proxy_authority"],
  ["Host twice", `${GET}${HOST}${HOST}${AUTH}\r\n`, "proxy_header"],
  ["two Hosts", `${GET}${HOST}Host: other.example\r\n${AUTH}\r\n`, "proxy_header"],
  ["Host in a list", `${GET}Host: example.org, other.example\r\n${AUTH}\r\n`, "proxy_authority"],
  ["a Host that is another", `${GET}Host: other.example\r\n${AUTH}\r\n`, "proxy_host_mismatch"],
  ["a Host with another port", `${GET}Host: example.org:8080\r\n${AUTH}\r\n`, "proxy_host_mismatch"],
  ["a Host with a path", `${GET}Host: example.org/x\r\n${AUTH}\r\n`, "proxy_authority"],
  ["a Host with a user", `${GET}Host: a@example.org\r\n${AUTH}\r\n`, "proxy_authority"],
  ["a user in the target", `GET http://a:b@example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_authority"],
  ["an encoded host", `GET http://ex%61mple.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_authority"],
  [
    "an address written as one number",
    `GET http://2130706433/ HTTP/1.1\r\nHost: 2130706433\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  [
    "an address in hexadecimal",
    `GET http://0x7f.0.0.1/ HTTP/1.1\r\nHost: 0x7f.0.0.1\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  [
    "an address in octal",
    `GET http://0177.0.0.1/ HTTP/1.1\r\nHost: 0177.0.0.1\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  ["a short address", `GET http://127.1/ HTTP/1.1\r\nHost: 127.1\r\n${AUTH}\r\n`, "proxy_authority"],
  [
    "an address with a zone",
    `GET http://[fe80::1%25eth0]/ HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  ["an address without brackets", `GET http://::1/ HTTP/1.1\r\nHost: ::1\r\n${AUTH}\r\n`, "proxy_"],
  [
    "no port behind the colon",
    `GET http://example.org:/ HTTP/1.1\r\nHost: example.org:\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  ["port 0", `GET http://example.org:0/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_authority"],
  [
    "a port with a leading zero",
    `GET http://example.org:080/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_authority",
  ],
  [
    "a port that is too large",
    `GET http://example.org:65616/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_authority",
  ],
  [
    "the port of mail",
    `POST http://example.org:25/ HTTP/1.1\r\nHost: example.org:25\r\n${AUTH}Content-Length: 4\r\n\r\nQUIT`,
    "proxy_port",
  ],
  ["a backslash for a slash", `GET http:\\\\example.org\\x HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  [
    "a backslash in the host",
    `GET http://example.org\\@evil.example/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_",
  ],
  ["a backslash in the path", `GET http://example.org/a\\b HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  ["an encoded backslash", `GET http://example.org/a%5cb HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  ["an encoded NUL", `GET http://example.org/a%00b HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  ["an encoded line break", `GET http://example.org/a%0d%0ab HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  ["half an encoding", `GET http://example.org/a%4 HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  ["an overlong dot", `GET http://example.org/%c0%ae%c0%ae/x HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  [
    "dots before an encoded slash",
    `GET http://example.org/a/..%2fb HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_path",
  ],
  [
    "encoded dots before an encoded slash",
    `GET http://example.org/a/%2e%2e%2fb HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_path",
  ],
  ["dots with a parameter", `GET http://example.org/a/..;x/b HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_path"],
  [
    "dots beside an empty segment",
    `GET http://example.org/a//../b HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_path",
  ],
  ["a fragment", `GET http://example.org/a#b HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_target"],
  ["a target that is a path", `GET /x HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_target"],
  ["a target without a scheme", `GET //example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_target"],
  ["a scheme with one slash", `GET http:/example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  ["three slashes", `GET http:///x HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  ["another scheme", `GET ftp://example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_target"],
  ["a scheme of files", `GET file:///etc/passwd HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  ["the asterisk", `OPTIONS * HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_target"],
  [
    "the options of a whole server",
    `OPTIONS http://example.org HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_target",
  ],
  ["a target of ten pieces", `GET http://example.org/ a b HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_malformed"],
  [
    "letters outside of ASCII in the target",
    `GET http://example.org/\xe9 HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_",
  ],
  [
    "letters outside of ASCII in the host",
    `GET http://ex\xe4mple.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_",
  ],
  ["TRACE", `TRACE http://example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_method"],
  ["a method nobody knows", `FETCH http://example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_malformed"],
  ["a method in lower case", `get http://example.org/ HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_malformed"],
  ["HTTP/0.9", `GET http://example.org/\r\n\r\n`, "proxy_malformed"],
  ["HTTP/1.2", `GET http://example.org/ HTTP/1.2\r\n${HOST}${AUTH}\r\n`, "proxy_malformed"],
  ["HTTP/2 in the clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "proxy_malformed"],
  ["another protocol", "EHLO example.org\r\n", "proxy_malformed"],
  ["TLS without a tunnel", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "proxy_malformed"],
  ["Authorization twice", `${GET}${HOST}${AUTH}Authorization: a\r\nAuthorization: b\r\n\r\n`, "proxy_header"],
  [
    "two types of content",
    `${POST}${HOST}${AUTH}Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 1\r\n\r\nx`,
    "proxy_header",
  ],
  ["credentials for the proxy twice", `${GET}${HOST}${AUTH}${AUTH}\r\n`, "proxy_header"],
  [
    "a hop that would swallow a header",
    `${GET}${HOST}${AUTH}Connection: close, Authorization\r\n\r\n`,
    "proxy_header",
  ],
  [
    "another method in a header",
    `${POST}${HOST}${AUTH}X-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n`,
    "proxy_header",
  ],
  ["another path in a header", `${GET}${HOST}${AUTH}X-Original-URL: /admin\r\n\r\n`, "proxy_header"],
  [
    "an expectation of anything else",
    `${POST}${HOST}${AUTH}Expect: a-miracle\r\nContent-Length: 1\r\n\r\nx`,
    "proxy_expectation",
  ],
  [
    "CONNECT with a length",
    `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n${AUTH}Content-Length: 5\r\n\r\nhello`,
    "proxy_framing",
  ],
  [
    "CONNECT in chunks",
    `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n${AUTH}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "proxy_framing",
  ],
  [
    "CONNECT to the port of mail",
    `CONNECT example.org:25 HTTP/1.1\r\nHost: example.org:25\r\n${AUTH}\r\n`,
    "proxy_port",
  ],
  [
    "CONNECT to a shell",
    `CONNECT example.org:22 HTTP/1.1\r\nHost: example.org:22\r\n${AUTH}\r\n`,
    "proxy_port",
  ],
  [
    "CONNECT without a port",
    `CONNECT example.org HTTP/1.1\r\nHost: example.org\r\n${AUTH}\r\n`,
    "proxy_authority",
  ],
  [
    "CONNECT to an address with a scheme",
    `CONNECT http://example.org:443 HTTP/1.1\r\n${HOST}${AUTH}\r\n`,
    "proxy_",
  ],
  ["CONNECT with a path", `CONNECT example.org:443/x HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  ["CONNECT with a user", `CONNECT a@example.org:443 HTTP/1.1\r\n${HOST}${AUTH}\r\n`, "proxy_"],
  [
    "CONNECT with another Host",
    `CONNECT example.org:443 HTTP/1.1\r\nHost: other.example:443\r\n${AUTH}\r\n`,
    "proxy_host_mismatch",
  ],
  [
    "CONNECT with another port in Host",
    `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:8443\r\n${AUTH}\r\n`,
    "proxy_host_mismatch",
  ],
];

test.each(refused)("%s", async (_what, bytes, code) => {
  const { port, requests, refusals } = await openProxyHouse();
  const answer = await raw(port, bytes, 60);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer.match(/"code":"(\w+)"/)?.[1] ?? answer).toMatch(new RegExp(`^${code}`));
  // One refusal, on record, and the connection is over: nothing behind it is read as a request.
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(requests).toEqual([]);
  expect(refusals.map((refusal) => refusal.code)).toEqual([answer.match(/"code":"(\w+)"/)?.[1]]);
});
