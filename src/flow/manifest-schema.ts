import { z } from "zod";
import type { FlowEffect } from "#vocabulary";
import type { ToolManifest } from "./manifest.ts";

/** Everything of a manifest but the tool that it is for: what is kept, and what a person writes. */
export type ManifestBody = Omit<ToolManifest, "tool">;

export const ARGUMENTS_MAX = 200;
const RESOURCES_MAX = 100;
const AUTHORS_MAX = 500;
const NAME_CHARS_MAX = 200;
const PLACE_CHARS_MAX = 1_000;
const SUMMARY_CHARS_MAX = 200;

const EFFECTS = [
  "read",
  "fetch",
  "write",
  "book",
  "membership",
  "send",
  "account",
  "money",
  "destroy",
  "execute",
  "unknown",
] as const;

export const manifestEffect = z.enum(EFFECTS);
const role = z.enum([
  "destination",
  "account",
  "command",
  "path",
  "selector",
  "amount",
  "credential",
  "profile",
  "content",
  "control",
  "query",
]);
const integrity = z.enum(["trusted", "untrusted"]);

/** `__proto__` would become no key of the object at all. */
export function isArgument(name: string): boolean {
  return name !== "" && name.length <= NAME_CHARS_MAX && name !== "__proto__";
}

const argument = z.string().refine(isArgument, `an argument's name has 1 to ${NAME_CHARS_MAX} characters`);

/** A whole address, or a domain as `@example.org`: with anything less, whoever registers a name is trusted. */
const author = z
  .string()
  .max(320)
  .regex(/^[^\s@]*@[^\s@.]+(\.[^\s@.]+)+$/u, "an address, or a domain as @example.org");

const place = z
  .string()
  .min(2)
  .max(PLACE_CHARS_MAX)
  .refine((text) => !text.split(/[\\/]/u).includes(".."), "a place without steps up");

/** Its own words stand around the arguments: with none of its own, the agent would word it. */
const summary = z
  .string()
  .min(1)
  .max(SUMMARY_CHARS_MAX)
  .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), "a summary is one line of plain letters")
  .refine((text) => /\p{L}{2}/u.test(text.replaceAll(/\{[^{}]*\}/gu, "")), "a summary says something itself");

const atMost =
  (max: number) =>
  (members: object): boolean =>
    Object.keys(members).length <= max;

/**
 * A manifest as a person writes it and as it is kept, strict: an unknown field, role or effect is refused. The effect of
 * a filled argument can only be one that comes later in the order of `manifestEffect`: filling an argument never makes a
 * call less than it is.
 */
export const manifestBody = z
  .strictObject({
    effect: manifestEffect.describe("What it does"),
    effectIf: z
      .record(argument, manifestEffect)
      .refine(atMost(ARGUMENTS_MAX), `at most ${ARGUMENTS_MAX} arguments`)
      .optional()
      .describe("What it does when one of these arguments holds something"),
    roles: z
      .record(argument, role)
      .refine(atMost(ARGUMENTS_MAX), `at most ${ARGUMENTS_MAX} arguments`)
      .default({})
      .describe("What each argument is for; one without a role is content"),
    output: z
      .strictObject({
        integrity: integrity.describe("trusted: nobody outside writes its results"),
        inFolders: z.boolean().optional().describe("Trusted where the call stays in the session's folders"),
        confidential: z.boolean().optional().describe("Nobody but the user may read its results"),
        directory: z.boolean().optional().describe("Its rows are people that the organisation vouches for"),
        trustedAuthors: z.array(author).max(AUTHORS_MAX).optional().describe("Whose records are trusted"),
        resources: z
          .array(z.strictObject({ argument, under: place, integrity }))
          .max(RESOURCES_MAX)
          .optional()
          .describe("Other labels below some places; the first that fits counts"),
      })
      .describe("Whose words its results are"),
    summary: summary
      .optional()
      .describe("What a call does, for whoever decides about it: `Send an e-mail to {to} about {subject}`"),
    mutable: z
      .array(argument)
      .max(ARGUMENTS_MAX)
      .optional()
      .describe("Arguments that name what can change after a yes: a file, a branch, a page"),
  })
  .refine(({ effect, effectIf = {} }) => Object.values(effectIf).every((then) => rank(then) > rank(effect)), {
    path: ["effectIf"],
    message: "what a filled argument makes of it must be graver than the effect itself",
  })
  .refine(({ output }) => output.directory !== true || output.integrity === "trusted", {
    path: ["output", "directory"],
    message: "a directory that is not trusted vouches for nobody",
  });

function rank(effect: FlowEffect): number {
  return EFFECTS.indexOf(effect);
}

/** Reads what was kept. Throws a ZodError on a damaged row. */
export function manifestFrom(tool: string, text: string): ToolManifest {
  return { tool, ...bodyOf(manifestBody.parse(JSON.parse(text))) };
}

/** Of several filled arguments the gravest effect counts: it comes first. */
export function bodyOf(read: z.output<typeof manifestBody>): ManifestBody {
  const { effect, effectIf, roles, output, summary: words, mutable } = read;
  const conditional = Object.entries(effectIf ?? {}).toSorted(([, a], [, b]) => rank(b) - rank(a));
  return {
    effect,
    ...(conditional.length > 0 ? { effectIf: Object.fromEntries(conditional) } : {}),
    roles,
    output: outputOf(output),
    ...(words === undefined ? {} : { summary: words }),
    ...(mutable === undefined ? {} : { mutable }),
  };
}

/** Without the members that are not there: `undefined` is no value of theirs. */
function outputOf({
  integrity: of,
  ...others
}: z.output<typeof manifestBody>["output"]): ToolManifest["output"] {
  const { inFolders, confidential, directory, trustedAuthors, resources } = others;
  return {
    integrity: of,
    ...(inFolders === undefined ? {} : { inFolders }),
    ...(confidential === undefined ? {} : { confidential }),
    ...(directory === undefined ? {} : { directory }),
    ...(trustedAuthors === undefined ? {} : { trustedAuthors }),
    ...(resources === undefined ? {} : { resources }),
  };
}
