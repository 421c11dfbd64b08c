import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type AcceleratorOutput, NVIDIA_CARDS, NVIDIA_USES } from "#discovery";

const TOOL_MS = 5000;
const OUTPUT_BYTES_MAX = 1_048_576;
const run = promisify(execFile);

/** What NVIDIA's own tool says of its cards; null where it is not there, or says nothing in five seconds. Never rejects. */
export async function nvidiaSeen(path: string | undefined): Promise<AcceleratorOutput | null> {
  const say = async (args: readonly string[]): Promise<string> => {
    const options = {
      timeout: TOOL_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
      env: { PATH: path ?? "" },
      windowsHide: true,
    };
    const { stdout } = await run("nvidia-smi", [...args], options);
    return stdout;
  };
  try {
    return { cards: await say(NVIDIA_CARDS), uses: await say(NVIDIA_USES) };
  } catch {
    return null;
  }
}
