import { fstatSync, readSync } from "node:fs";
import { Fault } from "#base";
import type { ByteSource } from "#models";

/** A file that somebody else opened, as bytes. Throws `model_unreadable` as `ByteSource` says. */
export function sourceOn(descriptor: number, name: string): ByteSource {
  const { size } = fstatSync(descriptor);
  return {
    size,
    read: (at, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
      let have = 0;
      while (have < bytes.length) {
        const got = readAt({ descriptor, name }, bytes, have, at);
        if (got === 0) throw unreadable(name, "it became shorter while it was read");
        have += got;
      }
      return bytes;
    },
  };
}

interface Opened {
  readonly descriptor: number;
  readonly name: string;
}

function readAt({ descriptor, name }: Opened, bytes: Uint8Array, have: number, at: number): number {
  try {
    return readSync(descriptor, bytes, have, bytes.length - have, at + have);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw unreadable(name, code === "EIO" ? "its disk gave an error" : `the system says ${code}`);
  }
}

function unreadable(name: string, why: string): Fault {
  return new Fault(
    "model_unreadable",
    `${name} cannot be read: ${why}`,
    "Check that the file is there and that you may read it, and scan it again.",
  );
}
