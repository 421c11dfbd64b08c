import { useCallback, useId, useRef } from "react";
import type { SecretPart } from "./kinds.table.ts";

const CHARACTERS_MAX = 16_384;

export type SecretName = SecretPart["name"];
export type Secrets = { readonly [N in SecretName]?: string };

/**
 * Fields for what must not stay in the page. INVARIANT: what is typed lives in the browser's own fields alone, never in
 * the state of a component; `take` reads it when it is sent, `clear` empties the fields when it was.
 */
export function useSecrets() {
  const fields = useRef(new Map<SecretName, HTMLInputElement>());
  const keep = useCallback((name: SecretName, field: HTMLInputElement | null): void => {
    if (field === null) fields.current.delete(name);
    else fields.current.set(name, field);
  }, []);
  const take = useCallback(async (): Promise<Secrets> => {
    const all = await Promise.all(
      [...fields.current].map(async ([name, field]) => [name, await textOf(field)] as const),
    );
    return Object.fromEntries(all.filter(([, text]) => text !== ""));
  }, []);
  const clear = useCallback((): void => {
    for (const field of fields.current.values()) field.value = "";
  }, []);
  return { keep, take, clear };
}

async function textOf(field: HTMLInputElement): Promise<string> {
  const [file] = field.files ?? [];
  return field.type === "file" ? ((await file?.text()) ?? "") : field.value;
}

export function SecretFields(props: {
  readonly parts: readonly SecretPart[];
  readonly keep: (name: SecretName, field: HTMLInputElement | null) => void;
}) {
  return props.parts.map((part) => <SecretField key={part.name} part={part} keep={props.keep} />);
}

function SecretField(props: {
  readonly part: SecretPart;
  readonly keep: (name: SecretName, field: HTMLInputElement | null) => void;
}) {
  const { part, keep } = props;
  const { name, label, isFile, isRequired } = part;
  const id = useId();
  const kept = useCallback((field: HTMLInputElement | null) => keep(name, field), [keep, name]);
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isRequired ? null : <span className="soft"> (if there is one)</span>}
      </label>
      <input
        id={id}
        ref={kept}
        className={isFile ? "input file" : "input"}
        type={isFile ? "file" : "password"}
        required={isRequired}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={CHARACTERS_MAX}
      />
    </div>
  );
}
