// The delivery that both servers are sent: `issues.labeled` as GitHub sends it, about 12 KB, signed.
import { createHmac } from "node:crypto";

export const SECRET = "x".repeat(32);
export const PATH = "/api/github/webhooks";

export const BODY = JSON.stringify({
  action: "labeled",
  issue: { number: 1, title: "t", body: "x".repeat(11_500) },
  label: { name: "other" },
  repository: { id: 1, name: "n", owner: { login: "o" } },
  installation: { id: 1 },
  sender: { id: 1, login: "octocat", type: "User" },
});

export const sign = (body: string | Buffer): string =>
  `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
