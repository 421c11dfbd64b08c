/** What the first bytes of a tunnel say of where they go. */
export type Hello =
  /** Not TLS, or no ClientHello. */
  | { readonly kind: "other" }
  /** More bytes are needed. */
  | { readonly kind: "partial" }
  /** `name` null: none is asked for. */
  | { readonly kind: "hello"; readonly name: string | null };

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;

/** The server name in a TLS ClientHello, over however many records (RFC 8446, 4.1.2 and 5.1; RFC 6066, 3). */
export function readHello(bytes: Uint8Array): Hello {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Buffer[] = [];
  for (let at = 0; at < view.length; ) {
    if (view[at] !== HANDSHAKE_RECORD) return { kind: "other" };
    if (view.length < at + 5) break;
    const length = view.readUInt16BE(at + 3);
    parts.push(view.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  const message = Buffer.concat(parts);
  if (message.length < 4) return { kind: "partial" };
  if (message[0] !== CLIENT_HELLO) return { kind: "other" };
  const length = message.readUIntBE(1, 3);
  if (message.length < 4 + length) return { kind: "partial" };
  try {
    return { kind: "hello", name: serverName(message.subarray(4, 4 + length)) };
  } catch {
    // A length that leads outside of the message.
    return { kind: "other" };
  }
}

function serverName(hello: Buffer): string | null {
  // Version and random, then session id, cipher suites and compression methods, each behind its length.
  let at = 34;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at === hello.length) return null;
  const end = at + 2 + hello.readUInt16BE(at);
  for (at += 2; at < end; ) {
    const length = hello.readUInt16BE(at + 2);
    if (hello.readUInt16BE(at) === SERVER_NAME) {
      const size = hello.readUInt16BE(at + 7);
      return hello.toString("latin1", at + 9, at + 9 + size);
    }
    at += 4 + length;
  }
  return null;
}
