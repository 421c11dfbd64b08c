import type { Command } from "commander";
import { modelsBillCommand } from "./models-bill.ts";
import { modelsIdentifyCommand } from "./models-identify.ts";
import { modelsLicencesCommand } from "./models-licences.ts";
import { modelsLineageCommand } from "./models-lineage.ts";
import { modelsScanCommand } from "./models-scan.ts";
import { modelsSignCommand } from "./models-sign.ts";
import { modelsVerifyCommand } from "./models-verify.ts";
import type { Terminal } from "./terminal.ts";

export interface ModelsOptions {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly ended: (exitCode: number) => void;
}

/** What of `doorward models` needs no running Doorward: each looks at files of this machine. One file `models-VERB.ts` each. */
export function modelsCommands(options: ModelsOptions): readonly Command[] {
  return [
    modelsScanCommand(options),
    modelsIdentifyCommand(options),
    modelsLicencesCommand(options),
    modelsLineageCommand(options),
    modelsVerifyCommand(options),
    modelsSignCommand(options),
    modelsBillCommand(options),
  ];
}
