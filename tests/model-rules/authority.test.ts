// The whole authority table, cell by cell, against the rules in words: each rule says what is refused, and why. A cell
// is allowed if no rule refuses it.
import { describe, expect, test } from "vitest";
import type { RepositoryPermission } from "../../core/model/repository.ts";
import {
  AUTHORITY,
  authorityFor,
  type Case,
  type Deed,
  type Reason,
  type Relation,
  type Role,
  type State,
} from "../../core/pipeline/authority.ts";

const PEOPLE = ["none", "read", "triage", "write", "maintain", "admin"] as const;
const ROLES: readonly Role[] = [
  ...PEOPLE,
  ...(["listed_bot", "bot", "kin", "workflow", "ghost", "unknown"] as const),
];
const RELATIONS: readonly Relation[] = ["none", "asker", "only_asker", "contributor", "unknown"];
const STATES: readonly State[] = ["as_said", "edited", "older", "dismissed", "unknown"];
const TRIGGERS: readonly RepositoryPermission[] = ["triage", "write", "maintain", "admin"];
const DEEDS = Object.keys(AUTHORITY) as Deed[];

const cases: readonly Case[] = ROLES.flatMap(role =>
  RELATIONS.flatMap(relation =>
    STATES.flatMap(state => TRIGGERS.map(trigger => ({ role, relation, state, trigger }))),
  ),
);

const isPerson = (role: Role): role is RepositoryPermission => PEOPLE.some(one => one === role);
const isBelow = (role: Role, least: RepositoryPermission): boolean =>
  isPerson(role) && PEOPLE.indexOf(role) < PEOPLE.indexOf(least);
const begins = (deed: Deed): boolean => deed === "start" || deed === "context" || deed === "still_ask";

interface Refusing {
  readonly rule: string;
  readonly refuses: (deed: Deed, at: Case) => boolean;
  readonly reason: (at: Case) => Reason;
}

const RULES: readonly Refusing[] = [
  {
    rule: "Kin, workflows, bots of no list and accounts that are gone have no word",
    refuses: (_, { role }) => ["kin", "workflow", "bot", "ghost"].includes(role),
    reason: ({ role }) => role as Reason,
  },
  {
    rule: "a listed bot begins tasks and does nothing else",
    refuses: (deed, { role }) => role === "listed_bot" && !begins(deed),
    reason: () => "bot",
  },
  {
    rule: "to begin a task takes what the configuration says",
    refuses: (deed, { role, trigger }) => begins(deed) && isBelow(role, trigger),
    reason: () => "permission",
  },
  {
    rule: "everything else takes write access: triage is not enough",
    refuses: (deed, { role }) => !begins(deed) && isBelow(role, "write"),
    reason: () => "permission",
  },
  {
    rule: "what is not known is refused",
    refuses: (_, { role, relation, state }) => [role, relation, state].includes("unknown"),
    reason: () => "unknown",
  },
  {
    rule: "whoever has a part in the work does not approve it, nor whoever asked for it while another could",
    refuses: (deed, { relation }) => deed === "approve" && ["asker", "contributor"].includes(relation),
    reason: ({ relation }) => relation as Reason,
  },
  {
    rule: "edited words are nobody's; a rejection holds a merge whatever is written in it",
    refuses: (deed, { state }) => state === "edited" && deed !== "hold_merge",
    reason: () => "edited",
  },
  {
    rule: "a rejection counts on any commit, and nothing else but on the head",
    refuses: (deed, { state }) => state === "older" && deed !== "return" && deed !== "hold_merge",
    reason: () => "older",
  },
  {
    rule: "a dismissed review is none",
    refuses: (_, { state }) => state === "dismissed",
    reason: () => "dismissed",
  },
];

describe("authority", () => {
  test.each(DEEDS)("to %s is had in exactly the cells in which no rule refuses it", deed => {
    const wrong = cases.filter(at => {
      const answer = authorityFor(deed, at);
      const against = RULES.filter(({ refuses }) => refuses(deed, at));
      return answer.allowed
        ? against.length > 0
        : !against.some(({ reason }) => reason(at) === answer.reason);
    });
    expect(wrong).toEqual([]);
  });

  test("is a matter of 15,600 cells, of which each rule refuses some that no other one does", () => {
    expect(DEEDS.length * cases.length).toBe(15_600);
    for (const { rule, refuses } of RULES) {
      const alone = DEEDS.some(deed =>
        cases.some(at => RULES.filter(other => other.refuses(deed, at)).length === 1 && refuses(deed, at)),
      );
      expect(alone, rule).toBe(true);
    }
  });

  test("grows with permission and with nothing else", () => {
    const wrong = DEEDS.flatMap(deed =>
      cases
        .filter(({ role }) => isPerson(role) && role !== "admin")
        .filter(at => {
          const role = PEOPLE[PEOPLE.indexOf(at.role as (typeof PEOPLE)[number]) + 1] ?? "admin";
          return authorityFor(deed, at).allowed && !authorityFor(deed, { ...at, role }).allowed;
        }),
    );
    expect(wrong).toEqual([]);
  });

  test("that is refused says in a sentence why, and names the access that it takes", () => {
    const silent = DEEDS.flatMap(deed =>
      cases.filter(at => {
        const answer = authorityFor(deed, at);
        if (answer.allowed) return false;
        const named =
          answer.reason !== "permission" || answer.why.includes(begins(deed) ? at.trigger : "write");
        return !named || !/^[A-Z].*\.$/.test(answer.why);
      }),
    );
    expect(silent).toEqual([]);
  });
});
