import { type Found, known } from "./found.ts";
import type { Observed, ProcessSeen } from "./observed.ts";

const LINES_MAX = 4096;

/** What is asked of `nvidia-smi`, and answered as lines of CSV (nvidia-smi --help-query-gpu, --help-query-compute-apps). */
export const NVIDIA_CARDS = ["--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits"];
export const NVIDIA_USES = ["--query-compute-apps=gpu_uuid,pid,used_memory", "--format=csv,noheader,nounits"];

/** Accelerators, and which processes use them: by NVIDIA's own tool, and by who holds their devices open. */
export function acceleratorsIn({ nvidia, processes }: Pick<Observed, "nvidia" | "processes">): Found[] {
  const cards = nvidia === null ? [] : cardsIn(nvidia.cards, nvidia.uses);
  return [...cards, ...devicesIn(processes, cards.length > 0)];
}

function rows(csv: string): string[][] {
  const lines = csv.split("\n").slice(0, LINES_MAX);
  return lines.filter((line) => line.trim() !== "").map((line) => line.split(",").map((cell) => cell.trim()));
}

function cardsIn(cards: string, uses: string): Found[] {
  const used = rows(uses).filter((row) => row.length === 3 && /^\d+$/.test(row[1] ?? ""));
  return rows(cards).flatMap(([index = "", uuid = "", name = "", memory = ""]) => {
    if (!/^\d+$/.test(index) || !uuid.startsWith("GPU-")) return [];
    const own = used.filter(([card]) => card === uuid);
    return {
      kind: "accelerator",
      what: "nvidia",
      name,
      where: `GPU ${index}`,
      confidence: "certain",
      grounds: [{ by: "device", says: "nvidia-smi lists it" }],
      facts: known({
        uuid,
        memoryMiB: /^\d+$/.test(memory) ? Number(memory) : null,
        usedBy: own.map(([, pid = "", memoryUsed]) => `pid ${pid} (${memoryUsed} MiB)`),
      }),
      warnings: [],
    } satisfies Found;
  });
}

const DEVICES: readonly (readonly [RegExp, string, string])[] = [
  [/^\/dev\/nvidia\d+$/, "nvidia", "NVIDIA"],
  [/^\/dev\/kfd$/, "amd", "AMD, through ROCm"],
  [/^\/dev\/accel\/accel\d+$/, "accelerator", "an accelerator of the kernel's class accel"],
];

/** Devices that hold accelerators of which no tool told; `renderD*` of a desktop is none. */
export function isAcceleratorDevice(path: string): boolean {
  return DEVICES.some(([pattern]) => pattern.test(path));
}

function devicesIn(processes: readonly ProcessSeen[], isNvidiaKnown: boolean): Found[] {
  const devices = new Set(processes.flatMap((task) => task.devices));
  return [...devices].flatMap((device) => {
    const kind = DEVICES.find(([pattern]) => pattern.test(device));
    if (kind === undefined || (kind[1] === "nvidia" && isNvidiaKnown)) return [];
    const users = processes.filter((task) => task.devices.includes(device));
    return {
      kind: "accelerator",
      what: kind[1],
      name: kind[2],
      where: device,
      confidence: "likely",
      grounds: [{ by: "device", says: `${users.length} processes hold ${device} open` }],
      facts: { usedBy: users.map(({ pid, name }) => `pid ${pid} (${name})`) },
      warnings: [],
    } satisfies Found;
  });
}
