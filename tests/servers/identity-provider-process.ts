import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";

// The identity provider as a process of its own: says where it is, and is told where people are sent back to and who sits
// before it.

const provider: IdentityProvider = await startIdentityProvider();
interface Told {
  readonly redirectUri?: string;
  readonly person?: string;
  readonly groups?: readonly string[] | null;
  readonly sign?: { readonly header: object; readonly claims: object };
}

process.on("message", ({ redirectUri, person, groups, sign }: Told) => {
  if (redirectUri !== undefined) provider.register(redirectUri);
  if (person !== undefined) provider.person = person;
  if (groups !== undefined) provider.groups = groups;
  const token = sign === undefined ? null : provider.sign({ ...sign.header }, { ...sign.claims });
  process.send?.({ done: true, token });
});
process.send?.({ issuer: provider.issuer });
