import { recordedWeights } from "#policy";
import type { ServedModel } from "#vocabulary";

/** What answered a model call, by the JSON in its intent; null: only a name was known of it. */
export function weightsIn(text: string | null): ServedModel | null {
  const weights = text === null ? null : recordedWeights(JSON.parse(text));
  return weights?.digest === null ? null : weights;
}
