/** More lines than any screen has. */
const ROWS = 1_000_000;

/**
 * A terminal that tells ink that it is never full. Where ink's output is as high as the screen, also for a moment after
 * the screen has shrunk, ink clears the screen and the scrollback with it; what we draw is kept below the real height
 * (src/repl/app.tsx), and what was printed is not ink's to clear.
 */
export function unlimitedHeight(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stdout, {
    get(target, name) {
      if (name === "rows") return ROWS;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
