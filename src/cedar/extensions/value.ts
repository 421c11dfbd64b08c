/** A value of an extension type, complete in its text: two of one type are equal where their `key` is. */
export abstract class ExtensionValue {
  /** As Cedar names the type: `decimal`, `ipaddr`, `datetime`, `duration`. */
  abstract readonly type: string;
  abstract get key(): string;
}
