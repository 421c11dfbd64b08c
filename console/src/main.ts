import { keepProof, type Person, Problem, session } from "./client.ts";
import { announce, button, element, quoted } from "./dom.ts";
import { messageOf } from "./form.ts";
import { holdsSection, type Section } from "./holds.ts";
import { setUpView, signInView, spendLoginLink } from "./sign-in.ts";
import { toolsSection } from "./tools.ts";

const REFRESH_MS = 3_000;

const main = document.querySelector("main") ?? document.body;
const bar = document.querySelector("header");

/** Sign in, then the desk: what waits for this person. */
async function start(): Promise<void> {
  try {
    const linked = await spendLoginLink();
    await enter(linked ?? (await session<Person>("GET", "")));
  } catch (cause) {
    const isExpected = cause instanceof Problem && cause.code === "not_signed_in";
    showSignIn(isExpected ? null : cause);
  }
}

async function enter(person: Person): Promise<void> {
  if (!person.hasPassword && person.passkeys === 0) {
    show(setUpView(person, () => void start()));
    return;
  }
  showPerson(person);
  const sections = [holdsSection(person), toolsSection(person)];
  show(element("h1", { class: "unseen" }, "Approvals"), ...sections.map(({ node }) => node));
  await keepFresh(sections);
}

/** Refreshes while the page is looked at; a failure is said once and tried again. */
async function keepFresh(sections: readonly Section[]): Promise<void> {
  const trouble = element("p", { class: "notice", role: "alert", hidden: true });
  main.prepend(trouble);
  for (;;) {
    try {
      for (const { refresh } of sections) await refresh();
      trouble.hidden = true;
    } catch (cause) {
      if (cause instanceof Problem && cause.code === "not_signed_in") return showSignIn(cause);
      trouble.replaceChildren(messageOf(cause));
      trouble.hidden = false;
    }
    await pause();
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  if (document.visibilityState === "visible") return;
  await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

function showSignIn(problem: unknown): void {
  keepProof(null);
  bar?.querySelector(".person")?.remove();
  show(signInView(problem, (person) => void enter(person)));
}

async function leave(): Promise<void> {
  await session("POST", "/end").catch(() => null);
  keepProof(null);
  location.reload();
}

function showPerson(person: Person): void {
  bar?.querySelector(".person")?.remove();
  bar?.append(
    element(
      "div",
      { class: "person" },
      quoted(person.name),
      button("Sign out", "quiet", () => void leave()),
    ),
  );
}

function show(...nodes: readonly Node[]): void {
  main.replaceChildren(...nodes);
  announce(main.querySelector("h1")?.textContent ?? "");
}

await start();
