import { expect, test } from "vitest";
import { faceOf } from "./faces.ts";
import { PROTOCOLS } from "./protocol.ts";

test.each(PROTOCOLS)("%s has its own face", (protocol) => {
  const face = faceOf(protocol);
  expect(face.protocol).toBe(protocol);
  expect(face.task).toBe(/embed/.test(protocol) ? "embed" : "generate");
  expect(face.streamType === null).toBe(face.task === "embed");
});
