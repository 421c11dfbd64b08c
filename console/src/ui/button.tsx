import "./button.css";
import type { ReactNode } from "react";
import { Button as Pressable } from "react-aria-components/Button";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
  readonly children: ReactNode;
  /** `primary`: the one thing to do here; `danger`: ends or refuses; `quiet`: everything else. */
  readonly kind?: "primary" | "danger" | "quiet" | "plain";
  readonly icon?: IconName;
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  readonly isBusy?: boolean;
  readonly type?: "button" | "submit";
  readonly describedBy?: string | undefined;
}

export function Button(props: ButtonProps) {
  const {
    children,
    kind = "quiet",
    icon,
    onPress,
    isDisabled = false,
    isBusy = false,
    type = "button",
  } = props;
  return (
    <Pressable
      className={`button ${kind}`}
      type={type}
      isDisabled={isDisabled || isBusy}
      {...(onPress === undefined ? {} : { onPress })}
      {...(props.describedBy === undefined ? {} : { "aria-describedby": props.describedBy })}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </Pressable>
  );
}

/** A button that shows a picture alone; its name is read out and shown as a hint. */
export function IconButton(props: {
  readonly label: string;
  readonly icon: IconName;
  readonly onPress: () => void;
}) {
  return (
    <span title={props.label} className="icon-button-hint">
      <Pressable className="button plain icon-only" aria-label={props.label} onPress={props.onPress}>
        <Icon name={props.icon} />
      </Pressable>
    </span>
  );
}
