// The child that reads hostile files (T25): no environment, no network, no file but those that it was given open.
import { claimsIn, fingerprintFrom, fingerprintText } from "#models";
import { scanFile } from "#scan";
import { identify, type NamedSource } from "./identify.ts";
import { serve } from "./serving.ts";

serve({
  scan: (files) => {
    const { source, name } = only(files);
    return scanFile(source, name);
  },
  claims: (files, as) => {
    const { source, name } = only(files);
    return claimsIn(source, name, as);
  },
  identify,
  fingerprint: (files) => {
    const read = fingerprintFrom(files);
    return read.ok
      ? { text: fingerprintText(read.print), malformed: null }
      : { text: null, malformed: read.malformed };
  },
});

function only(files: readonly NamedSource[]): NamedSource {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error("this is asked of one file");
  return file;
}
