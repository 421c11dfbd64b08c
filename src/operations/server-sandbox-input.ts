import { z } from "zod";
import type { ServerConfiguration, StdioSandbox } from "#upstream";
import type { ReadContext } from "./context.ts";

const FOLDERS_MAX = 32;
const HOSTS_MAX = 64;
const PATH_CHARS_MAX = 1_000;

export const stance = z
  .enum(["required", "when-available", "off"])
  .describe(
    "Whether it runs in a sandbox of its own: required (or not at all), when-available, or off (as Doorward's user)",
  );

/** Absolute and in its one form: no `.`, `..` or doubled slash, none at the end. */
const FOLDER = /^(?:\/(?!\.{1,2}(?:\/|:rw$|$))[^/\0]+)+$/;
const HOST =
  /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,62})?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62})?)*(?::[1-9]\d{0,4})?$/;

/** What a sandbox shows and where it leads, as people type it. */
export const sandboxInput = {
  folders: z
    .array(
      z.string().max(PATH_CHARS_MAX).regex(FOLDER, "an absolute path, with :rw at its end to write to it"),
    )
    .max(FOLDERS_MAX)
    .default([])
    .describe("Folders that its sandbox shows: PATH to read, PATH:rw to write as well"),
  hosts: z
    .array(
      z.string().max(260).regex(HOST, "a host's name in lower case, *.example.com, or either with :port"),
    )
    .max(HOSTS_MAX)
    .default([])
    .describe(
      "Hosts that it may reach from its sandbox, by TLS: api.example.com, *.example.com, with :port if not 443",
    ),
};

export function folderOf(text: string): StdioSandbox["folders"][number] {
  const isWritten = text.endsWith(":rw");
  return { path: isWritten ? text.slice(0, -":rw".length) : text, access: isWritten ? "write" : "read" };
}

export function folderText({ path, access }: StdioSandbox["folders"][number]): string {
  return access === "write" ? `${path}:rw` : path;
}

export const sandboxShape = z
  .object({
    stance,
    isSandboxed: z.boolean(),
    folders: z.array(z.string()).describe("Folders that it was granted; :rw to write as well"),
    hosts: z.array(z.string()).describe("Hosts that it was granted; none: it has no network"),
    allowPrivate: z.boolean(),
    refusedHosts: z
      .array(z.string())
      .describe("Hosts that it asked for and was not granted, since the start"),
  })
  .nullable()
  .describe("Null: it runs elsewhere");

/** How a server is kept, and in a few words what it runs in. */
export function sandboxView(
  { upstreams }: Pick<ReadContext, "upstreams">,
  name: string,
  configuration: ServerConfiguration,
): { readonly sandbox: z.input<typeof sandboxShape>; readonly runsIn: string } {
  if (configuration.transport !== "stdio") return { sandbox: null, runsIn: "elsewhere" };
  const { how, ...state } = upstreams.sandbox(name, configuration);
  const { folders, hosts, allowPrivate } = configuration.sandbox ?? NOTHING;
  const sandbox = {
    stance: state.stance,
    isSandboxed: state.isSandboxed,
    folders: folders.map(folderText),
    hosts: [...hosts],
    allowPrivate,
    refusedHosts: [...state.refusedHosts],
  };
  return { sandbox, runsIn: how };
}

const NOTHING: StdioSandbox = { folders: [], hosts: [], allowPrivate: false };
