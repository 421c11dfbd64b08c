// Courier: takes requests to people on their channels, and brings their answers back. A face of the operations, as API, MCP and CLI are.
export { type Courier, createCourier } from "./courier.ts";
export { createSwitchboard, type Switchboard } from "./switchboard.ts";
export { createHooks } from "./hooks.ts";
