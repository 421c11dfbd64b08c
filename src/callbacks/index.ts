// Callbacks: webhooks of agents' owners hear what became of held calls. Found in the state, sent at least once, signed as
// Standard Webhooks describes, with ids and states alone.
export { type Callbacks, type CallbacksOutside, createCallbacks } from "./callbacks.ts";
export { SECRET_BYTES, secretPurpose, secretText, signedHeaders } from "./signing.ts";
