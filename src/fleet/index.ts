// Fleet: what sensors see on machines -> what is new, changed and gone on each, told once, in order, whoever was away.
export { differencesOf, type FleetEvent, type States, statesOf } from "./differences.ts";
export { type Item, ITEMS_MAX, itemsOf } from "./item.ts";
export {
  afterTaken,
  type Memory,
  memoryIn,
  memoryText,
  newMemory,
  remembered,
  reportOf,
  WAITING_MAX,
  withoutNext,
} from "./outbox.ts";
export {
  EVENTS_MAX,
  LOST_MAX,
  type MachineFacts,
  type Report,
  REPORT,
  REPORT_BYTES_MAX,
  REPORT_PATH,
} from "./report.ts";
