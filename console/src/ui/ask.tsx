import { type ReactNode, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { useAct } from "./field.tsx";
import { FormProblem } from "./notice.tsx";

/** A button that opens a window with whatever `children` makes of the way to close it; nothing is kept when it closes. */
export function DialogButton(props: {
  readonly label: ReactNode;
  readonly title: string;
  readonly kind?: NonNullable<ButtonProps["kind"]>;
  readonly icon?: NonNullable<ButtonProps["icon"]>;
  readonly children: (close: () => void) => ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button
        onPress={() => setOpen(true)}
        kind={props.kind ?? "quiet"}
        {...(props.icon === undefined ? {} : { icon: props.icon })}
      >
        {props.label}
      </Button>
      <Dialog title={props.title} isOpen={isOpen} close={close}>
        {props.children(close)}
      </Dialog>
    </>
  );
}

/**
 * A button whose act cannot be taken back: a window says what it does, in words that name what it does it to
 * (`children`), and only the second button acts. `act` answers false where the person withdrew.
 */
export function DangerButton(props: {
  readonly label: string;
  readonly title: string;
  readonly confirm: string;
  readonly children: ReactNode;
  readonly act: () => Promise<boolean>;
}) {
  return (
    <DialogButton label={props.label} title={props.title} kind="danger">
      {(close) => <Confirming {...props} close={close} />}
    </DialogButton>
  );
}

function Confirming(props: {
  readonly confirm: string;
  readonly children: ReactNode;
  readonly act: () => Promise<boolean>;
  readonly close: () => void;
}) {
  const { isBusy, problem, run } = useAct(async () => {
    if (await props.act()) props.close();
  });
  return (
    <>
      {props.children}
      <FormProblem problem={problem} />
      <div className="row end">
        <Button kind="plain" onPress={props.close}>
          Cancel
        </Button>
        <Button kind="danger" isBusy={isBusy} onPress={run}>
          {props.confirm}
        </Button>
      </div>
    </>
  );
}
