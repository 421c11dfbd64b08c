import { expect, expectTypeOf, test } from "vitest";
import { CATALOGUE, type InputOf, operationNamed, type OperationName, type OutputOf } from "./catalogue.ts";

test("an operation is found by its name, and by no other", () => {
  for (const operation of CATALOGUE) expect(operationNamed(operation.name)).toBe(operation);
  for (const name of ["", "agents", "agents.fly", "__proto__", "constructor"]) {
    expect(() => operationNamed(name)).toThrow(expect.objectContaining({ code: "operation_unknown" }));
  }
});

test("a typed client knows names, inputs and outputs", () => {
  expectTypeOf<"approvals.approve">().toExtend<OperationName>();
  expectTypeOf<"approvals.fly">().not.toExtend<OperationName>();
  expectTypeOf<InputOf<"approvals.approve">>().toEqualTypeOf<{
    approval: string;
    note?: string | undefined;
    grant?: "session" | "destination" | "pattern" | undefined;
    varies?: string[] | undefined;
    times?: number | undefined;
    until?: string | undefined;
  }>();
  expectTypeOf<OutputOf<"agents.stop-all">>().toEqualTypeOf<{ stopped: string[] }>();
});
