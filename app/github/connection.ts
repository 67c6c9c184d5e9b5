// One repository's connection to GitHub: writes wait for their turn, refusals are KinErrors.
import type { ProjectRecord } from "../../core/model/record.ts";
import { refused } from "./failure.ts";
import {
  type Answer,
  type Given,
  type Item,
  type OctokitLike,
  type Whole,
  type Within,
  wrapped,
} from "./octokit.ts";

export interface GitHubOptions {
  readonly octokit: OctokitLike;
  readonly project: Pick<ProjectRecord, "id" | "owner" | "name" | "installation_id">;
  /** Waits until this installation may write again (GitHub asks for one write per second). */
  readonly pace: () => Promise<void>;
}

/** Routes are given from the repository on. */
export interface Connection extends Pick<OctokitLike, "request" | "graphql"> {
  readonly at: { readonly owner: string; readonly repo: string };
  readonly ask: <R extends Within>(route: R, given: Given<R>) => Promise<Answer<Whole<R>>>;
  /** A whole list; `pick` keeps what is needed of each page. */
  readonly list: <R extends Within, T>(
    route: R,
    given: Given<R>,
    pick: (page: readonly Item<R>[]) => readonly T[],
  ) => Promise<readonly T[]>;
  /** A list page by page: strangers can make it endless, so it is never in memory as a whole. */
  readonly pages: <R extends Within, T>(
    route: R,
    given: Given<R>,
    to: (item: Item<R>) => T,
  ) => AsyncIterable<readonly T[]>;
}

/** Items per page; each may have texts of 65,536 characters. */
const LONG_ONES = 50;

export const connect = ({ octokit, project, pace }: GitHubOptions): Connection => {
  const { request, paginate, graphql } = wrapped(octokit, async (name, call) => {
    if (!name.startsWith("GET ")) await pace();
    return call().catch(error => {
      throw refused(error, name);
    });
  });
  const at = { owner: project.owner, repo: project.name };

  const ask: Connection["ask"] = async (route, given) =>
    (await request(whole(route), { ...at, ...(given as object) })).data;

  async function* pagesOf<R extends Within>(route: R, given: Given<R>): AsyncGenerator<readonly Item<R>[]> {
    const asked = { ...at, per_page: LONG_ONES, ...(given as object) };
    const pages = paginate.iterator<Item<R>, string>(whole(route), asked)[Symbol.asyncIterator]();
    for (;;) {
      const page = await pages.next().catch(error => {
        throw refused(error, whole(route));
      });
      if (page.done) return;
      yield page.value.data;
    }
  }
  return {
    request,
    graphql,
    at,
    ask,
    list: async (route, given, pick) => {
      const found: ReturnType<typeof pick>[number][] = [];
      for await (const page of pagesOf(route, given)) found.push(...pick(page));
      return found;
    },
    pages: async function* (route, given, to) {
      for await (const page of pagesOf(route, given)) yield page.map(to);
    },
  };
};

const whole = (route: string): string => route.replace(" ", " /repos/{owner}/{repo}");
