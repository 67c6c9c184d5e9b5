// Issues the tokens that tell which run a job belongs to.

import { createPrivateKey, createPublicKey, randomUUID } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { tokenOf } from "./auth.ts";
import { badCredentials, notFound } from "./failure.ts";
import { newKey } from "./seed.ts";
import type { Repository, Run, Token } from "./state.ts";
import { fullName, issuer, must, ownerOf, repositoryById, userById, type World } from "./world.ts";

const KEY_ID = "embedded-1";
const LIFE = 300;

export async function oidcAnswer(world: World, request: Request, path: string): Promise<unknown> {
  if (path === "/.well-known/openid-configuration") return configuration(world);
  if (path === "/.well-known/jwks") return { keys: [await publicKey(world)] };
  const runId = /^\/request\/(\d+)\/idtoken$/.exec(path)?.[1];
  if (runId === undefined) throw notFound();
  const bearer = /^bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer === undefined) throw badCredentials();
  const token = tokenOf(world, bearer);
  if (token.kind !== "id-token" || token.runId !== Number(runId)) throw badCredentials();
  const value = await sign(world, token, new URL(request.url).searchParams.get("audience"));
  return { count: value.length, value };
}

function configuration(world: World) {
  const url = issuer(world);
  return {
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks`,
    subject_types_supported: ["public", "pairwise"],
    response_types_supported: ["id_token"],
    claims_supported: [
      "sub",
      "aud",
      "exp",
      "iat",
      "iss",
      "jti",
      "nbf",
      "repository_id",
      "run_id",
      "actor_id",
    ],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid"],
  };
}

function signingKey(world: World): string {
  world.state.oidcKey ??= newKey().privateKey;
  world.saved();
  return world.state.oidcKey;
}

async function publicKey(world: World) {
  const jwk = await exportJWK(createPublicKey(signingKey(world)));
  return { ...jwk, kid: KEY_ID, alg: "RS256", use: "sig" };
}

type IdToken = Extract<Token, { kind: "id-token" }>;

async function sign(world: World, token: IdToken, audience: string | null): Promise<string> {
  const repository = repositoryById(world, token.repositoryId);
  const run = must(repository.runs.find(one => one.id === token.runId));
  const now = Math.floor(world.now().getTime() / 1000);
  return new SignJWT(claims(world, { token, repository, run }))
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: KEY_ID })
    .setIssuer(issuer(world))
    .setAudience(audience ?? `${world.links.origin}/${ownerOf(world, repository).login}`)
    .setSubject(subject(world, repository, { token, run }))
    .setJti(randomUUID())
    .setNotBefore(now - LIFE)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFE)
    .sign(createPrivateKey(signingKey(world)));
}

function subject(world: World, repository: Repository, of: { token: IdToken; run: Run }): string {
  const { environment } = of.token;
  const tail = environment === null ? `ref:${of.run.ref}` : `environment:${environment}`;
  return `repo:${fullName(world, repository)}:${tail}`;
}

function claims(
  world: World,
  of: { token: IdToken; repository: Repository; run: Run },
): Record<string, string> {
  const { token, repository, run } = of;
  const owner = ownerOf(world, repository);
  const path = must(repository.workflows.find(row => row.id === run.workflowId)).path;
  const workflowRef = `${fullName(world, repository)}/${path}@${run.ref}`;
  const job = run.attempts.flatMap(attempt => attempt.jobs).find(one => one.name === token.job);
  return {
    ref: run.ref,
    sha: run.sha,
    repository: fullName(world, repository),
    repository_owner: owner.login,
    repository_owner_id: String(owner.id),
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(token.attempt),
    repository_visibility: repository.private ? "private" : "public",
    repository_id: String(repository.id),
    actor_id: String(run.actorId),
    actor: userById(world, run.actorId).login,
    workflow: run.name,
    head_ref: "",
    base_ref: "",
    event_name: "workflow_dispatch",
    ref_protected: String(repository.protections[run.ref.replace("refs/heads/", "")] !== undefined),
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    workflow_ref: workflowRef,
    workflow_sha: run.sha,
    job_workflow_ref: token.jobWorkflowRef ?? workflowRef,
    job_workflow_sha: run.sha,
    runner_environment: "github-hosted",
    ...(job === undefined ? {} : { check_run_id: String(job.id) }),
    ...(token.environment === null ? {} : { environment: token.environment }),
  };
}
