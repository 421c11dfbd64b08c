import { type ByteSource, type Oddity, type Outcome, readGguf, readSafetensors } from "#models";
import type { ContentScanner } from "../content.ts";
import type { Finding } from "../finding.ts";
import { oddFinding, unreadFinding } from "./odd.ts";

/** The header of a file of tensors: what its format forbids, and where it can't be read. */
function headerScanner(
  read: (source: ByteSource) => Outcome<{ readonly oddities: readonly Oddity[] }>,
): ContentScanner {
  return (source, path) => {
    const outcome = read(source);
    if (!outcome.ok) return [unreadFinding(outcome.malformed.what, outcome.malformed.at, path)];
    return outcome.oddities
      .map((oddity) => oddFinding(oddity, path))
      .filter((finding): finding is Finding => finding !== null);
  };
}

export const scanGgufHeader: ContentScanner = headerScanner(readGguf);
export const scanSafetensorsHeader: ContentScanner = headerScanner(readSafetensors);
