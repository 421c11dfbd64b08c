import { openResend, resendTraits } from "../support/platforms/resend.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("resend", rowOf("resend"), resendTraits, openResend);
