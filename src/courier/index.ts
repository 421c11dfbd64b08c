// Courier: takes requests to people on their channels, and brings their answers back. A face of the operations, as API, MCP and CLI are.
export { createSwitchboard, type Switchboard, type SwitchboardOutside, type Take } from "./switchboard.ts";
