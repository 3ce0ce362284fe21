/** A call of Qdrant that failed. `message` says in words why, without address or key. */
export class QdrantFault extends Error {
  /** Whether the same call may succeed later: no answer, too many requests, an error of the server's own. */
  readonly passing: boolean;
  /** Of the answer, where there was one. */
  readonly status: number | undefined;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { passing: boolean; status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = "QdrantFault";
    this.passing = options.passing;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What the client library threw, as a fault. */
export function toFault(error: unknown): QdrantFault {
  if (error instanceof QdrantFault) return error;
  if (!(error instanceof Error)) return new QdrantFault(String(error), { passing: true });
  const { status, data, retry_after } = error as Error & { status?: number; data?: unknown; retry_after?: number };
  // The library reads Retry-After itself, of several digits only the first, and fails on a date: its type says enough.
  if (retry_after !== undefined || /Invalid retryAfter/.test(error.message)) {
    const retryAfterMs = (retry_after ?? 1) * 1000;
    return new QdrantFault("it takes no more requests now (429)", {
      passing: true,
      status: 429,
      retryAfterMs,
      cause: error,
    });
  }
  if (typeof status === "number") {
    const said = saidIn(data);
    const passing = status === 429 || status >= 500;
    const what = status === 401 || status === 403 ? "the key is not accepted" : `it answers ${status}`;
    return new QdrantFault(said && passing === false ? `${what}: ${said}` : `${what} (${said || "no reason given"})`, {
      passing,
      status,
      cause: error,
    });
  }
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException).code;
  return new QdrantFault(`it does not answer (${code ?? cause.message})`, { passing: true, cause: error });
}

/** The error text of an answer, in one short line. */
function saidIn(data: unknown): string {
  const status = (data as { status?: { error?: unknown } } | undefined)?.status;
  const text = typeof data === "string" ? data : typeof status?.error === "string" ? status.error : "";
  return text.replaceAll(/\s+/g, " ").slice(0, 200);
}
