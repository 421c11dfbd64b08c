/** Where things stand inside a sandbox. */
export const HOME = "/home/agent";
export const TEMPORARY = "/tmp";
/** The folder of the run: sockets, the certificates that are trusted, and what the program inside is to do. Read-only. */
export const RUN = "/run/doorward";
export const NODE = "/run/node";
export const INSIDE = "/run/inside";
export const CERTIFICATES = `${RUN}/ca.pem`;
export const CERTIFICATES_JAVA = `${RUN}/ca.jks`;
export const MCP_CONFIG = `${HOME}/.doorward/mcp.json`;
export const DOORS_PORT = 7420;
export const PROXY_PORT = 7421;
/** The name under which whoever started a sandbox is known inside. */
export const USER = "agent";
