import { createHash } from "node:crypto";
import { z } from "zod";
import { signV4 } from "../sigv4.ts";
import { askManager, fieldOf, manager, station, text } from "./reference.ts";

const TITLE = "AWS Secrets Manager";
const answered = z.object({ SecretString: z.string().min(1) });

/**
 * AWS Secrets Manager, `GetSecretValue`, signed with the access key whose secret is what opens it.
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html (JSON 1.1, X-Amz-Target).
 */
export const aws = manager({
  title: TITLE,
  settings: z.strictObject({
    manager: z.literal("aws"),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/),
    accessKeyId: z.string().regex(/^[A-Za-z0-9]{8,128}$/),
    /** Name or ARN. */
    secretId: text,
    field: z.string().min(1).max(300).optional(),
    url: station.url.optional(),
    allowPrivate: station.allowPrivate,
    cacheSeconds: z.coerce.number().int().min(0).max(86_400).optional(),
  }),
  read: async ({ region, accessKeyId, secretId, field, allowPrivate, ...at }, key, reaching) => {
    const url = new URL(at.url ?? `https://secretsmanager.${region}.amazonaws.com/`);
    const body = JSON.stringify({ SecretId: secretId });
    const named = [
      ["content-type", "application/x-amz-json-1.1"],
      ["x-amz-target", "secretsmanager.GetSecretValue"],
    ] as const;
    const payload = createHash("sha256").update(body).digest("hex");
    const toSign = { method: "POST", host: url.host, path: url.pathname, query: "", headers: named, payload };
    const signer = {
      accessKeyId,
      secretAccessKey: key,
      sessionToken: null,
      region,
      service: "secretsmanager",
      now: reaching.now,
    };
    const headers = Object.fromEntries([...named, ...signV4(toSign, signer)]);
    const asking = { url: url.href, method: "POST", headers, body, allowPrivate } as const;
    const { SecretString } = await askManager(TITLE, answered, asking, reaching);
    return fieldOf(TITLE, SecretString, field);
  },
});
