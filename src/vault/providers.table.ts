/** Where well-known providers are asked, and where their tokens go; a setting of the same name takes precedence. */
export const PROVIDERS: Readonly<
  Record<
    string,
    {
      issuer: string | null;
      authorizeUrl: string;
      tokenUrl: string;
      revokeUrl: string | null;
      /** RFC 8628. */
      deviceUrl: string;
      to: readonly string[];
    }
  >
> = {
  // docs.github.com, "Authorizing OAuth apps"; PKCE since July 2025; no RFC 7009 endpoint; its "Device flow" must be switched on in the app.
  github: {
    issuer: null,
    authorizeUrl: "https://github.com/login/oauth/authorize",
    tokenUrl: "https://github.com/login/oauth/access_token",
    revokeUrl: null,
    deviceUrl: "https://github.com/login/device/code",
    to: ["https://api.github.com"],
  },
  // docs.gitlab.com/api/oauth2 (device authorization since GitLab 17.1)
  gitlab: {
    issuer: "https://gitlab.com",
    authorizeUrl: "https://gitlab.com/oauth/authorize",
    tokenUrl: "https://gitlab.com/oauth/token",
    revokeUrl: "https://gitlab.com/oauth/revoke",
    deviceUrl: "https://gitlab.com/oauth/authorize_device",
    to: ["https://gitlab.com/api"],
  },
  // developers.google.com/identity/protocols/oauth2/web-server and limited-input-device
  google: {
    issuer: "https://accounts.google.com",
    authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenUrl: "https://oauth2.googleapis.com/token",
    revokeUrl: "https://oauth2.googleapis.com/revoke",
    deviceUrl: "https://oauth2.googleapis.com/device/code",
    to: ["https://*.googleapis.com"],
  },
};
