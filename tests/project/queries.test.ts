// Checks every GraphQL query of Kin's against GitHub's published schema, whether or not a story sends it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readQuery } from "embedded-github/graphql-schema";
import { expect, test } from "vitest";

const DIRECTORY = join(import.meta.dirname, "../../app/github");
const sources = readdirSync(DIRECTORY).map(name => readFileSync(join(DIRECTORY, name), "utf8"));
const all = (pattern: RegExp): readonly string[] =>
  sources.flatMap(source => [...source.matchAll(pattern)].map(([whole, inner]) => inner ?? whole));

const written = all(/(?:`|")((?:query|mutation)\b[^`"]*\{[^`"]*)(?:`|")/g);
const DRAFTS = ["convertPullRequestToDraft", "markPullRequestReadyForReview"];
/** The placeholder that pulls.ts has instead of a name. */
const DRAFT = /\$\{mutation\}/;
const queries = written.flatMap(query =>
  DRAFT.test(query) ? DRAFTS.map(name => query.replace(DRAFT, name)) : [query],
);

test("each query that is sent is known", () => {
  expect(written).toHaveLength(all(/\bgraphql(?:<\w+>)?\(/g).length);
  expect(queries.filter(query => /\$\{/.test(query))).toEqual([]);
});

test.for(queries)("GitHub's schema has what is asked for: %s", query => {
  expect(readQuery(query)).toMatchObject({ kind: "Document" });
});

test("what it does not have is told", () => {
  expect(readQuery("query { viewer { nobody } }")).toMatchObject([
    { message: "Field 'nobody' doesn't exist on type 'User'" },
  ]);
});
