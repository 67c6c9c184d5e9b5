// Whether anything responds where the model is to be asked. Checked before the setup, which may take minutes; after it, the
// model's own retries would take another ten.
import { KinError } from "../../core/model/error.ts";

const PATIENCE_MS = 15_000;

/** Any response will do, and the key is not sent. Throws `model_unreachable`. */
export const reachModel = async (baseUrl: string): Promise<void> => {
  // An invalid address is reported where the model is made.
  if (!URL.canParse(baseUrl)) return;
  try {
    const options = { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
    await (await fetch(baseUrl, options)).arrayBuffer();
  } catch (cause) {
    throw new KinError(`No model answers at ${baseUrl}: ${whyOf(cause)}.`, {
      code: "model_unreachable",
      hint: "Look at the way out of this machine, and at ANTHROPIC_BASE_URL: left out, it is Anthropic's own API.",
      cause,
    });
  }
};

const whyOf = (error: unknown): string => {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `nothing within ${PATIENCE_MS / 1000} s`;
  const { code, message: inner } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  return code ?? inner ?? message;
};
