import { type Bundle as SigstoreBundle, bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { JsonObject } from "#base";
import type { Bundle } from "./bundle.ts";
import { refuse } from "./refusal.ts";

/** Who signed with a certificate of Sigstore: an identity, and who vouched for it. */
export interface KeylessSigner {
  readonly identity: string;
  readonly issuer: string;
}

export interface KeylessTrust extends KeylessSigner {
  /** Sigstore's trusted root as JSON (sigstore_trustroot.proto): keys and certificates of its authorities and logs. */
  readonly trustedRoot: JsonObject;
}

/**
 * Verifies a keyless signature without a network, with Sigstore's own verifier: certificate to a trusted authority, its log entry and
 * timestamps, the entry of the transparency log, the signature. The identity and its issuer have to be the very ones given: the verifier's
 * own comparison takes patterns, ours does not. Throws refusals.
 */
export function keylessSigner(bundle: Bundle, trust: KeylessTrust): KeylessSigner {
  const { identity } = verified(bundle, trust.trustedRoot);
  const signer = {
    identity: identity?.subjectAlternativeName ?? "",
    issuer: identity?.extensions?.issuer ?? "",
  };
  if (signer.identity === trust.identity && signer.issuer === trust.issuer && signer.identity !== "")
    return signer;
  throw refuse(
    "other-identity",
    `it was signed by ${signer.identity || "nobody named"} (${signer.issuer || "no issuer"}), and ${trust.identity} (${trust.issuer}) was expected`,
  );
}

function verified(bundle: Bundle, root: JsonObject): Signer {
  const read = attempted("not-a-bundle", (): SigstoreBundle => bundleFromJSON(bundle.json));
  const material = attempted("not-trusted", () => toTrustMaterial(TrustedRoot.fromJSON(root)));
  return attempted("bad-signature", () => {
    return new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 }).verify(
      toSignedEntity(read),
    );
  });
}

function attempted<Result>(
  rule: "not-a-bundle" | "not-trusted" | "bad-signature",
  act: () => Result,
): Result {
  try {
    return act();
  } catch (cause) {
    throw refuse(
      rule,
      `Sigstore's verifier refuses it: ${cause instanceof Error ? cause.message : "no reason given"}`,
    );
  }
}
