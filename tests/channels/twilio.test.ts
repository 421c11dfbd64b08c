import { openTwilio, twilioTraits } from "../support/platforms/twilio.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("twilio", rowOf("twilio"), twilioTraits, openTwilio);
