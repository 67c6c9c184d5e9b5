// Rulesets: which branches may be created, moved or deleted, and by whom. Every move of a ref is checked here.

import { Failure } from "./failure.ts";
import { ZERO } from "./git-read.ts";
import type { RefMove } from "./ref-move.ts";
import type { Repository, Rule, Ruleset } from "./state.ts";
import { type Deed, must } from "./world.ts";

const WORDS: Readonly<Record<Rule, string>> = {
  creation: "Cannot create ref due to creations being restricted.",
  update: "Cannot update this protected ref.",
  deletion: "Cannot delete this protected ref.",
  pull_request: "Changes must be made through a pull request.",
};

export interface Way {
  /** A merge satisfies the rule that requires pull requests. */
  readonly merging?: boolean;
  /** The API's status differs by route. */
  readonly status?: number;
}

export function refuseByRules(deed: Deed, move: RefMove, way: Way = {}): void {
  const broken = brokenRules(deed, move, way.merging ?? false);
  if (broken.length === 0) return;
  const reasons = broken.map(rule => `${WORDS[rule]}\n\n`).join("");
  throw new Failure(way.status ?? 422, `Repository rule violations found\n\n${reasons}`);
}

/** What git prints to somebody whose push breaks a rule; null if it breaks none. */
export function pushRefusal(deed: Deed, moves: readonly RefMove[]): string | null {
  for (const move of moves) {
    const broken = brokenRules(deed, move, false);
    if (broken.length === 0) continue;
    return [
      `error: GH013: Repository rule violations found for ${move.ref}.`,
      ...broken.map(rule => `- ${WORDS[rule]}`),
    ].join("\n");
  }
  return null;
}

function brokenRules({ repository, user }: Deed, move: RefMove, merging: boolean): Rule[] {
  const branch = /^refs\/heads\/(.+)$/.exec(move.ref)?.[1];
  if (branch === undefined) return [];
  const found = repository.rulesets.filter(
    ruleset => covers(repository, ruleset, branch) && !ruleset.bypass.includes(user.login),
  );
  const rules = new Set(found.flatMap(ruleset => ruleset.rules));
  const kind = move.before === ZERO ? "creation" : move.after === ZERO ? "deletion" : "update";
  const asked: Rule[] = kind === "update" && !merging ? ["update", "pull_request"] : [kind];
  return asked.filter(rule => rules.has(rule));
}

function covers(repository: Repository, ruleset: Ruleset, branch: string): boolean {
  return ruleset.branches.some(pattern => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return branch === repository.defaultBranch;
    return globOf(pattern).test(branch);
  });
}

/** Like fnmatch with FNM_PATHNAME: a single star does not match slashes. */
function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|\*|\?|[.+^${}()|[\]\\]/g, part => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part === "?" ? "[^/]" : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

/** The commands at the head of a push: `old new ref`, as pkt-lines up to a flush. */
export function pushedMoves(body: Uint8Array): RefMove[] {
  const moves: RefMove[] = [];
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number.parseInt(text.toString("latin1", at, at + 4), 16);
    if (!(length > 4)) break;
    const line = text.toString("utf8", at + 4, at + length).split("\0")[0] ?? "";
    const [, before, after, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+?)\n?$/.exec(line) ?? [];
    if (ref !== undefined) moves.push({ ref, before: must(before), after: must(after) });
    at += length;
  }
  return moves;
}
