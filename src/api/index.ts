/**
 * Api: the operations over HTTP, and the console's page with its sign-in. Who calls is settled here, once per request.
 */
export { createClientDocuments } from "./client-documents.ts";
export { createAuthzen } from "./authzen.ts";
export { createOAuth } from "./oauth.ts";
export { createVouching } from "./oauth-provider.ts";
export { openApi } from "./openapi.ts";
export { createSensorFace } from "./sensors.ts";
export { type Problem, problemOf, sendProblem, statusOf } from "./problem.ts";
export { readBody } from "./request.ts";
export { type Route, ROUTES } from "./routes.ts";
export { createScim } from "./scim.ts";
export { type Api, type ApiOptions, createApi } from "./server.ts";
export { createPages, type Pages, type PagesOptions } from "./pages.ts";
export type { ProviderSettings } from "./provider-client.ts";
export { demandUser, userOf } from "./session.ts";
