import { z } from "zod";
import { readRequirement } from "#approvals";

// Input fields that several operations share, with the words that help and OpenAPI show.

const NAME_CHARS_MAX = 64;
const REFERENCE_CHARS_MAX = 100;

export const agentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens, starting with a letter, at most 63")
  .describe("Name of the agent");
export const serverName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "small letters, digits and hyphens, starting with a letter, at most 31")
  .describe("Short name of the MCP server");
/** An MCP server, or `agent:NAME`: the tools that an agent runs itself. */
export const toolSource = z
  .string()
  .regex(/^(?:[a-z][a-z0-9-]{0,30}|agent:[a-z][a-z0-9-]{0,62})$/, "SERVER, or agent:NAME")
  .describe("Server, or agent:NAME for the tools that an agent runs itself");
export const toolReference = z
  .string()
  .max(300)
  .regex(/^(?:[a-z][a-z0-9-]{0,30}|agent:[a-z][a-z0-9-]{0,62})\/.+$/, "SERVER/TOOL, or agent:NAME/TOOL")
  .describe("A tool as SERVER/TOOL, or agent:NAME/TOOL for one that an agent runs itself");
export const agentReference = z.string().min(1).max(REFERENCE_CHARS_MAX).describe("Agent, by name or id");
export const userReference = z.string().min(1).max(REFERENCE_CHARS_MAX).describe("User, by name or id");
export const userName = z
  .string()
  .min(1)
  .max(NAME_CHARS_MAX)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]*$/u, "letters, digits, spaces and . _ @ + -")
  .describe("Name of the user");
/** Compared character by character with what the provider says (OpenID Connect Core 1.0, 3.1.3.7), so never normalised. */
export const issuerUrl = z
  .string()
  .max(255)
  .regex(/^https?:\/\/[^\s?#@]+$/, "the issuer URL, exactly as the identity provider writes it");
/** At most 255 ASCII characters (OpenID Connect Core 1.0, section 2). */
export const subject = z.string().regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters");
export const groupName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens")
  .describe("Group");
export const role = z.enum(["admin", "approver", "auditor", "owner"]).describe("Role");
export const budgetName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens, starting with a letter, at most 63")
  .describe("Name of the budget");
export const budgetReference = z.string().min(1).max(REFERENCE_CHARS_MAX).describe("Budget, by name or id");
const GROUP_LINE_CHARS_MAX = 120;
/** As `@hold` of a policy writes it. */
export const approverGroup = z
  .string()
  .max(GROUP_LINE_CHARS_MAX)
  .refine(
    (text) => readRequirement(text) !== null,
    "GROUP, then how many of it (1 to 10), not-owner, not-requester",
  )
  .describe(
    "Group whose members may say yes, and after it, with commas: how many of it must, `not-owner`, `not-requester`",
  );
export const modelReference = z
  .string()
  .max(300)
  .regex(/^[a-z][a-z0-9-]{0,30}\/\S+$/, "UPSTREAM/MODEL")
  .describe("A model as UPSTREAM/MODEL");
export const modelPattern = z
  .string()
  .max(300)
  .regex(/^[^\s*]*\*?$/, "a name without spaces, with at most a * at its end")
  .min(1)
  .describe("UPSTREAM/MODEL, MODEL at any upstream, or a prefix that ends in *");
export const stage = z.enum(["observe", "enforce", "isolate"]).describe("Stage");
export const effect = z.enum(["read", "write", "destructive", "outbound"]).describe("Effect");
export const verb = z
  .enum([
    "tools/call",
    "resources/read",
    "resources/subscribe",
    "prompts/get",
    "completion/complete",
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
    "models/generate",
    "models/embed",
    "models/host-tool",
    "models/fetch-url",
    "http/read",
    "http/write",
    "http/delete",
    "http/open",
    "http/message",
    "http/tunnel",
  ])
  .describe("Verb");
export const note = z
  .string()
  .max(2_000)
  .optional()
  .describe("Why, for the record (kept sealed, apart from the ledger)");
export const time = z.string().describe("ISO 8601, UTC");
export const id = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `an id like ${prefix}_…`)
    .describe(what);
