import { Fault } from "#base";

export function vaultUnavailable(why: string): Fault {
  return new Fault(
    "vault_unavailable",
    `the vault's process does not answer: ${why}`,
    "Nothing was sent. It is started again by itself; try again in a moment. If it stays so: `doorward vault status`.",
  );
}

export function credentialUnavailable(name: string, why: string): Fault {
  return new Fault(
    "credential_unavailable",
    `the credential ${name} cannot be used: ${why}`,
    "Nothing was sent. Look at it: `doorward vault get NAME`.",
  );
}

export function credentialExpired(name: string): Fault {
  return new Fault(
    "credential_expired",
    `the credential ${name} has expired`,
    "Nothing was sent. Give it a new secret: `doorward vault rotate NAME`, or connect again: `doorward connect PROVIDER`.",
  );
}

export function certificateEnded(): Fault {
  return new Fault(
    "credential_expired",
    "the credential's client certificate has expired",
    "Nothing was sent. Give it a new certificate and key: `doorward vault rotate NAME`.",
  );
}

export function egressOpen(agent: string): Fault {
  return new Fault(
    "egress_not_default_deny",
    `the agent ${agent} may reach every host, so no credential is put into its requests`,
    "Grant it the hosts that it needs by name (`doorward hosts grant`), and end the grant for all hosts.",
  );
}

export function placeholderMisplaced(why: string): Fault {
  return new Fault(
    "placeholder_misplaced",
    `a placeholder of a credential stands where it may not: ${why}`,
    "Nothing was sent. Use a placeholder only where its credential goes, at the destinations that it is for: `doorward vault get NAME`.",
  );
}

/** Words of the vault's process about what it was given; they never hold any of it. */
export function credentialInvalid(why: string): Fault {
  return new Fault(
    "credential_invalid",
    `the credential is not usable: ${why}`,
    "Correct what is named; `doorward vault add --help` says what each kind needs.",
  );
}
