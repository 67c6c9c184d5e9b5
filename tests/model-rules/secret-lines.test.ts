import { expect, test } from "vitest";
import { readSecretLines } from "../../core/model/secret-lines.ts";

test("secrets are lines of a name and a value; what is none is counted and not shown", () => {
  const text = "# of the registry\nTOKEN=abc=def \r\n\n  LOGIN=me:pass word\nEMPTY=\nlower=x\nnot a line\n=x";
  const { secrets, wrong } = readSecretLines(text);
  expect([...secrets]).toEqual([
    ["TOKEN", "abc=def"],
    ["LOGIN", "me:pass word"],
  ]);
  expect(wrong).toEqual([6, 7, 8]);
  expect(readSecretLines("")).toEqual({ secrets: new Map(), wrong: [] });
});
