// A crash point in a process that really dies.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { effectsOf } from "../../scripts/crash/crash-point.ts";

const MODULE = join(import.meta.dirname, "..", "..", "scripts", "crash", "crash-point.ts");
const temp = mkdtempSync(join(tmpdir(), "kin-crash-point-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const SCRIPT = `
const { crashPoint } = await import(${JSON.stringify(MODULE)});
const [, ...effects] = process.argv;
const point = crashPoint(process.env);
for (const effect of effects) point(effect);`;

/** How a process with these effects ended, and its log. */
const live = (points: string, { log, effects }: { readonly log: string; readonly effects: string[] }) => {
  const file = join(temp, log);
  const { signal } = spawnSync(process.execPath, ["-e", SCRIPT, ...effects], {
    env: { CRASH_AT: points, CRASH_LOG: file },
  });
  return { signal, log: readFileSync(file, "utf8").split("\n").slice(0, -1) };
};

test.each<[point: string, log: readonly string[]]>([
  ["2", ["write", "killed before post"]],
  ["2 write", ["write", "post", "killed before write"]],
  ["7,1 post", ["write", "killed before post"]],
])("%s dies before it, and not again in the next life", (points, log) => {
  const effects = ["write", "post", "write"];
  const name = points.replaceAll(/\W/g, "-");
  expect(live(points, { log: name, effects })).toEqual({ signal: "SIGKILL", log });
  const again = effects.slice(log.length - 1);
  expect(live(points, { log: name, effects: again })).toEqual({ signal: null, log: [...log, ...again] });
});

test("without points the log alone is kept", () => {
  expect(live("", { log: "kept", effects: ["write"] })).toEqual({ signal: null, log: ["write"] });
});

test("an effect that killed did not happen: the next life has its number and name", () => {
  expect(
    effectsOf(["a", "b", "killed before a", "b", "a"]).map(({ number, name }) => [number, name]),
  ).toEqual([
    [1, "1 a"],
    [2, "1 b"],
    [3, "2 a"],
    [3, "2 b"],
    [4, "2 a"],
  ]);
});

test("what differs from world to world is in no name", () => {
  const { log } = live("", {
    log: "names",
    effects: [
      "store INSERT jobs delivery:7c7b9bc9-909d-46f1-8daa-b6c273f1d45e",
      "store UPDATE pipelines 1034",
      "store INSERT tasks http://127.0.0.1:37911/octocat/house-costs/issues/1",
      "store INSERT jobs found:1:labeled:1:2026-11-25T19:35:05Z",
      "append 1006-1-2 turn",
    ],
  });
  expect(log).toEqual([
    "store INSERT jobs delivery:#",
    "store UPDATE pipelines #",
    "store INSERT tasks http://127.0.0.1:#/octocat/house-costs/issues/1",
    "store INSERT jobs found:1:labeled:1:#",
    "append 1006-1-2 turn",
  ]);
});
