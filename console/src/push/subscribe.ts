/** `worker.ts`, built as a file of its own with its hash in its name. */
const { "./worker.ts": WORKER = "" } = import.meta.glob<string>("./worker.ts", {
  query: "?worker&url",
  import: "default",
  eager: true,
});

/** Why this browser cannot be told; null: it can. */
export function whyNot(): string | null {
  if (!("serviceWorker" in navigator) || !("PushManager" in window))
    return "This browser takes no notifications from pages like this one.";
  return Notification.permission === "denied" ? "Notifications from here are blocked in this browser." : null;
}

/** This browser's subscription under the channel's public key, as JSON; asks the person first, as browsers do. */
export async function subscribe(publicKey: string): Promise<string> {
  const registration = await navigator.serviceWorker.register(ours(WORKER), { type: "classic" });
  await active(registration);
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("Notifications were not allowed: the browser asks once, then its settings decide.");
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  return JSON.stringify(subscription);
}

/** Trusted Types (W3C), which the types of pages do not know. What a policy makes is taken where an address is. */
interface Policy {
  readonly createScriptURL: (url: string) => URL;
}

declare global {
  interface Window {
    readonly trustedTypes?: { readonly createPolicy: (name: string, rules: object) => Policy };
  }
}

let policy: Policy | undefined;

/** The one address that the page's policy lets become a script: our own worker's. */
function ours(url: string): string | URL {
  policy ??= window.trustedTypes?.createPolicy("doorward-worker", {
    createScriptURL: (given: string): string => {
      if (given === WORKER) return given;
      throw new TypeError("no script of ours");
    },
  });
  return policy?.createScriptURL(url) ?? url;
}

function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  if (worker === null || worker.state === "activated") return Promise.resolve();
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
    });
  });
}
