/** Proxy: the http door's bytes. It reads what an agent sends out strictly, and asks the road behind it what becomes of it. */
export type * from "./port.ts";
