/**
 * Identity: who is this, and what may they ask of Doorward. Pure rules over secrets, roles, presence and request
 * heads; keeps nothing (the accounts' use cases are in `operations`) and talks to nobody.
 */
export { type Attempts, createAttempts } from "./attempts.ts";
export {
  type Caller,
  type CameFrom,
  demand,
  demandPresence,
  isPresent,
  may,
  mayTouch,
  PRESENCE_MS,
  reachOf,
  rolesGive,
} from "./caller.ts";
export { cookieName, flowCookie, sessionCookie, setCookie, setFlowCookie } from "./cookie.ts";
export { createGuard, guardRequest, type RequestHead, type Turned } from "./guard.ts";
export {
  checkListen,
  consoleOrigin,
  isLoopback,
  type ListenConfig,
  loopbackTwins,
  ownNames,
} from "./listen.ts";
export {
  LOGIN_LINK_MS,
  type LoginLink,
  loginLinkInvalid,
  loginTokenHash,
  mintLoginLink,
} from "./login-link.ts";
export {
  claimedSender,
  clientIdUrl,
  type NamedKey,
  publicKey,
  readKeyAssertion,
  readSvid,
  SVID_MEMORY_S,
  trustBundle,
} from "./oauth/assertion.ts";
export { agentCertificate, type Certificate, certificateOn, isInForce } from "./oauth/certificate.ts";
export { createProofs, type Proofs, type Proven } from "./oauth/dpop.ts";
export {
  createIssuer,
  DETAILS_TYPE,
  HANDOVER_LIFE_S,
  type IssuedClaims,
  type Issuer,
  TOKEN_LIFE_S,
} from "./oauth/issued.ts";
export { type IdJag, readIdJag } from "./oauth/id-jag.ts";
export { ALGORITHMS, joseCode, looksLikeJwt, oauthFault } from "./oauth/jws.ts";
export { createOnce, type Once } from "./oauth/once.ts";
export { readSubject, type SubjectType, type Vouching } from "./oauth/subject.ts";
export { checkPassword, hashPassword, PASSWORD_CHARACTERS_MIN, verifyPassword } from "./password.ts";
export { type Permission, type Reach, ROLE_RIGHTS, ROLES } from "./permissions.table.ts";
export {
  bearerOf,
  hashSecret,
  type MintedSecret,
  mintSecret,
  presentedHash,
  sameSecret,
  type SecretKind,
  secretKind,
} from "./secret.ts";
