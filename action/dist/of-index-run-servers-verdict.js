// core/model/error.ts
var KinError = class extends Error {
  code;
  hint;
  retryable;
  wait_ms;
  constructor(message, options) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.name = "KinError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.wait_ms = options.wait_ms ?? 0;
  }
};
var explain = (error) => {
  if (error instanceof KinError) return `${error.message}
${error.hint}`;
  return error instanceof Error ? error.message : String(error);
};

export {
  KinError,
  explain
};
