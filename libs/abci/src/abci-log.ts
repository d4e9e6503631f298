/** What is told beside a line: never anything of a transaction. */
export interface AbciLogFields {
  readonly connections?: number;
  readonly method?: string;
  readonly error?: unknown;
}

/** Where this library tells what happens. */
export interface AbciLog {
  info(message: string, fields?: AbciLogFields): void;
  warn(message: string, fields?: AbciLogFields): void;
  error(message: string, fields?: AbciLogFields): void;
}
