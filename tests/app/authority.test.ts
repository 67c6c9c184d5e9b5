// What GitHub is asked about people: in every cell of the table, an unanswered question never lets anybody do anything.
import { describe, expect, test } from "vitest";
import type { GitHub, GitHubUser } from "../../app/github/port.ts";
import { isKin, may, mayStillAsk, wordsOf } from "../../app/tasks/authority.ts";
import { KinError } from "../../core/model/error.ts";
import type { RepositoryPermission } from "../../core/model/repository.ts";
import { AUTHORITY, authorityFor, type Case, type Deed, type Role } from "../../core/pipeline/authority.ts";
import { aConfig } from "../build.ts";

const PLANE = {
  app: { id: 1, slug: "kin", bot_id: 900 },
  actions_bot_id: 41_898_282,
  reviewer: { bot_id: 901, github: async () => ({}) as GitHub },
};
const LISTED = 49_699_333;
const PEOPLE: readonly RepositoryPermission[] = ["none", "read", "triage", "write", "maintain", "admin"];
const OTHERS: Readonly<Record<Exclude<Role, RepositoryPermission | "unknown">, GitHubUser>> = {
  kin: { id: 900, login: "kin[bot]", type: "Bot" },
  workflow: { id: 41_898_282, login: "github-actions[bot]", type: "Bot" },
  ghost: { id: 0, login: "ghost", type: "User" },
  listed_bot: { id: LISTED, login: "dependabot[bot]", type: "Bot" },
  bot: { id: 7, login: "dependabot[bot]", type: "Bot" },
};
const PERSON: GitHubUser = { id: 5, login: "monalisa", type: "User" };
const DEEDS = Object.keys(AUTHORITY) as Deed[];
const cases = [...PEOPLE, ...(Object.keys(OTHERS) as (keyof typeof OTHERS)[])].flatMap(role =>
  (["none", "asker", "only_asker", "contributor"] as const).flatMap(relation =>
    (["as_said", "edited", "older", "dismissed"] as const).flatMap(state =>
      (["triage", "write", "admin"] as const).map(trigger => ({ role, relation, state, trigger })),
    ),
  ),
);
const userOf = (role: Role): GitHubUser => (role in OTHERS ? OTHERS[role as keyof typeof OTHERS] : PERSON);

type Question = "permission" | "relation" | "state";
const REFUSED = new KinError("Forbidden", { code: "github_403", hint: "" });
const DOWN = new KinError("Bad Gateway", { code: "github_502", hint: "", retryable: true });

/** Asks about the case while GitHub fails at one of the questions. */
const asked = (deed: Deed, at: Case, fails?: { readonly at: Question; readonly with: Error }) => {
  const answer =
    <T>(question: Question, value: T) =>
    async (): Promise<T> => {
      if (fails?.at === question) throw fails.with;
      return value;
    };
  return may(deed, {
    by: userOf(at.role),
    // GitHub is not asked about what is not a person, whatever it would say.
    github: { permission: answer("permission", at.role in OTHERS ? "admin" : at.role) } as unknown as GitHub,
    plane: PLANE,
    config: aConfig({ bots: [LISTED, 900, 901, 41_898_282], trigger: { permission: at.trigger } }),
    relation: answer("relation", at.relation),
    state: answer("state", at.state),
  });
};

describe("in every cell", () => {
  const wrongIn = async (isWrong: (deed: Deed, at: Case) => Promise<boolean>): Promise<readonly object[]> => {
    const wrong: object[] = [];
    for (const deed of DEEDS)
      for (const at of cases) if (await isWrong(deed, at)) wrong.push({ deed, ...at });
    return wrong;
  };
  /** Permission is only asked for people. */
  const isAsked = (question: Question, { role }: Case) => question !== "permission" || !(role in OTHERS);

  test("what GitHub says is what the table is asked with", async () => {
    const wrong = await wrongIn(async (deed, at) => {
      const [found, expected] = [await asked(deed, at), authorityFor(deed, at)];
      return JSON.stringify(found) !== JSON.stringify(expected);
    });
    expect(wrong).toEqual([]);
  });

  test.each<Question>(["permission", "relation", "state"])(
    "a refused question of %s is a refusal",
    async question => {
      let unknown = 0;
      const wrong = await wrongIn(async (deed, at) => {
        const answer = await asked(deed, at, { at: question, with: REFUSED });
        if (!answer.allowed && answer.reason === "unknown") unknown++;
        return answer.allowed && (isAsked(question, at) || !authorityFor(deed, at).allowed);
      });
      expect(wrong).toEqual([]);
      expect(unknown).toBeGreaterThan(100);
    },
  );

  test.each<Question>(["permission", "relation", "state"])(
    "where GitHub is down at the question of %s nothing is done, and it is asked again",
    async question => {
      let again = 0;
      const wrong = await wrongIn(async (deed, at) => {
        const answer = await asked(deed, at, { at: question, with: DOWN }).catch(error => error);
        if (answer === DOWN) again++;
        return answer !== DOWN && answer.allowed && isAsked(question, at);
      });
      expect(wrong).toEqual([]);
      expect(again).toBeGreaterThan(100);
    },
  );
});

test("what somebody has to do with the work is not asked where they may not at all", async () => {
  const questions: string[] = [];
  await may("approve", {
    by: PERSON,
    github: { permission: async () => "triage" } as unknown as GitHub,
    plane: PLANE,
    relation: async () => {
      questions.push("relation");
      return "none";
    },
    state: async () => {
      questions.push("state");
      return "as_said";
    },
  });
  expect(questions).toEqual([]);
});

test("a bot is known by its number: a name that is listed by another's is nobody's", async () => {
  const github = { permission: async () => "admin" } as unknown as GitHub;
  const config = aConfig({ bots: [LISTED] });
  const asks = (by: GitHubUser) => may("start", { by, github, plane: PLANE, config });
  expect((await asks(OTHERS.listed_bot)).allowed).toBe(true);
  expect((await asks(OTHERS.bot)).allowed).toBe(false);
});

test("whoever asked for a task is asked after by number, person or bot", async () => {
  const asked: unknown[] = [];
  const permission = async (user: Pick<GitHubUser, "id" | "login">) => {
    asked.push({ id: user.id, login: user.login });
    return "write" as const;
  };
  const context = {
    github: { permission } as unknown as GitHub,
    plane: PLANE,
    config: aConfig({ bots: [LISTED] }),
  };
  const asks = (asked_by_id: number) => mayStillAsk({ asked_by: "monalisa", asked_by_id }, context);
  expect((await asks(LISTED)).allowed).toBe(true);
  expect(asked).toEqual([]);
  expect((await asks(5)).allowed).toBe(true);
  expect(asked).toEqual([{ id: 5, login: "monalisa" }]);
});

test.each([
  ["the App", { id: 900, login: "anything" }, true],
  ["its reviewer", { id: 901, login: "anything" }, true],
  ["a workflow, by its number", { id: 41_898_282, login: "anything" }, true],
  ["a workflow, by the name that only it has", { id: 12, login: "github-actions[bot]" }, true],
  ["an App of nearly that name", { id: 12, login: "kin[bot]" }, false],
])("Kin's own hands: %s", (_, user, own) => {
  expect(isKin({ ...user, type: "Bot" }, PLANE)).toBe(own);
});

test.each([
  ["never edited", null, "as_said"],
  ["drafted and edited before it was said", "2026-10-07T08:59:59Z", "as_said"],
  ["edited in the second in which it was said", "2026-10-07T09:00:00Z", "edited"],
  ["edited later", "2026-10-07T09:00:01Z", "edited"],
  ["edited at a time that nobody can read", "yesterday", "edited"],
])("words that were %s", async (_, edited, state) => {
  const github = { editedAt: async () => edited } as unknown as GitHub;
  const said = { id: 1, node_id: "IC_1", body: "/kin approve", user: PERSON, at: "2026-10-07T09:00:00Z" };
  expect(await wordsOf(said, github)()).toBe(state);
});
