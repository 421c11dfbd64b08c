import { useId, useState } from "react";

/** A document of the API's own limit, with room for what JSON adds. */
const FILE_BYTES_MAX = 3_500_000;

/** A file that the person chooses, read as text in the browser; `onText` gets nothing where it is too large or is none. */
export function FileField(props: {
  readonly label: string;
  readonly onText: (text: string) => void;
  readonly hint?: string;
  readonly bytesMax?: number;
}) {
  const { bytesMax = FILE_BYTES_MAX } = props;
  const [id, hintId] = [useId(), useId()];
  const [problem, setProblem] = useState("");
  const take = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    const isTooLarge = file !== undefined && file.size > bytesMax;
    setProblem(isTooLarge ? `It is larger than ${sizeText(bytesMax)}.` : "");
    props.onText(file === undefined || isTooLarge ? "" : await file.text());
  };
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="file"
        className="input file"
        required
        aria-describedby={hintId}
        onChange={(event) => void take(event.currentTarget).catch(() => setProblem("It cannot be read."))}
      />
      <p id={hintId} className="soft small" role="status">
        {problem === "" ? props.hint : problem}
      </p>
    </div>
  );
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${bytes / 1_000_000} MB`;
}
