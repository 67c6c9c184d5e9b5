// What the Action talks to at its start, on loopback: the runner's OIDC endpoint, an App, and a model that receives
// requests and never responds.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClaimAnswer } from "../core/model/wire.ts";
import { aJournal } from "../tests/build.ts";

export type Heard = "claim" | "model";

export interface StandIn {
  /** The environment of a job, pointing at this stand-in for everything. */
  readonly env: Readonly<Record<string, string>>;
  /** `hear` is called for each of the two requests as it arrives. */
  readonly listen: (hear: (what: Heard) => void) => void;
  readonly close: () => void;
}

/** Milliseconds until the response. */
export interface Waits {
  readonly token: number;
  readonly claim: number;
}

export const openStandIn = async (waits: Waits): Promise<StandIn> => {
  const answers: Readonly<Record<string, readonly [body: unknown, wait: number]>> = {
    "/token": [{ value: "a.b.c" }, waits.token],
    "/kin/claim": [CLAIM, waits.claim],
  };
  let hear = (_: Heard): void => {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://stand-in");
    if (pathname === "/kin/claim") hear("claim");
    // No response: the process ends here.
    if (pathname === "/v1/messages") return hear("model");
    const [body, wait] = answers[pathname] ?? [{}, 0];
    const answer = () => response.end(JSON.stringify(body));
    if (wait === 0) answer();
    else setTimeout(answer, wait);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      PATH: process.env.PATH ?? "",
      INPUT_SERVER: url,
      INPUT_ISSUE: "1",
      INPUT_PIPELINE: "p1",
      "INPUT_ANTHROPIC-API-KEY": "x",
      "INPUT_ANTHROPIC-BASE-URL": url,
      GITHUB_SERVER_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?a=b`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
    },
    listen: hearing => {
      hear = hearing;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** Opened, claimed and set up: next comes the project manager's first turn. */
const CLAIM: ClaimAnswer = {
  kind: "claimed",
  pipeline: "p1",
  run_token: "t",
  heartbeat: 15,
  journal: [...aJournal()],
  git: { url: "http://127.0.0.1/none", authorization: "none" },
};
