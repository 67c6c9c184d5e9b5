// Who is asking: a person's token, an App's JWT, an installation's or a job's token, or nobody. access.ts says what
// they may do.

import { createHash, createPublicKey, randomBytes } from "node:crypto";
import { jwtVerify } from "jose";
import { badCredentials, Failure } from "./failure.ts";
import type { App, Grants, Installation, Token, User } from "./state.ts";
import { appById, GITHUB_ACTIONS_APP, userById, type World } from "./world.ts";

export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly user: User }
  | { readonly kind: "app"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly app: App;
      readonly user: User;
      /** Absent for a job's token. */
      readonly installation: Installation | null;
      readonly permissions: Grants;
      readonly repositoryIds: readonly number[] | null;
    };

export async function authenticate(world: World, header: string | null): Promise<Actor> {
  const credential = readCredential(header);
  if (credential === null) return { kind: "anonymous" };
  if (credential.split(".").length === 3) return { kind: "app", app: await appOfJwt(world, credential) };
  return actorOf(world, tokenOf(world, credential));
}

function readCredential(header: string | null): string | null {
  if (header === null || header.trim() === "") return null;
  const [scheme = "", value = ""] = header.trim().split(/\s+/, 2);
  if (/^(bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) throw badCredentials();
  const decoded = Buffer.from(value, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  const password = colon < 0 ? "" : decoded.slice(colon + 1);
  // Also accepts a token as the user name with an empty password.
  return password === "" || password === "x-oauth-basic" ? decoded.slice(0, colon) : password;
}

const digest = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Tokens are kept as hashes, except people's, because `addUser` returns the same one again. */
export function mintToken(world: World, prefix: string, token: Token): string {
  const text = `${prefix}_${randomBytes(24).toString("base64url").replaceAll(/[-_]/g, "x")}`;
  world.state.tokens[digest(text)] = token;
  forgetExpired(world);
  world.saved();
  return text;
}

export const registerToken = (world: World, text: string, token: Token): void => {
  world.state.tokens[digest(text)] = token;
};

function forgetExpired(world: World): void {
  const now = world.now().toISOString();
  for (const [key, token] of Object.entries(world.state.tokens))
    if (token.kind !== "user" && token.expiresAt < now) delete world.state.tokens[key];
}

export function tokenOf(world: World, text: string): Token {
  const token = world.state.tokens[digest(text)];
  if (token === undefined) throw badCredentials();
  if (token.kind !== "user" && token.expiresAt < world.now().toISOString()) throw badCredentials();
  return token;
}

function actorOf(world: World, token: Token): Actor {
  switch (token.kind) {
    case "user":
      return { kind: "user", user: userById(world, token.userId) };
    case "installation": {
      const installation = world.state.installations.find(one => one.id === token.installationId);
      if (installation === undefined) throw badCredentials();
      const app = appById(world, installation.appId);
      const user = userById(world, app.botId);
      const { permissions, repositoryIds } = token;
      return { kind: "installation", app, user, installation, permissions, repositoryIds };
    }
    case "job": {
      const app = appById(world, GITHUB_ACTIONS_APP);
      const user = userById(world, app.botId);
      const repositoryIds = [token.repositoryId];
      return {
        kind: "installation",
        app,
        user,
        installation: null,
        permissions: token.permissions,
        repositoryIds,
      };
    }
    case "id-token":
      throw badCredentials();
    default:
      throw new Error(`unknown token ${JSON.stringify(token satisfies never)}`);
  }
}

// Checked against the real clock even if the world's is set, because an App signs with its own.
async function appOfJwt(world: World, jwt: string): Promise<App> {
  const issuer = String(claimsOf(jwt).iss ?? "");
  const app = world.state.apps.find(one => String(one.id) === issuer && one.publicKey !== "");
  if (app === undefined) throw new Failure(401, "A JSON web token could not be decoded");
  try {
    const { payload } = await jwtVerify(jwt, createPublicKey(app.publicKey), {
      algorithms: ["RS256"],
      clockTolerance: 60,
      requiredClaims: ["iat", "exp"],
    });
    if ((payload.exp ?? 0) - Math.floor(Date.now() / 1000) > 600 + 60)
      throw new Failure(401, "'Expiration time' claim ('exp') is too far in the future");
    return app;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(401, "A JSON web token could not be decoded");
  }
}

function claimsOf(jwt: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    throw new Failure(401, "A JSON web token could not be decoded");
  }
}
