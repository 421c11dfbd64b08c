import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { z } from "zod";
import type { JsonObject } from "#base";
import type { ProxiedAnswer } from "#proxy";
import type { Headers } from "./upstream.ts";

/** What is kept of an answer while it passes: its size and digest, and its beginning, or all of it. */
export interface Keeping {
  readonly add: (chunk: Uint8Array) => void;
  /** As the outcome has it. `cut`: the client left before its end. */
  readonly result: (answer: {
    readonly status: number;
    readonly headers: Headers;
    readonly isCut: boolean;
  }) => JsonObject;
}

export function createKeeping(bytesMax: number): Keeping {
  const digest = createHash("sha256");
  const kept: Uint8Array[] = [];
  let size = 0;
  let room = bytesMax;
  return {
    add: (chunk) => {
      digest.update(chunk);
      size += chunk.length;
      if (room <= 0) return;
      kept.push(Buffer.from(chunk.subarray(0, room)));
      room -= chunk.length;
    },
    result: ({ status, headers, isCut }) => {
      const bytes = Buffer.concat(kept);
      const isWhole = bytes.length === size && !isCut;
      return {
        status,
        headers: headers.map(([name, value]) => [name, value.toWellFormed()]),
        bytes: size,
        sha256: digest.digest("hex"),
        ...(isUtf8(bytes)
          ? { text: bytes.toString("utf8") }
          : isWhole
            ? { base64: bytes.toString("base64") }
            : {}),
        isWhole,
        ...(isCut ? { isCut } : {}),
        ...(status >= 400 ? { isError: true } : {}),
      };
    },
  };
}

const answer = z.object({
  status: z.number(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  text: z.string().optional(),
  base64: z.string().optional(),
  isWhole: z.boolean(),
});

/** An answer that was kept, for whoever collects it; null where not all of it was. */
export function keptAnswer(result: JsonObject): ProxiedAnswer | null {
  const read = answer.safeParse(result);
  if (!read.success || !read.data.isWhole) return null;
  const { status, headers, text, base64 } = read.data;
  const bytes = base64 === undefined ? Buffer.from(text ?? "", "utf8") : Buffer.from(base64, "base64");
  return { status, headers, body: bytes.length === 0 ? null : once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
