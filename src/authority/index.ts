/** Authority: the installation's own certificate authority. Pure: keys and time are handed in. */
export { type Authority, certifyHost, makeAuthority } from "./authority.ts";
