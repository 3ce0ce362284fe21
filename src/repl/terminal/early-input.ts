import { StringDecoder } from "node:string_decoder";

/** Bracketed paste: the terminal marks what is pasted. */
export const PASTE_ON = "\u001b[?2004h";
export const PASTE_OFF = "\u001b[?2004l";

/** Keys that are typed while the program still loads are kept for it. */
export interface EarlyInput {
  take(): string;
}

/** Puts the terminal into raw mode at once, so that nothing typed meanwhile is echoed, lost or a signal. */
export function listenEarly({ stdin, stdout }: { stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream }): EarlyInput {
  let early = "";
  const decoder = new StringDecoder("utf8");
  const keep = (chunk: Buffer) => {
    early += decoder.write(chunk);
  };
  stdin.setRawMode(true);
  // The composer as it will be: ink takes longer to load than a user to look.
  stdout.write(`${PASTE_ON}> `);
  stdin.on("data", keep);
  return {
    take() {
      stdout.write("\r\u001b[2K");
      stdin.off("data", keep);
      // What came before raw mode ends its lines with a line feed.
      return early.replaceAll("\n", "\r");
    },
  };
}
