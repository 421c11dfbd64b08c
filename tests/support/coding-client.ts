import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { z } from "zod";
import type { JsonObject } from "#base";
import { STARTER_POLICY } from "#policy";
import { shapeSample } from "../../scripts/manifest-shapes.ts";
import { scratch } from "../journeys/doorward-process.ts";
import { type LlmHouse, openLlmHouse } from "./llm-house.ts";
import { chunks, DONE, stream } from "./model-upstream.ts";

// A coding agent as Claude Code is one: its tools as its own requests declare them (tests/samples/shapes/claude-code.json), over
// Anthropic's messages, streamed, with a real folder under it. The model is scripted. Nobody writes a manifest: those that
// Doorward ships are in force once the definitions are accepted.

const SAMPLE = new URL("../samples/shapes/claude-code.json", import.meta.url);
const TOOLS: readonly Anthropic.Tool[] = Object.entries(
  shapeSample.parse(JSON.parse(readFileSync(SAMPLE, "utf8"))).tools,
).map(([name, schemas]) => ({
  name,
  description: `Claude Code's ${name}`,
  input_schema: z.custom<Anthropic.Tool.InputSchema>(Boolean).parse(schemas[0]),
}));

/** How one call of the script went. */
export interface Step {
  /** Rules that held or refused it, as Doorward told the agent; empty where it ran without a question. */
  readonly stopped: string;
  readonly result: string;
}

export interface Coding {
  readonly house: LlmHouse;
  /** The scratch repository. */
  readonly root: string;
  /** A run of the agent, with its own conversation. */
  readonly open: (how: { readonly mandate?: string; readonly says: string }) => Promise<Run>;
  readonly close: () => Promise<void>;
}

export interface Run {
  readonly session: string;
  readonly key: string;
  /**
   * The model asks for this call; the agent runs what Doorward lets through and gives the model its result. `pages`: what
   * WebFetch finds. What is held is approved where `isApproving`, and asked for again as a client does.
   */
  readonly step: (name: string, args: JsonObject, isApproving?: boolean) => Promise<Step>;
  readonly says: (text: string) => void;
}

export const PAGES = new Map<string, string>();

export async function openCoding(): Promise<Coding> {
  const { path: root, remove } = scratch();
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  git("init", "--quiet");
  git("config", "user.email", "ana@works.example");
  git("config", "user.name", "Ana");
  let next: { name: string; args: JsonObject } | null = null;
  let count = 0;
  const house = await openLlmHouse({
    policy: STARTER_POLICY,
    config: "holds: { waitSeconds: 1 }\n",
    behave: (response) => {
      count += 1;
      const id = `call_${count}`;
      const calls = next === null ? [] : [{ id, name: next.name, arguments: JSON.stringify(next.args) }];
      stream(response, chunks({ content: next === null ? "Done." : "", calls }));
      response.end(DONE);
    },
  });
  const { admin } = house;
  const added = await admin.perform("agents.add", { name: "coder" });
  await asking(house, String(added["key"]), [{ role: "user", content: "hello" }]);
  await admin.perform("tools.accept", { tools: ["agent:coder/*"] });
  const granted = ["Bash", "WebFetch"].map((name) => `agent:coder/${name}`);
  await admin.perform("agents.grant", { agent: "coder", tools: granted });
  await admin.perform("agents.set-folders", { agent: "coder", folders: [root] });
  await admin.perform("agents.set-relay", { agent: "coder", relay: "on" });
  return {
    house,
    root,
    open: async ({ mandate, says }) => {
      const words = mandate === undefined ? {} : { mandate };
      const opened = await admin.perform("sessions.start", { agent: "coder", ...words });
      const key = String(opened["key"]);
      const first = { role: "user" as const, content: [reminderOf(root), says].map(textBlock) };
      const messages: Anthropic.MessageParam[] = [first];
      const step: Run["step"] = async (name, args, isApproving = true) => {
        next = { name, args };
        let answer = await asking(house, key, messages);
        let stopped = "";
        if (callIn(answer) === undefined) {
          stopped = textIn(answer);
          if (!isApproving || !stopped.includes("Held by Doorward")) {
            messages.push({ role: "assistant", content: stopped });
            messages.push({ role: "user", content: "Leave that." });
            return { stopped, result: "" };
          }
          await approveAll(house);
          answer = await asking(house, key, messages);
        }
        const call = callIn(answer);
        if (call === undefined) return { stopped: `${stopped}\n${textIn(answer)}`, result: "" };
        const result = run(root, name, args);
        messages.push({ role: "assistant", content: answer.content });
        messages.push({
          role: "user",
          content: [{ type: "tool_result", tool_use_id: call.id, content: result }],
        });
        return { stopped, result };
      };
      return {
        session: String(opened["session"]),
        key,
        step,
        says: (text) => void messages.push({ role: "user", content: [{ type: "text", text }] }),
      };
    },
    close: async () => {
      await house.close();
      remove();
    },
  };
}

const textBlock = (text: string): Anthropic.TextBlockParam => ({ type: "text", text });

/** As Claude Code 2.0.76 begins a conversation in a folder with a CLAUDE.md (`claude -p`, captured). */
function reminderOf(root: string): string {
  return [
    "<system-reminder>",
    "As you answer the user's questions, you can use the following context:",
    "# claudeMd",
    "Codebase and user instructions are shown below.",
    "",
    `Contents of ${root}/CLAUDE.md (project instructions, checked into the codebase):`,
    "",
    "# Rules",
    "Test before you commit.",
    "</system-reminder>",
  ].join("\n");
}

const SYSTEM = "You are Claude Code, Anthropic's official CLI for Claude.";

function asking(
  house: LlmHouse,
  key: string,
  messages: Anthropic.MessageParam[],
): Promise<Anthropic.Message> {
  const client = new Anthropic({ baseURL: house.running.url, apiKey: key, maxRetries: 0 });
  return client.messages
    .stream({ model: "served", max_tokens: 1_000, system: SYSTEM, tools: [...TOOLS], messages })
    .finalMessage();
}

function callIn({ content }: Anthropic.Message): Anthropic.ToolUseBlock | undefined {
  return content.find((block) => block.type === "tool_use");
}

function textIn({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}

async function approveAll({ admin }: LlmHouse): Promise<void> {
  const { items } = await admin.perform("approvals.list", {});
  for (const { id } of items as readonly { id: string }[])
    await admin.perform("approvals.approve", { approval: id });
}

/** Runs a call in the folder; of the web it finds what `PAGES` has. */
function run(root: string, name: string, args: JsonObject): string {
  const text = (key: string): string => {
    const value = args[key];
    return typeof value === "string" ? value : "";
  };
  const path = join(root, text("file_path").replace(root, ""));
  switch (name) {
    case "Bash":
      return shell(root, text("command"));
    case "Read":
      return readFileSync(path, "utf8");
    case "Write":
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text("content"));
      return "The file was written.";
    case "Edit":
      writeFileSync(path, readFileSync(path, "utf8").replace(text("old_string"), text("new_string")));
      return "The file was edited.";
    case "Grep":
      return shell(root, `grep -rn ${JSON.stringify(text("pattern"))} src`);
    case "Glob":
      return shell(root, "git ls-files --others --cached");
    case "WebFetch":
      return PAGES.get(text("url")) ?? "404";
    default:
      return "ok";
  }
}

function shell(root: string, command: string): string {
  try {
    return execFileSync("sh", ["-c", command], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    return error instanceof Error ? error.message : "failed";
  }
}
