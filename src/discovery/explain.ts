import { NVIDIA_CARDS, NVIDIA_USES } from "./accelerators.ts";
import { AGENTS } from "./agents.table.ts";
import { allQuestions } from "./answers.ts";
import { MODEL_ENDINGS } from "./content.ts";
import { MANIFEST_BYTES_MAX, UNNAMED_BYTES_MIN } from "./looking.ts";
import { HEAD_BYTES } from "./observed.ts";
import type { ConfigurationPlace, ScanPlan, WalkPlace } from "./plan.ts";
import { NOT_ENTERED, STORES, type Store } from "./stores.table.ts";

/** One section of `doorward scan --explain`. */
export interface Explained {
  readonly title: string;
  readonly lines: readonly string[];
}

const HEAD = `the first ${HEAD_BYTES} bytes`;
const NAMED = `files whose names end as those of models do (${MODEL_ENDINGS.join(" ")})`;

const LAYOUTS: Readonly<Record<Store["layout"], string>> = {
  any: `${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more, and of ${NAMED}`,
  hub: `in models--*/blobs and models--*/snapshots alone: ${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more, and of such names`,
  named: `${HEAD} of ${NAMED}, and of nothing else that lies there`,
  ollama: `in manifests: files of up to ${MANIFEST_BYTES_MAX} bytes, whole; in blobs: ${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more`,
};

/** Exactly what a plan looks at, in words; from the same tables by which it is carried out. */
export function explained(plan: ScanPlan): Explained[] {
  const files = { title: "Files", lines: [...plan.places.map(placeLine), ...FILE_RULES] };
  if (!plan.running) return [files];
  return [
    files,
    {
      title: "Configurations of agents",
      lines: [...plan.configurations.map(configurationLine), CONFIGURATION_RULE],
    },
    { title: "Processes", lines: PROCESS_RULES },
    { title: "Listeners", lines: [...LISTENER_RULES, `GET ${allQuestions().join(", GET ")}`] },
    { title: "Accelerators", lines: ACCELERATOR_RULES },
  ];
}

function configurationLine({ agent, shape, path }: ConfigurationPlace): string {
  const own = AGENTS.find(({ name }) => name === agent);
  const { servers = [], models = [] } = own?.configurations[shape] ?? {};
  const taken = [
    ...servers.map((field) => `servers in ${field}`),
    ...models.map((field) => `the model in ${field}`),
  ];
  return `${path} (${own?.title ?? agent}): ${taken.join(", ")}`;
}

const CONFIGURATION_RULE =
  "Of each such file also the names of fields that hold keys, never what they hold; of a server its program, its package or its URL's host, never other arguments. An agent's file may hold more (older Claude Code kept what was asked in it): it is parsed to get at these fields, and nothing else of it is kept.";

const PROCESS_RULES = [
  "/proc, /proc/PID/stat, /proc/PID/exe: which programs run, and who started them.",
  "/proc/PID/cmdline: words of the tables (such as serve) and paths that end as models do; nothing else of it is kept.",
  `/proc/PID/maps: which files of ${UNNAMED_BYTES_MIN} bytes and more are mapped as data; ${HEAD} of those that are no libraries, fonts or databases.`,
  "/proc/PID/fd: names alone, to see whose socket a listener is and who holds an accelerator.",
];

const LISTENER_RULES = [
  "/proc/net/tcp and /proc/net/tcp6: who listens where. No other machine is reached.",
  "Each listener that can be reached on loopback is asked for / once; one that speaks HTTP for these, at most 650 ms and 1 MiB each, until it is known:",
];

const ACCELERATOR_RULES = [`nvidia-smi, where it is in PATH: ${NVIDIA_CARDS[0]} and ${NVIDIA_USES[0]}`];

function placeLine({ path, store, layout }: WalkPlace): string {
  const title = STORES.find(({ name }) => name === store)?.title ?? "given";
  return `${path} (${title}): ${LAYOUTS[layout]}`;
}

const FILE_RULES = [
  `Not entered: ${NOT_ENTERED.join(", ")}; other file systems; links that lead out of the place.`,
  "Never read: the rest of any file, prompts, chats, documents; a given path is judged by first bytes, and no more is kept of them than the format.",
];
