// Models: the files that models are, read within bounds: what each is, of what it was made, under which licence.
export { type ByteSource, bytesIn, malformed, partOf, READ_BYTES_MAX } from "./bytes.ts";
export { type Cursor, cursorOn } from "./cursor.ts";
