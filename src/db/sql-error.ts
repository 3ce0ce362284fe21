/** What Postgres said of a statement: a bug when the statement is ours, a query error when it is the user's. */
export class SqlError extends Error {
  /** Five characters, for example 42703 for an unknown column. */
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly position: number | undefined;

  constructor(message: string, sqlState: string, detail?: string, position?: number) {
    super(message);
    this.name = "SqlError";
    this.sqlState = sqlState;
    this.detail = detail;
    this.position = position;
  }
}
