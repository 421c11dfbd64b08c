import fc from "fast-check";
import { expect, test } from "vitest";
import { saidBy } from "./definition.ts";

test("both parts together are the whole definition, whatever it is", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const { description, rest } = saidBy(json);
      const others: unknown = JSON.parse(rest);
      const whole = description === null ? others : { ...(others as object), description };
      expect(whole).toEqual(JSON.parse(json));
    }),
  );
});

test("a description that is text is taken out as it is, and no other", () => {
  expect(saidBy('{"description":"a\\nb","name":"x"}')).toEqual({
    description: "a\nb",
    rest: '{\n  "name": "x"\n}',
  });
  expect(saidBy('{"description":["a"]}').description).toBeNull();
  expect(saidBy('"description"').description).toBeNull();
});
