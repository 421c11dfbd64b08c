/**
 * Mcp: the operations as MCP tools at `/mcp`, for assistants that act for a signed-in person. Derived from the
 * catalogue; toolsets narrow it to what a role needs.
 */
export { createOperationsMcp, type OperationsMcp } from "./server.ts";
export { toolName, toolOf } from "./tools.ts";
export { TOOLSETS } from "./toolsets.ts";
