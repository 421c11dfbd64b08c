import "./field.css";
import { type ReactNode, useState } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField as Field } from "react-aria-components/TextField";
import { Button } from "./button.tsx";
import { FormProblem } from "./notice.tsx";

const CHARACTERS_MAX = 256;

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "password" | "search";
  readonly autoComplete?: string;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  /** The label is read out and not shown. */
  readonly isBare?: boolean;
  /** Under the field, and read out with it: what it takes. */
  readonly hint?: string;
  readonly charactersMax?: number;
  /** Lines that are seen at once, where there are several. */
  readonly rows?: number;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, type = "text", isRequired = true, isBare = false } = props;
  return (
    <Field
      className="field"
      value={value}
      onChange={onChange}
      type={type}
      isRequired={isRequired}
      maxLength={props.charactersMax ?? CHARACTERS_MAX}
      {...(props.autoComplete === undefined ? {} : { autoComplete: props.autoComplete })}
      {...(isBare ? { "aria-label": label } : {})}
    >
      {isBare ? null : <Label>{label}</Label>}
      <Input
        className="input"
        autoCapitalize="none"
        spellCheck={false}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      />
      <Hint text={props.hint} />
    </Field>
  );
}

/** Several lines of text. */
export function LinesField(props: Omit<TextFieldProps, "type" | "autoComplete" | "isBare">) {
  return (
    <Field
      className="field"
      value={props.value}
      onChange={props.onChange}
      isRequired={props.isRequired ?? true}
      maxLength={props.charactersMax ?? CHARACTERS_MAX}
    >
      <Label>{props.label}</Label>
      <TextArea
        className="input"
        rows={props.rows ?? 3}
        autoCapitalize="none"
        spellCheck={false}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      />
      <Hint text={props.hint} />
    </Field>
  );
}

function Hint({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Text slot="description" className="soft small">
      {text}
    </Text>
  );
}

/** Names the account to password managers, in forms that ask for the password alone. */
export function AccountField({ name }: { readonly name: string }) {
  return (
    <input
      className="unseen"
      type="text"
      name="username"
      autoComplete="username"
      tabIndex={-1}
      aria-hidden="true"
      value={name}
      readOnly
    />
  );
}

/** A form that never navigates: one submit at a time, its problems said in place. */
export function Form(props: {
  readonly submit: string;
  readonly act: () => Promise<void>;
  readonly children: ReactNode;
}) {
  const { isBusy, problem, run } = useAct(props.act);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      {props.children}
      <FormProblem problem={problem} />
      <Button type="submit" kind="primary" isBusy={isBusy}>
        {props.submit}
      </Button>
    </form>
  );
}

/** A button on its own, with the place where its problems are said. */
export function ActButton(props: {
  readonly kind?: "primary" | "quiet" | "danger";
  readonly act: () => Promise<void>;
  readonly children: ReactNode;
}) {
  const { isBusy, problem, run } = useAct(props.act);
  return (
    <div className="form">
      <Button kind={props.kind ?? "quiet"} onPress={run} isBusy={isBusy}>
        {props.children}
      </Button>
      <FormProblem problem={problem} />
    </div>
  );
}

/** Runs something that may fail, one at a time, and keeps what went wrong for showing. */
export function useAct(act: () => Promise<void>) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const run = (): void => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    void act()
      .catch((cause: unknown) => setProblem(cause))
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, run };
}
