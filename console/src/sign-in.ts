import { keepProof, type Person, session } from "./client.ts";
import { element } from "./dom.ts";
import { accountField, buttonThatMayFail, formOf, messageOf, passwordField, textField } from "./form.ts";
import { addPasskey, canUsePasskeys, signInWithPasskey } from "./passkey.ts";
import { providerButton } from "./provider.ts";

/** The page for who is not signed in. `problem`: why, where there is something to say; `host`: the identity provider. */
export function signInView(
  problem: unknown,
  host: string | null,
  enter: (person: Person) => void,
): HTMLElement {
  const name = textField("Name", "username");
  const password = passwordField("Password", "current-password");
  const form = formOf("Sign in", [name, password], async () => {
    const body = { name: name.input.value, password: password.input.value };
    enter(entered(await session("POST", "/sign-in", body)));
  });
  return element(
    "section",
    { class: "panel narrow" },
    element("h1", {}, "Sign in"),
    problem === null ? null : element("p", { class: "problem", role: "alert" }, messageOf(problem)),
    ...(host === null ? [] : [providerButton(host, "sign-in"), element("p", { class: "or" }, "or")]),
    form,
    canUsePasskeys()
      ? buttonThatMayFail("Sign in with a passkey", "quiet", async () =>
          enter(entered(await signInWithPasskey())),
        )
      : null,
    element(
      "p",
      { class: "aside" },
      "Or open a one-time login link, which an admin makes: ",
      element("code", {}, "doorward login-links create NAME"),
    ),
  );
}

/** The first step of a new user: nothing can be approved before there is a way to show presence. */
export function setUpView(person: Person, enter: () => void): HTMLElement {
  const password = passwordField("New password, at least 12 characters", "new-password");
  const form = formOf("Set password", [password], async () => {
    await session("POST", "/password", { password: password.input.value });
    enter();
  });
  form.prepend(accountField(person.name));
  const passkey = canUsePasskeys()
    ? buttonThatMayFail("Create a passkey", "primary", async () => {
        await addPasskey("First passkey");
        enter();
      })
    : element("p", { class: "aside" }, "Passkeys need the address localhost and a browser that has them.");
  return element(
    "section",
    { class: "panel narrow" },
    element("h1", {}, `Welcome, ${person.name}`),
    element(
      "p",
      {},
      "Set a passkey or a password first. You confirm with it whenever you approve what an agent asks for.",
    ),
    passkey,
    element("p", { class: "or" }, "or"),
    form,
    element(
      "p",
      { class: "aside" },
      "The command line asks for the password; a passkey works in the console alone.",
    ),
  );
}

/** Spends the token in the address's fragment, once, and takes it out of the address and the history. */
export async function spendLoginLink(): Promise<Person | null> {
  const token = location.hash.slice(1);
  if (location.pathname !== "/login" || token === "") return null;
  history.replaceState(null, "", "/");
  return entered(await session("POST", "/open", { token }));
}

function entered(opened: Person & { proof: string }): Person {
  keepProof(opened.proof);
  return opened;
}
