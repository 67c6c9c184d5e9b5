// The mutants of workload identity: its guards in the Action and in the adapter of the Messages API.
import { type Guard, g } from "./guard.ts";
import { by, inFile } from "./mutant.ts";

const adapter = inFile("model/identity");
const choice = inFile("app/credential");

export const IDENTITY_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "action/credential.ts": [
    g("no-key-beside", "keysAt.length > 0", "false", by(choice("a key beside workload identity is refused"))),
    g(
      "only-identity",
      "given ?",
      'given && apiKey === "" ?',
      by(choice("a key beside workload identity is refused")),
    ),
    g("one-id", "if (differ)", "if (differ && passed === configured)", by(choice("two of a kind"))),
    g("form-of-an-id", "if (form.test(id))", 'if (id !== "")', by(choice("an id is refused by its name"))),
    g(
      "audience",
      "idToken(IDENTITY_AUDIENCE)",
      'idToken("")',
      by(choice("an OIDC token for Anthropic and for nobody else")),
    ),
  ],
  "action/llm/identity.ts": [
    g(
      "hidden-tokens",
      'hidden = hidden.replaceAll(secret, "[redacted]")',
      "void secret",
      by(adapter("a token of whatever form is in nothing that Kin says")),
    ),
    g(
      "hidden-pieces",
      '.replace(LOOKS_SECRET, "[redacted]")',
      "",
      by(adapter("neither token is in what Kin says")),
    ),
    g(
      "limit-of-an-exchange",
      "signal: AbortSignal.timeout(longest)",
      "",
      by(adapter("an endpoint that says nothing is given up after its time")),
    ),
    g(
      "held-refusal",
      "held !== null && clock.now() < held.until",
      "held === undefined",
      by(adapter("a refused exchange is not tried again for ten minutes")),
    ),
    g(
      "held-for-ten-minutes",
      "10 * 60_000",
      "11 * 60_000",
      by(adapter("a refused exchange is not tried again for ten minutes")),
    ),
    g(
      "masked-token",
      "onToken(token.token);",
      "void onToken;",
      by(adapter("a run's OIDC token is exchanged for one")),
    ),
    g(
      "renewed-already",
      "current.token !== refusedToken",
      "false",
      by(adapter("a conversation that hears late of a token")),
    ),
    g(
      "renewed-for-the-refused",
      "refusedToken = ",
      "void ",
      by(adapter("a 401 of the Messages API exchanges once more")),
    ),
    g(
      "one-exchange",
      "underWay ??=",
      "underWay =",
      by(adapter("four conversations whose token the API drops")),
    ),
    g(
      "lost-exchange",
      "if (told.lost)",
      "if (told.claims === null)",
      by(adapter("a fault that may pass is waited for")),
    ),
    g(
      "passing-faults",
      "if (passes)",
      "if (passes && status === null)",
      by(adapter("a fault that may pass is waited for")),
    ),
  ],
  "action/llm/anthropic.ts": [
    g(
      "one-renewal",
      "renewals-- > 0",
      "renewals-- > -1",
      by(adapter("a 401 of the Messages API exchanges once more, and only once")),
    ),
    g(
      "abort-of-an-exchange",
      "await orAborted(reading, signal)",
      "await reading",
      by(adapter("a stop does not wait for a token")),
    ),
    g(
      "a-renewal",
      "error.status === 401 && mayRenew()",
      "false",
      by(adapter("four conversations whose token the API drops")),
    ),
  ],
};
