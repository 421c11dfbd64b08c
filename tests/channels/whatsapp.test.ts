import { openWhatsapp, whatsappTraits } from "../support/platforms/whatsapp.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("whatsapp", rowOf("whatsapp"), whatsappTraits, openWhatsapp);
