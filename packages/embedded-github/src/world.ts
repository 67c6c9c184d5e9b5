// What every part of the embedded GitHub shares: the records, the clock, ids, links, and one lock per repository (like
// GitHub, it serializes writes to a repository).

import path from "node:path";
import { notFound } from "./failure.ts";
import type { App, Delivery, Installation, Repository, State, User } from "./state.ts";

export interface WriteRecord {
  readonly n: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly actor: string;
  readonly app: string | null;
  readonly status: number;
}

export interface Emission {
  readonly event: string;
  readonly action?: string;
  readonly repository: Repository | null;
  readonly sender: User;
  readonly payload: Readonly<Record<string, unknown>>;
  /** For events that GitHub sends to one App only. */
  readonly onlyApp?: number;
  /** For events without a repository. */
  readonly installation?: Installation;
}

export interface Links {
  origin: string;
}

export interface World {
  readonly state: State;
  readonly deliveries: Delivery[];
  readonly dataDir: string;
  readonly now: () => Date;
  readonly links: Links;
  readonly writes: WriteRecord[];
  readonly violations: string[];
  readonly validate: boolean;
  saved(): void;
  /** A number that differs after each change. */
  changes(): number;
  id(): number;
  stamp(): string;
  lock<T>(repository: Repository, work: () => Promise<T>): Promise<T>;
  emit(emission: Emission): void;
  /** Starts the newest attempt of a run; returns at once. */
  startRun(repository: Repository, runId: number): void;
  cancelRun(runId: number): void;
}

/** Somebody doing something in a repository: the context of every change. */
export interface Deed {
  readonly world: World;
  readonly repository: Repository;
  readonly user: User;
  readonly appId: number | null;
}

export const GITHUB_ACTIONS_APP = 15368;
export const GITHUB_ACTIONS_BOT = 41898282;
export const GITHUB_ORGANIZATION = 9919;
/** The account that stands for deleted people. */
export const GHOST = 10137;

export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");
export const api = (world: World): string => `${world.links.origin}/api/v3`;
export const issuer = (world: World): string => `${world.links.origin}/_services/token`;

export const gitDirectory = (world: World, repository: Repository): string =>
  path.join(world.dataDir, "repositories", `${repository.id}.git`);

export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw notFound();
  return value;
}

export const isGone = (world: World, id: number): boolean => !world.state.users.some(user => user.id === id);
/** What deleted people leave behind belongs to the ghost. */
export const userById = (world: World, id: number): User =>
  must(world.state.users.find(user => user.id === id) ?? world.state.users.find(user => user.id === GHOST));
export const userByLogin = (world: World, login: string): User | undefined =>
  world.state.users.find(user => user.login.toLowerCase() === login.toLowerCase());
export const appById = (world: World, id: number): App => must(world.state.apps.find(app => app.id === id));
export const ownerOf = (world: World, repository: Repository): User => userById(world, repository.ownerId);
export const fullName = (world: World, repository: Repository): string =>
  `${ownerOf(world, repository).login}/${repository.name}`;
export const repositoryUrl = (world: World, repository: Repository): string =>
  `${api(world)}/repos/${fullName(world, repository)}`;
export const htmlUrl = (world: World, repository: Repository): string =>
  `${world.links.origin}/${fullName(world, repository)}`;
export const repositoryById = (world: World, id: number): Repository =>
  must(world.state.repositories.find(repository => repository.id === id));

/** A renamed or moved repository is also found by its old name, until that is taken again. */
export function movedRepository(world: World, owner: string, name: string): Repository | undefined {
  const id = world.state.redirects[`${owner}/${name}`.toLowerCase()];
  return world.state.repositories.find(repository => repository.id === id);
}

export function repositoryByName(world: World, owner: string, name: string): Repository | undefined {
  const account = userByLogin(world, owner);
  return world.state.repositories.find(
    repository => repository.ownerId === account?.id && repository.name.toLowerCase() === name.toLowerCase(),
  );
}

/** Node ids contain their kind and number, so that `node(id:)` needs no index. */
export const nodeId = (prefix: string, id: number): string => `${prefix}_kwDO${id.toString(36)}`;
export function parseNodeId(text: string): { prefix: string; id: number } | null {
  const match = /^([A-Z]+)_kwDO([0-9a-z]+)$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { prefix: match[1], id: Number.parseInt(match[2], 36) };
}

export function createLocks(): <T>(key: number, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<number, Promise<unknown>>();
  return (key, work) => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(work);
    tails.set(
      key,
      turn.catch(() => undefined),
    );
    return turn;
  };
}
