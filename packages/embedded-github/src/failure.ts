// Thrown to refuse a request: a status and GitHub's own error body. rest.ts turns it into the response.

export interface FailureMore {
  readonly errors?: readonly unknown[];
  readonly headers?: Readonly<Record<string, string>>;
}

export class Failure extends Error {
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: FailureMore = {}) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = (): Failure => new Failure(404, "Not Found");
export const badCredentials = (): Failure => new Failure(401, "Bad credentials");
export const forbidden = (message = "Resource not accessible by integration"): Failure =>
  new Failure(403, message);
export const unprocessable = (message: string, errors?: readonly unknown[]): Failure =>
  new Failure(422, message, errors === undefined ? {} : { errors });

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}
export const invalid = (...errors: readonly FieldError[]): Failure =>
  new Failure(422, "Validation Failed", { errors });

export function failureBody(failure: Failure): Record<string, unknown> {
  return {
    message: failure.message,
    ...(failure.errors === undefined ? {} : { errors: failure.errors }),
    documentation_url: "https://docs.github.com/rest",
    status: String(failure.status),
  };
}
