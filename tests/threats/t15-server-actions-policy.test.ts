import { describe, expect, test } from "vitest";
import { decide, mayUse, STARTER_POLICY } from "#policy";
import type { Verb } from "#vocabulary";
import { ANN, ask, compiled, NOTES } from "../samples/policy.ts";

// T15: what a server asks for on its own account is decided like anything else; sampling is denied by default.
const starter = compiled(STARTER_POLICY);
const everything = { ...NOTES, grantedTools: ["fs/write_file", "fs/fs", "sampling/createMessage"] };

describe("T15: a server's own requests under the starter policy", () => {
  test.each([[[NOTES]], [[ANN, NOTES]], [[everything]]])(
    "sampling is denied, whatever was granted",
    (principals) => {
      const asked = ask({ verb: "sampling/createMessage", name: "fs", principals });
      expect(decide(starter, asked)).toMatchObject({ kind: "deny", grounds: [{ policy: "no-sampling" }] });
      expect(mayUse(starter, asked)).toBe(false);
    },
  );

  test("elicitation is allowed: it is shown as the server's words", () => {
    expect(decide(starter, ask({ verb: "elicitation/create", name: "fs" })).kind).toBe("allow");
  });

  test.each<Verb>(["sampling/createMessage", "elicitation/create", "roots/list"])(
    "without a policy, %s is denied",
    (verb) => {
      const readers = compiled('@id("r") permit (principal, action in Doorward::Action::"read", resource);');
      expect(decide(readers, ask({ verb, name: "fs", effects: ["read"] }))).toMatchObject({
        code: "no_permit",
      });
    },
  );
});
