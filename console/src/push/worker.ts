// The console's service worker: shows that something waits, and opens its page. What is pushed holds nothing of a request,
// and nothing is kept, fetched or answered here.

const WORDS = "A request waits for you";

self.addEventListener("push", (event) => {
  const registration: unknown = Reflect.get(self, "registration");
  if (!(registration instanceof ServiceWorkerRegistration)) return;
  const { body, tag, url } = read(Reflect.get(event, "data"));
  call(event, "waitUntil", registration.showNotification("Doorward", { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  const notification: unknown = Reflect.get(event, "notification");
  if (!(notification instanceof Notification)) return;
  notification.close();
  const data: unknown = notification.data;
  const url: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "url") : null;
  call(event, "waitUntil", call(Reflect.get(self, "clients"), "openWindow", atHome(url)));
});

/** What only service workers have is not among the types of pages. */
function call(on: unknown, name: string, argument: unknown): unknown {
  const method: unknown = typeof on === "object" && on !== null ? Reflect.get(on, name) : null;
  return typeof method === "function" ? Reflect.apply(method, on, [argument]) : null;
}

function read(data: unknown) {
  let told: unknown = null;
  try {
    told = JSON.parse(String(call(data, "text", null)));
  } catch {
    // No JSON: still something that waits.
  }
  const field = (name: string): string | null => {
    const value: unknown = typeof told === "object" && told !== null ? Reflect.get(told, name) : null;
    return typeof value === "string" ? value : null;
  };
  return { body: field("body") ?? WORDS, tag: field("tag") ?? "doorward", url: field("url") };
}

/** A page of this console; whatever else was sent leads to its beginning. */
function atHome(url: unknown): string {
  const home = `${self.location.origin}/`;
  if (typeof url !== "string" || !URL.canParse(url)) return home;
  return new URL(url).origin === self.location.origin ? url : home;
}
