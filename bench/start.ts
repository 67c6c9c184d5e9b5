// From the start of the Action's process to its first request, which is the claim.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Figure } from "./main.ts";
import { median } from "./median.ts";

const ROUNDS = 9;
const BUNDLE = join(import.meta.dirname, "..", "action", "dist", "index.js");

export const start = async (): Promise<readonly Figure[]> => {
  let heard = () => {};
  const server = createServer((request, response) => {
    if (request.url?.includes("token")) response.end(JSON.stringify({ value: "a.b.c" }));
    else heard();
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    PATH: process.env.PATH,
    INPUT_SERVER: url,
    INPUT_ISSUE: "1",
    INPUT_PIPELINE: "1-1-1",
    "INPUT_ANTHROPIC-API-KEY": "x",
    GITHUB_SERVER_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?a=b`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
  };
  const action: number[] = [];
  const node: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    action.push(
      await timed(resolve => {
        heard = resolve;
        return spawn(process.execPath, [BUNDLE], { env, stdio: "ignore" });
      }),
    );
    node.push(
      await timed(resolve =>
        spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }).once("close", resolve),
      ),
    );
  }
  server.closeAllConnections();
  server.close();
  const found = median(action);
  return [
    {
      what: "Action: process start to its claim",
      found: `${found.toFixed(0)} ms (node alone ${median(node).toFixed(0)} ms)`,
      goal: "≤ 135 ms to the first model request",
      ok: found <= 135,
    },
  ];
};

const timed = async (run: (resolve: () => void) => ReturnType<typeof spawn>): Promise<number> => {
  const begun = performance.now();
  let child: ReturnType<typeof spawn> | null = null;
  await new Promise<void>(resolve => {
    child = run(() => resolve());
  });
  const elapsed = performance.now() - begun;
  (child as unknown as ReturnType<typeof spawn>).kill("SIGKILL");
  return elapsed;
};
