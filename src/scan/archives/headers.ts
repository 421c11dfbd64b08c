import { type ByteSource, type Oddity, type Outcome, READ_BYTES_MAX, readShardIndex } from "#models";
import type { ContentScanner } from "../content.ts";
import type { Finding } from "../finding.ts";
import { ggufIn, safetensorsIn } from "../headers.ts";
import { oddFinding, unreadFinding } from "./odd.ts";

/** The header of a file of tensors: what its format forbids, and where it can't be read. */
function headerScanner(
  read: (source: ByteSource) => Outcome<{ readonly oddities: readonly Oddity[] }>,
): ContentScanner {
  return (source, path) => {
    const outcome = read(source);
    if (!outcome.ok) return [unreadFinding(outcome.malformed.what, outcome.malformed.at, path)];
    return oddFindings(outcome.oddities, path);
  };
}

export const scanGgufHeader: ContentScanner = headerScanner(ggufIn);
export const scanSafetensorsHeader: ContentScanner = headerScanner(safetensorsIn);

/** An index of shards: one that is malformed, or leads to files elsewhere, which a loader would follow. */
export const scanShardIndex: ContentScanner = (source, path) => {
  if (source.size > READ_BYTES_MAX)
    return [unreadFinding(`an index of ${source.size} bytes, of ${READ_BYTES_MAX} at most`, 0, path)];
  const outcome = readShardIndex(source.read(0, source.size));
  if (outcome.ok) return oddFindings(outcome.oddities, path);
  return [
    {
      rule: "shard-index",
      severity: "high",
      verdict: "suspicious",
      says: `Of the files that it names as the model's: ${outcome.malformed.what}.`,
      techniques: ["AML.T0074"],
      path,
      offset: outcome.malformed.at,
      evidence: [],
      advisories: [],
    },
  ];
};

function oddFindings(oddities: readonly Oddity[], path: readonly string[]): readonly Finding[] {
  return oddities
    .map((oddity) => oddFinding(oddity, path))
    .filter((finding): finding is Finding => finding !== null);
}
