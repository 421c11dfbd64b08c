import { expect, test } from "vitest";
import { oauth1Header } from "./oauth1.ts";

/** The worked example of X's documentation ("Creating a signature"), whose keys were made for it. */
test("signs as the documentation of X shows it", () => {
  const header = oauth1Header(
    {
      consumerKey: "xvz1evFS4wEEPTGEFPHBog",
      consumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
      token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
      tokenSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    },
    {
      method: "POST",
      url: new URL("https://api.twitter.com/1.1/statuses/update.json?include_entities=true"),
      form: { status: "Hello Ladies + Gentlemen, a signed OAuth request!" },
      nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
      seconds: 1_318_622_958,
    },
  );
  expect(header).toContain('oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"');
});
