import { expect, test } from "vitest";
import { COMMAND_NAMES } from "../../app/intake/parse-command.ts";
import { nearest } from "../../core/model/nearest.ts";
import { ReturnCategory } from "../../core/model/return.ts";
import { refusal } from "../../core/report/refusal.ts";

test.each([
  ["rerrun", "rerun"],
  ["retrun", "return"],
  ["rerurn", "return"],
  ["tlel", "tell"],
  ["approve,", "approve"],
  ["Aprove", "approve"],
  ["esc", "escalate"],
  ["halp", "help"],
  ["xyzzy", null],
  ["", null],
  ["!!", null],
  ["deploy", null],
  ["a".repeat(100_000), null],
])("%s is meant as %s", (written, meant) => {
  expect(nearest(written, COMMAND_NAMES)).toBe(meant);
});

test("A command and a category that there are not are answered with the one that was meant.", () => {
  expect(refusal({ kind: "no_such_command", asked: "rerrun", meant: "rerun" })).toMatch(
    /^Kin knows no command `rerrun`\. Did you mean `\/kin rerun`\? /,
  );
  const meant = nearest("missing_contxt", ReturnCategory.options);
  expect(refusal({ kind: "no_such_category", asked: "missing_contxt", meant })).toMatch(
    /^`missing_contxt` is no category of a return, so nothing was returned\. Did you mean `missing_context`\? There are `requirements_unclear`, /,
  );
});
