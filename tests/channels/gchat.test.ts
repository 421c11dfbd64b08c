import { gchatTraits, openGchat } from "../support/platforms/gchat.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("gchat", rowOf("gchat"), gchatTraits, openGchat);
