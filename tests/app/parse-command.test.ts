import { describe, expect, test } from "vitest";
import { type PersonCommand, parseCommand, parseReturn } from "../../app/intake/parse-command.ts";
import { LONG_TEXT, MOST_UNITS, unitsOn } from "../text/work.ts";

const QUALITY = "recurring_quality_fail";

describe("a text is a command", () => {
  const rows: readonly (readonly [string, PersonCommand])[] = [
    ["/kin", { kind: "help" }],
    ["/kin help", { kind: "help" }],
    ["  \n /kin  ", { kind: "help" }],
    ["/kin\nWhat can you do?", { kind: "help" }],
    ["/kin stop", { kind: "stop" }],
    ["/kin STOP", { kind: "stop" }],
    ["/kin stop\r\n", { kind: "stop" }],
    ["/Kin stop", { kind: "stop" }],
    ["/KIN Rerun from 2", { kind: "rerun", from: 2 }],
    ["/kin\u00a0stop", { kind: "stop" }],
    ["/Kin\u202f\u00a0return\u00a0It crashes.", { kind: "return", category: QUALITY, text: "It crashes." }],
    ["\u00a0/kin\u3000tell mind it", { kind: "tell", text: "mind it" }],
    ["/kin: stop", { kind: "stop" }],
    ["/Kin, help", { kind: "help" }],
    ["/kin:", { kind: "help" }],
    ["/kin:stop", { kind: "stop" }],
    ["/kin stop.", { kind: "stop" }],
    ["/kin approve!", { kind: "approve" }],
    ["/kin rerun from 3.", { kind: "rerun", from: 3 }],
    ["/kin mode auto.", { kind: "mode", mode: "auto_complete" }],
    ["/kin decide drop #3!", { kind: "judge", decision: 3, status: "rejected" }],
    ["/kin decide Amounts are cents!", { kind: "decide", text: "Amounts are cents!" }],
    ["/kin escalate backend_head.", { kind: "escalate", head: "backend_head" }],
    ["/kin approve, but not yet", { kind: "unknown", word: "approve," }],
    ["/kin approve?", { kind: "unknown", word: "approve?" }],
    ["/kin stop, please", { kind: "unknown", word: "stop," }],
    ["/kin\tstop now", { kind: "stop" }],
    ["/kin rerun", { kind: "rerun", from: null }],
    ["/kin rerun from 2", { kind: "rerun", from: 2 }],
    ["/kin rerun from step 2", { kind: "rerun", from: 2 }],
    ["/kin rerun  FROM  Step  12", { kind: "rerun", from: 12 }],
    ["/kin rerun from 0", { kind: "rerun", from: 0 }],
    ["/kin rerun from 1000", { kind: "misused", command: "rerun" }],
    ["/kin rerun from -1", { kind: "misused", command: "rerun" }],
    ["/kin rerun 2", { kind: "misused", command: "rerun" }],
    [
      "/kin return missing-context: See the wiki",
      { kind: "return", category: "missing_context", text: "See the wiki" },
    ],
    ["/kin return missing_contxt See the wiki", { kind: "no_category", word: "missing_contxt" }],
    ["/kin return wrong_thing", { kind: "no_category", word: "wrong_thing" }],
    [
      "/kin return `split_shares` is wrong",
      { kind: "return", category: QUALITY, text: "`split_shares` is wrong" },
    ],
    ["/kin return well-known words", { kind: "return", category: QUALITY, text: "well-known words" }],
    ["/kin return", { kind: "return", category: QUALITY, text: "" }],
    ["/kin return It crashes.", { kind: "return", category: QUALITY, text: "It crashes." }],
    [
      "/kin return requirements_unclear Which unit?",
      { kind: "return", category: "requirements_unclear", text: "Which unit?" },
    ],
    [
      "/kin return Scope_Too_Large: split it\nin two",
      { kind: "return", category: "scope_too_large", text: "split it\nin two" },
    ],
    ["/kin return technical_blocker", { kind: "return", category: "technical_blocker", text: "" }],
    [
      "/kin return\nmissing_context\nSee the wiki.",
      { kind: "return", category: "missing_context", text: "See the wiki." },
    ],
    ["/kin return technical_blockers no", { kind: "no_category", word: "technical_blockers" }],
    ["/kin return __proto__ x", { kind: "return", category: QUALITY, text: "__proto__ x" }],
    ["/kin approve", { kind: "approve" }],
    ["/kin Approve it", { kind: "approve" }],
    ["/kin tell mind the refunds", { kind: "tell", text: "mind the refunds" }],
    ["/kin tell", { kind: "misused", command: "tell" }],
    ["/kin tell w2 mind the refunds", { kind: "tell", text: "mind the refunds", worker: 2 }],
    ["/kin tell W2: mind\nthe refunds", { kind: "tell", text: "mind\nthe refunds", worker: 2 }],
    ["/kin tell w2", { kind: "misused", command: "tell" }],
    ["/kin tell w2-3 are wrong", { kind: "tell", text: "w2-3 are wrong" }],
    ["/kin tell what w2 wrote is wrong", { kind: "tell", text: "what w2 wrote is wrong" }],
    ["/kin stop w2", { kind: "stop", worker: 2 }],
    ["/kin Stop W12.", { kind: "stop", worker: 12 }],
    ["/kin stop w2, please", { kind: "stop", worker: 2 }],
    ["/kin stop wasting time", { kind: "stop" }],
    ["/kin mode auto", { kind: "mode", mode: "auto_complete" }],
    ["/kin mode Review", { kind: "mode", mode: "review" }],
    ["/kin mode toString", { kind: "misused", command: "mode" }],
    ["/kin mode", { kind: "misused", command: "mode" }],
    ["/kin escalate", { kind: "escalate", head: null }],
    ["/kin escalate Backend_Head", { kind: "escalate", head: "backend_head" }],
    ["/kin escalate to whom?", { kind: "misused", command: "escalate" }],
    ["/kin decide", { kind: "misused", command: "decide" }],
    ["/kin decide Amounts are cents.", { kind: "decide", text: "Amounts are cents." }],
    ["/kin decide 3", { kind: "judge", decision: 3, status: "active" }],
    ["/kin decide accept #3", { kind: "judge", decision: 3, status: "active" }],
    ["/kin decide drop 3", { kind: "judge", decision: 3, status: "rejected" }],
    ["/kin plan", { kind: "plan" }],
    ["/kin workers", { kind: "workers" }],
    ["/kin constructor", { kind: "unknown", word: "constructor" }],
    ["/kin ../../etc/passwd", { kind: "unknown", word: "../../etc/passwd" }],
  ];
  test.each(rows)("%j", (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });
});

test.each([
  "",
  "kin stop",
  "Kin, please stop",
  "> /kin stop",
  "```\n/kin stop\n```",
  "See above.\n/kin stop",
  "`/kin stop`",
  "<!-- /kin stop -->",
  "@kin stop",
  "//kin stop",
  "/kinstop",
  "/kin-bot stop",
  "/kin.stop",
  "\\/kin stop",
  "/k\u200din stop",
  "\u200b/kin stop",
  "／kin stop",
])("%j is none: only a beginning that is addressed to Kin counts", text => {
  expect(parseCommand(text)).toBeNull();
});

describe("the text of a review names its category or is a quality failure", () => {
  const rows: readonly (readonly [string, ReturnType<typeof parseReturn>])[] = [
    ["", { kind: "return", category: QUALITY, text: "" }],
    ["  Off by one.  ", { kind: "return", category: QUALITY, text: "Off by one." }],
    [
      "conflicting_requirements\n\nA wants x, B wants y.",
      { kind: "return", category: "conflicting_requirements", text: "A wants x, B wants y." },
    ],
    ["recurring_quality_fail. Again!", { kind: "return", category: QUALITY, text: "Again!" }],
    [
      "A case of technical_blocker",
      { kind: "return", category: QUALITY, text: "A case of technical_blocker" },
    ],
  ];
  test.each(rows)("%j", (text, expected) => {
    expect(parseReturn(text)).toEqual(expected);
  });
});

type Sized = (size: number) => string;

test.each<[what: string, of: Sized]>([
  ...["/kin return ", " ", "/kin ", "\n", "/kin\t"].map(
    part => [JSON.stringify(part), size => part.repeat(Math.ceil(size / part.length))] as [string, Sized],
  ),
  ["spaces behind /kin", size => `/kin${" ".repeat(size)}x`],
  ["a reason of words", size => `/kin return ${"a ".repeat(size / 2)}`],
  ["spaces before /kin", size => `${" ".repeat(size)}/kin`],
])("a comment of GitHub's greatest length is read for no more than its length costs: %s", (_, of) => {
  expect(unitsOn(parseCommand, of(LONG_TEXT))).toBeLessThan(MOST_UNITS);
});
