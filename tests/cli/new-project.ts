// A repository that Kin does not know yet, for the tests of `kin init`.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { kin } from "./kin.ts";

export const WORKFLOW = ".github/workflows/kin.yml";
export const CONFIG = ".github/kin.yml";
export const PINNED = `octocat/kin@${"0123456789".repeat(4)}`;

export let directory = "";

/** Called once by a test file, for all of its tests. */
export const inADirectoryOfItsOwn = (): void => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "kin-init-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
};

export const git = (...args: readonly string[]) =>
  execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", stdio: "pipe" });

export const write = (path: string, text: string) => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
};
export const read = (path: string) => readFileSync(join(directory, path), "utf8");

export const checkout = (
  files: Readonly<Record<string, string>> = {},
  remote = "git@github.com:octocat/hello.git",
) => {
  git("init", "--quiet");
  git("remote", "add", "origin", remote);
  for (const [path, text] of Object.entries(files)) write(path, text);
};

/** Without relying on Kin's own checkout, which may or may not have a remote. */
export const init = (...args: readonly string[]) =>
  kin(["init", "--repo", directory, "--action", PINNED, ...args]);
