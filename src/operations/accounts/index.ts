export { noteClaims } from "./claimed.ts";
export type {
  AccountsOutside,
  Credentials,
  OpenedSession,
  Passkey,
  UserSessionKind,
} from "./accounts.ts";
export {
  addPasskey,
  confirmPassword,
  credentialsOf,
  demandMayAdd,
  notePasskeyUse,
  passkeyById,
  setPassword,
} from "./credentials.ts";
export {
  deactivate,
  directoryUser,
  directoryUsers,
  type DirectoryKey,
  type DirectoryUser,
} from "./directory.ts";
export type { LeaveOutside } from "./leave.ts";
export { makeLoginLink, redeemLink, signInWithPassword } from "./login.ts";
export { userOfProvider } from "./provider.ts";
export {
  consoleCaller,
  endSession,
  notePresence,
  openSession,
  sessionName,
  signedOut,
  tokenCaller,
} from "./sessions.ts";
