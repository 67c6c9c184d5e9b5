// What a refused request throws: a status and the Messages API's own error body.

export interface FailureMore {
  /** Seconds, or an HTTP date. */
  readonly retry_after?: number | string | undefined;
  /** `error.details.error_code`. */
  readonly code?: string | undefined;
}

export class Failure extends Error {
  readonly status: number;
  readonly type: string;
  readonly more: FailureMore;

  constructor(status: number, message: string, more: FailureMore & { readonly type?: string } = {}) {
    super(message);
    this.status = status;
    this.type = more.type ?? TYPE_OF_STATUS.get(status) ?? "api_error";
    this.more = more;
  }
}

export const invalid = (message: string): Failure => new Failure(400, message);

const TYPE_OF_STATUS: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

export const failureBody = ({ type, message, more }: Failure, request_id: string): object => ({
  type: "error",
  error: { type, message, ...(more.code === undefined ? {} : { details: { error_code: more.code } }) },
  request_id,
});
