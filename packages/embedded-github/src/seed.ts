// A new world: GitHub's own organisation and the App that jobs act as.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { App, State, User } from "./state.ts";
import { GITHUB_ACTIONS_APP, GITHUB_ACTIONS_BOT, GITHUB_ORGANIZATION } from "./world.ts";

export function seedState(createdAt: string): State {
  return {
    version: 1,
    nextId: 1001,
    seed: randomBytes(32).toString("hex"),
    oidcKey: null,
    users: [
      user(GITHUB_ORGANIZATION, "github", "Organization"),
      user(GITHUB_ACTIONS_BOT, "github-actions[bot]", "Bot"),
    ],
    apps: [actionsApp()],
    installations: [],
    tokens: {},
    repositories: [],
    redirects: {},
  };

  function user(id: number, login: string, type: User["type"]): User {
    return { id, login, type, name: null, createdAt };
  }

  function actionsApp(): App {
    const empty = { webhook: null, permissions: {}, events: [], privateKey: "", publicKey: "" };
    const name = "GitHub Actions";
    return {
      id: GITHUB_ACTIONS_APP,
      slug: "github-actions",
      name,
      botId: GITHUB_ACTIONS_BOT,
      createdAt,
      ...empty,
    };
  }
}

export function newKey(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
