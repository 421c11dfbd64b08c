// The child that reads hostile files (T25): no environment, no network, no file but those that it was given open.
import { scanFile } from "#scan";
import { identify } from "./identify.ts";
import { serve } from "./serving.ts";

serve({
  scan: (files) => {
    const [file] = files;
    if (file === undefined || files.length > 1) throw new Error("a scan is of one file");
    return scanFile(file.source, file.name);
  },
  identify,
});
