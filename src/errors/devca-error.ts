import { catalogue, type ErrorCode, type ErrorContext } from './catalogue.ts';
import type { ErrorEntry, ExitStatus } from './entry.ts';

/** The one error type that devca throws on purpose. Its text, hints and exit status come from the catalogue. */
export class DevcaError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'DevcaError';
  readonly code: Code;
  readonly context: ErrorContext<Code>;
  readonly hints: readonly string[];
  readonly exitStatus: ExitStatus;

  constructor(code: Code, context: ErrorContext<Code>, options?: { cause?: unknown }) {
    const row = catalogue[code] as unknown as ErrorEntry<ErrorContext<Code>>;
    super(row.what(context), options);
    this.code = code;
    this.context = context;
    this.hints = row.fix(context);
    this.exitStatus = row.exit;
  }
}

/** Narrows an unknown error to a devca error, of one code where that is given. */
export function isDevcaError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is DevcaError<Code> {
  return error instanceof DevcaError && (code === undefined || error.code === code);
}
