// A visit to a page: who, where, and what was typed. Forms act through the API's own routes and mutations, so that
// permissions, refusals and webhooks are the same.

import { canSee } from "../access.ts";
import type { Actor } from "../auth.ts";
import { Failure, notFound } from "../failure.ts";
import { mutate } from "../graphql-mutations.ts";
import type { Act, Answer } from "../rest.ts";
import type { Repository, User } from "../state.ts";
import { fullName, GHOST, ownerOf, repositoryByName, userByLogin, type World } from "../world.ts";
import type { Html } from "./html.ts";

export const COOKIE = "embedded_github_user";

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly tab?: "code" | "issues" | "pulls" | "actions";
  /** Seconds after which the page reloads while something is still running, even without scripts. */
  readonly refresh?: number;
  /** The same, but only with scripts, because a full reload would lose what is typed on it. */
  readonly follow?: number;
  readonly wide?: boolean;
}

export interface Visit {
  readonly world: World;
  readonly url: URL;
  readonly viewer: User;
  readonly actor: Actor;
  /** The named parts of the address, decoded. */
  readonly parts: Readonly<Record<string, string>>;
  /** The form's fields; empty if the page is only viewed. */
  readonly typed: URLSearchParams;
  readonly refusal: string | null;
  act(method: string, path: string, body?: unknown): Promise<Answer>;
  mutate(name: string, input: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface RepositoryVisit extends Visit {
  readonly repository: Repository;
  /** `/octocat/hello` */
  readonly home: string;
  /** Like `act`, below `/repos/octocat/hello`. */
  actHere(method: string, tail: string, body?: unknown): Promise<Answer>;
}

/** What the page's forms can do, by the value of their `do`; each returns the address to go to. */
export type Deeds<V extends Visit> = Readonly<Record<string, (visit: V) => Promise<string>>>;

export interface PageRoute<V extends Visit> {
  readonly path: RegExp;
  readonly show: (visit: V) => Page | Response | Promise<Page | Response>;
  readonly deeds?: Deeds<V>;
}

export interface Arrival {
  readonly world: World;
  readonly url: URL;
  readonly cookie: string;
  readonly act: Act;
  readonly owner: User | null;
  readonly parts: Readonly<Record<string, string>>;
  readonly typed: URLSearchParams;
}

export function visitOf({ world, url, cookie, act, owner, parts, typed }: Arrival): Visit {
  const viewer = viewerOf(world, cookie, owner);
  const actor: Actor = { kind: "user", user: viewer };
  return {
    world,
    url,
    viewer,
    actor,
    parts,
    typed,
    refusal: null,
    act: (method, path, body) => act(actor, { method, path, body }),
    mutate: async (name, input) => {
      await mutate(world, actor, name, input);
    },
  };
}

export function repositoryVisit(visit: Visit, owner: string, name: string): RepositoryVisit {
  const repository = repositoryByName(visit.world, owner, name);
  if (repository === undefined || !canSee(visit.actor, repository)) throw notFound();
  const full = fullName(visit.world, repository);
  return {
    ...visit,
    repository,
    home: `/${full}`,
    actHere: (method, tail, body) => visit.act(method, `/repos/${full}${tail}`, body),
  };
}

export const people = (world: World): User[] =>
  world.state.users.filter(user => user.type === "User" && user.id !== GHOST);

function viewerOf(world: World, cookie: string, owner: User | null): User {
  const login = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(cookie)?.[1];
  const chosen = login === undefined ? undefined : userByLogin(world, decodeURIComponent(login));
  if (chosen?.type === "User" && chosen.id !== GHOST) return chosen;
  const found = owner?.type === "User" ? owner : people(world)[0];
  if (found === undefined) throw new Failure(404, "Nobody is here yet.");
  return found;
}

export const ownerNamed = (world: World, owner: string, name: string): User | null => {
  const repository = repositoryByName(world, owner, name);
  if (repository === undefined) return null;
  const account = ownerOf(world, repository);
  if (account.type === "User") return account;
  return (
    people(world).find(user => repository.collaborators[user.login.toLowerCase()] === "admin") ?? account
  );
};

export const field = (visit: Visit, name: string): string => (visit.typed.get(name) ?? "").trim();
/** Text keeps its spaces; forms send line ends as CRLF. */
export const text = (visit: Visit, name: string): string =>
  (visit.typed.get(name) ?? "").replaceAll("\r\n", "\n");
