/**
 * Api: the operations over HTTP, and the console's page with its sign-in. Who calls is settled here, once per request.
 */
export { createPages, type Pages, type PagesOptions } from "./pages.ts";
export { demandUser, userOf } from "./session.ts";
