import { openLinear, linearTraits } from "../support/platforms/linear.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("linear", rowOf("linear"), linearTraits, openLinear);
