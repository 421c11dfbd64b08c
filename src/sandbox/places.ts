import type { Places } from "./port.ts";

/** Where things stand inside a sandbox. */
export const HOME = "/home/agent";
export const TEMPORARY = "/tmp";
/** The folder of the run: sockets, the certificates that are trusted, and what the program inside is to do. Read-only. */
export const RUN = "/run/doorward";
export const NODE = "/run/node";
export const INSIDE = "/run/inside";
const CERTIFICATES = `${RUN}/ca.pem`;
const CERTIFICATES_JAVA = `${RUN}/ca.jks`;
/** In the private home. */
export const MCP_CONFIG = ".doorward/mcp.json";
export const DOORS_PORT = 7420;
export const PROXY_PORT = 7421;
/** The name under which whoever started a sandbox is known inside. */
export const USER = "agent";
/** It opens nothing: the relay outside puts the session's key in its place. */
const PLACEHOLDER = "doorward-sandbox";

/** Where bubblewrap puts things: the same in every run. */
export const BUBBLEWRAPPED: Places = {
  home: HOME,
  temporary: TEMPORARY,
  certificates: CERTIFICATES,
  certificatesJava: CERTIFICATES_JAVA,
  doors: `http://127.0.0.1:${DOORS_PORT}`,
  keyless: `http://127.0.0.1:${DOORS_PORT}`,
  proxy: `http://127.0.0.1:${PROXY_PORT}`,
  key: PLACEHOLDER,
  // Where programs are in every Linux.
  programs: ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
  node: NODE,
};
