// A release, from the files in .changeset to a tag whose workflows run the Action of the commit that was released.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../../local/world.ts";
import { nextVersion, readChange, sectionOf } from "../../scripts/release/changes.ts";
import { notesFor, tagVersion, withPlaceholder, writeVersion } from "../../scripts/release/release.ts";

const change = (bump: string, text: string): string => `---\n"kin": ${bump}\n---\n\n${text}\n`;

test.each([
  ["0.1.0", ["patch"], "0.1.1"],
  ["0.1.3", ["patch", "minor"], "0.2.0"],
  ["0.1.3", ["major", "minor"], "0.2.0"],
  ["1.4.2", ["patch"], "1.4.3"],
  ["1.4.2", ["minor"], "1.5.0"],
  ["1.4.2", ["patch", "major"], "2.0.0"],
])("after %s, with %j, comes %s", (version, bumps, next) => {
  const changes = bumps.map((bump, index) => readChange(change(bump, "x"), `${index}.md`));
  expect(nextVersion(version, changes)).toBe(next);
});

test("the changelog has what asks for something first, and each text whole", () => {
  const changes = [change("patch", "Mends.\n\nTwice."), change("major", "Asks.")].map(one =>
    readChange(one, "a.md"),
  );
  expect(sectionOf("2.0.0", changes)).toBe(
    "## 2.0.0\n\n### Asks something of you\n\n- Asks.\n\n### Mended\n\n- Mends.\n\n  Twice.",
  );
});

test.each(["no form", change("huge", "x"), change("patch", "")])("%j is no change", text => {
  expect(() => readChange(text, "a.md")).toThrow("a.md is no change.");
});

test("every file in .changeset is a change", () => {
  const folder = join(ROOT, ".changeset");
  const files = readdirSync(folder).filter(name => name !== "README.md");
  for (const name of files)
    expect(readChange(readFileSync(join(folder, name), "utf8"), name).text).not.toBe("");
});

const aCopy = () => {
  const root = mkdtempSync(join(tmpdir(), "kin-release-test-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const part of ["workflow", ".github/workflows"])
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  mkdirSync(join(root, ".changeset"));
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  const named = { name: "kin", version: "1.4.2" };
  write("package.json", `${JSON.stringify(named, null, 2)}\n`);
  write("package-lock.json", `${JSON.stringify({ ...named, packages: { "": named } }, null, 2)}\n`);
  write(".changeset/README.md", "# Changesets\n");
  write(".changeset/one.md", change("minor", "Something new."));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "octocat");
  git("config", "user.email", "octocat@example.com");
  const commit = () => {
    git("add", "--all");
    git("commit", "--quiet", "--message", "One");
    return git("rev-parse", "HEAD");
  };
  return { root, git, commit, read: (path: string) => readFileSync(join(root, path), "utf8") };
};

test("the changes become the version and its part of the changelog, above the older ones", () => {
  const { root, read } = aCopy();
  writeFileSync(join(root, "CHANGELOG.md"), "# Changelog\n\n## 1.4.2\n\nOld.\n");
  expect(writeVersion(root)).toBe("1.5.0");
  expect(read("CHANGELOG.md")).toBe(
    "# Changelog\n\n## 1.5.0\n\n### New\n\n- Something new.\n\n## 1.4.2\n\nOld.\n",
  );
  expect(JSON.parse(read("package.json")).version).toBe("1.5.0");
  expect(read("package-lock.json").match(/1\.5\.0/g)).toHaveLength(2);
  expect(readdirSync(join(root, ".changeset"))).toEqual(["README.md"]);
  expect(notesFor(root, "v1.5.0")).toBe("### New\n\n- Something new.");
  expect(() => writeVersion(root)).toThrow("Nothing has changed that people notice.");
});

test("a tag's workflows run the Action of the commit that is released, and main keeps the placeholder", () => {
  const { root, git, commit, read } = aCopy();
  writeVersion(root);
  const released = commit();
  expect(tagVersion(root, "octocat/kin")).toBe("v1.5.0");
  const usesIn = (path: string) => git("show", `v1.5.0:${path}`).match(/(?<=\buses: ).*kin.*/g);
  const action = `octocat/kin@${released} # v1.5.0`;
  expect(usesIn("workflow/kin.yml")).toEqual([action, action]);
  expect(usesIn(".github/workflows/pipeline.yml")).toEqual([action, action]);
  const called = git("rev-parse", "v1.5.0^{}~1");
  expect(usesIn("workflow/kin-caller.yml")).toEqual([
    `octocat/kin/.github/workflows/pipeline.yml@${called} # v1.5.0`,
  ]);
  expect(git("show", `${called}:.github/workflows/pipeline.yml`)).toContain(action);
  expect(git("rev-parse", "v1.5.0^{}~2")).toBe(released);
  expect([git("rev-parse", "main"), git("status", "--porcelain")]).toEqual([released, ""]);
  expect(read("workflow/kin.yml")).toContain("uses: kin/kin@v0");
  expect(withPlaceholder(root)).toHaveLength(3);
  git("checkout", "--quiet", "v1.5.0");
  expect(withPlaceholder(root)).toEqual([]);
});

test("what is not committed, or is not in the changelog, is not tagged", () => {
  const { root, git, commit } = aCopy();
  commit();
  expect(() => tagVersion(root, "octocat/kin")).toThrow("CHANGELOG.md has nothing of 1.4.2.");
  writeVersion(root);
  expect(() => tagVersion(root, "octocat/kin")).toThrow("There is something that is not committed.");
  expect(() => notesFor(root, "v1.4.2")).toThrow("v1.4.2 is no tag of version 1.5.0.");
  expect(git("tag")).toBe("");
});
