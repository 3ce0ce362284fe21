import { AppError } from "../lib/errors.js";

/**
 * A signal that SIGINT and SIGTERM abort. The second one is not held back: it ends the process at once, as the
 * shell expects (130), by way of the system's own handling. `stop` aborts the same signal, `release` removes the
 * listeners.
 */
export function listenForInterruption(): { signal: AbortSignal; stop: () => void; release: () => void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, name);
      return;
    }
    stop();
  };
  const stop = () => controller.abort(new AppError("cancelled", "Cancelled."));
  const release = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return { signal: controller.signal, stop, release };
}
