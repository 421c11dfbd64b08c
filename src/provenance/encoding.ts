/** The type of what is signed here: an in-toto statement. */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** DSSE's pre-authentication encoding (secure-systems-lab/dsse, protocol.md, v1.0.0): what a signature is over. */
export function signedBytes(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * What model_signing 0.2 signed instead, by a mistake that its later versions still verify (`pae_compat` in sigstore/model-transparency
 * e343073, src/model_signing/_signing/sign_sigstore_pb.py): the payload as Python prints bytes.
 */
export function signedBytesOf02(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEV1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.from(head + printedBytes(payload));
}

const ESCAPED: ReadonlyMap<number, string> = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x5c, "\\\\"],
]);

/** `repr(bytes)` of Python 3: in single quotes unless only those stand in it. */
function printedBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const shown = Array.from(bytes, (byte) => {
    const escaped = ESCAPED.get(byte);
    if (escaped !== undefined) return escaped;
    if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, "0")}`;
    const character = String.fromCharCode(byte);
    return character === quote ? `\\${character}` : character;
  });
  return `b${quote}${shown.join("")}${quote}`;
}
