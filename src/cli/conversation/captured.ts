import { Writable } from "node:stream";

/** A stream that keeps what is written to it; `see` is told of each piece. */
export function captured(see: (text: string) => void = () => {}): { stream: Writable; text(): string } {
  let kept = "";
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = chunk.toString();
      kept += text;
      see(text);
      done();
    },
  });
  return { stream, text: () => kept };
}
