// `kin init` on real repositories, with the embedded GitHub for the labels.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hello } from "embedded-github/site";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { checkWorkflow } from "../../cli/doctor/repository.ts";
import { configText } from "../../cli/init/config-text.ts";
import { detect } from "../../cli/init/detect.ts";
import { nameFromUrl } from "../../cli/init/repository.ts";
import { Config } from "../../core/model/config.ts";
import { LABELS } from "../../core/report/labels.ts";
import { parseConfig } from "../../host/config-file.ts";
import { ROOT, WORKFLOW_TEXT } from "../../local/world.ts";
import { openSite, type Site } from "../site.ts";
import { kin } from "./kin.ts";
import {
  CONFIG,
  checkout,
  directory,
  git,
  inADirectoryOfItsOwn,
  init,
  PINNED,
  read,
  WORKFLOW,
  write,
} from "./new-project.ts";

/** Each command is a process, and some tests start several, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

inADirectoryOfItsOwn();

/** What it then writes. */
const PINNED_WORKFLOW = WORKFLOW_TEXT()
  .replaceAll("uses: kin/kin@v0", `uses: ${PINNED}`)
  .replace(
    /^(#.*\n)+/,
    `# Runs the pipelines of the Kin App, with the copy of Kin that \`uses:\` names, which gets the model's key. Needs the
# repository variable KIN_URL and either the secret ANTHROPIC_API_KEY or, for workload identity, the variables that are
# named below. Each line is explained here:
# https://github.com/octocat/kin/blob/${"0123456789".repeat(4)}/docs/setup.md#the-workflow-file
`,
  );

const MANIFEST = JSON.stringify({
  scripts: { lint: "biome check", test: "vitest run" },
  devDependencies: { typescript: "7.0.0", vitest: "5.0.0" },
});
const NODE_PROJECT = {
  "package.json": MANIFEST,
  "package-lock.json": "{}",
  "web/page.ts": "",
  "api/a.ts": "",
};

describe("in a fresh checkout", () => {
  test("it writes the workflow and a configuration, and says what remains, in order", async () => {
    checkout(NODE_PROJECT);
    const { code, out, err } = await init();
    expect([code, err]).toEqual([0, ""]);
    expect(read(WORKFLOW)).toBe(PINNED_WORKFLOW);
    expect(parseConfig(read(CONFIG), CONFIG)).toEqual({
      ...Config.parse({}),
      tech_stack: ["TypeScript", "Node.js", "Vitest"],
    });
    expect(out).toMatch(
      /✓ \.github\/workflows\/kin\.yml +written\n✓ \.github\/kin\.yml +written\n· gates .*\n +→ .*\n· labels /,
    );
    expect(out).toMatch(/no GITHUB_TOKEN .*\n +→ Nothing to do: the App creates them when it is installed/);
    const order = [
      "kin app create",
      "commit both",
      "KIN_URL",
      "ANTHROPIC_API_KEY",
      "kin doctor",
      "label `kin`",
    ];
    expect(order.map(word => out.indexOf(word))).toEqual(
      order.map(word => out.indexOf(word)).sort((a, b) => a - b),
    );
    expect(out).toContain("https://github.com/octocat/hello/settings/secrets/actions/new");
    expect(out).toContain("kin doctor --repo octocat/hello");
  });

  test("what was found stands there as comments, which are YAML once the marks are gone", async () => {
    checkout(NODE_PROJECT);
    await init();
    const text = read(CONFIG);
    expect(text.split("\n")[0]).toMatch(
      /^# yaml-language-server: \$schema=https:\/\/\S+\/docs\/kin\.schema\.json$/,
    );
    expect(text.split("\n").filter(line => line.length > 120 && !line.includes("$schema"))).toEqual([]);
    const uncommented = parse(text.replace(/^# /gm, "").replace(/^yaml-language-server.*/, ""));
    expect(Config.parse(uncommented)).toEqual({
      ...Config.parse({}),
      tech_stack: ["TypeScript", "Node.js", "Vitest"],
      execution_mode: "review",
      auth: "key",
      workload_identity: { federation_rule: "", organization: "", service_account: "", workspace: "" },
      setup: ["npm ci"],
      parallel: true,
      protocol: "specialist",
      protocol_rules: { file_lines: 300, logging: true },
      runtime_check: expect.stringContaining("curl --fail"),
      network: { hosts: [], private: [], credentials: [] },
      mcp: {},
      gates: ["npm run lint", "npm test"],
      modules: [
        { name: "api", path: "api", description: "" },
        { name: "web", path: "web", description: "" },
      ],
    });
    expect(Object.keys(uncommented).sort()).toEqual(Object.keys(Config.shape).sort());
  });

  test("what stands there with its default is the default, and nothing that was not found is said to be", async () => {
    checkout();
    await init();
    const text = read(CONFIG);
    const [before = "", defaults = ""] = text.split("## Everything else, with its default.");
    expect(Config.parse(parse(defaults.replace(/^# /gm, "")))).toEqual(Config.parse({}));
    const keys = [...before.matchAll(/^# (\w+):/gm)].map(([, key]) => key);
    expect(keys).toEqual([
      ...["execution_mode", "parallel", "protocol", "protocol_rules", "auth", "workload_identity", "setup"],
      ...["runtime_check", "network", "mcp"],
    ]);
  });

  test("from a directory inside, with --dry-run, it shows all of it and writes nothing", async () => {
    checkout(NODE_PROJECT);
    const { code, out } = await kin([
      "init",
      "--repo",
      join(directory, "web"),
      "--action",
      PINNED,
      "--dry-run",
    ]);
    expect(code).toBe(0);
    expect(out).toContain("Nothing is written or created: --dry-run.");
    expect(out).toContain(PINNED_WORKFLOW);
    expect(out).toContain("tech_stack:\n  - TypeScript\n");
    expect(existsSync(join(directory, ".github"))).toBe(false);
  });

  test("with --action, workflow and configuration name that copy of Kin, and nobody is told to pin it", async () => {
    checkout();
    const { out } = await init("--action", PINNED);
    expect(read(WORKFLOW).match(/uses: .*/g)).toEqual([`uses: ${PINNED}`, `uses: ${PINNED}`]);
    expect(checkWorkflow(read(WORKFLOW), []).every(({ state }) => state === "ok")).toBe(true);
    expect(read(CONFIG)).toContain(`githubusercontent.com/${PINNED.replace("@", "/")}/docs/kin.schema.json`);
    expect(out).not.toContain("uses:");
  });

  test("without any remote it still writes, and does without addresses", async () => {
    git("init", "--quiet");
    const { code, out } = await init();
    expect(code).toBe(0);
    expect(out).toContain("Set the secret ANTHROPIC_API_KEY.\n");
    expect(out).toMatch(/Or none, and the variables of workload identity: .*setup\.md#without-a-stored-key/);
    expect(read(WORKFLOW)).toBe(PINNED_WORKFLOW);
  });
});

const unnamed = (...args: readonly string[]) => kin(["init", "--repo", directory, ...args]);

describe("without --action", () => {
  /** A copy of Kin with this remote; its commit is on one of the remote's branches if `pushed`. */
  const copyOfKin = (remote: string, pushed: boolean) => {
    const copy = mkdtempSync(join(tmpdir(), "kin-copy-"));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    const inCopy = (...args: readonly string[]) =>
      execFileSync("git", ["-C", copy, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
    for (const part of [
      "action",
      "app",
      "cli",
      "core",
      "host",
      "local",
      "web",
      "workflow",
      "app.yml",
      "package.json",
      "specialists.yaml",
    ])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    inCopy("init", "--quiet");
    inCopy("remote", "add", "origin", remote);
    inCopy("-c", "user.name=o", "-c", "user.email=o@x", "commit", "--quiet", "--allow-empty", "-m", "One");
    const commit = inCopy("rev-parse", "HEAD");
    if (pushed) inCopy("update-ref", "refs/remotes/origin/main", commit);
    const run = () => kin(["init", "--repo", directory], {}, join(copy, "cli", "main.ts"));
    return { commit, run };
  };

  test("the workflow runs the copy of Kin that is at work, at its commit", async () => {
    checkout();
    const { commit, run } = copyOfKin("https://github.com/hubot/our-kin.git", true);
    const { code, out, err } = await run();
    expect([code, err]).toEqual([0, ""]);
    const uses = `uses: hubot/our-kin@${commit}`;
    expect(read(WORKFLOW).match(/uses: .*/g)).toEqual([uses, uses]);
    expect(read(CONFIG)).toContain(`githubusercontent.com/hubot/our-kin/${commit}/docs/kin.schema.json`);
    expect(out).not.toContain("kin/kin");
  });

  test.each([
    [
      "whose commit is on no branch there",
      "https://github.com/hubot/our-kin.git",
      "of your copy in /.* is on no branch of origin yet",
    ],
    [
      "from elsewhere",
      "https://git.example/hubot/our-kin.git",
      "Your copy in /.* has no remote on https://github.com",
    ],
  ])("a copy %s is not named, and neither is a placeholder: nothing is written", async (_, remote, why) => {
    checkout();
    const { code, err } = await copyOfKin(remote, false).run();
    expect(code).not.toBe(0);
    expect(err).toMatch(/which copy of Kin[\s\S]*--action owner\/kin@/);
    expect(err).toMatch(new RegExp(why));
    expect(existsSync(join(directory, ".github"))).toBe(false);
  });

  test("a workflow with the placeholder is put right where it is Kin's own, and else is an error", async () => {
    checkout({ [WORKFLOW]: WORKFLOW_TEXT() });
    expect((await init()).code).toBe(0);
    expect(read(WORKFLOW)).toBe(PINNED_WORKFLOW);
    write(WORKFLOW, `# mine\n${WORKFLOW_TEXT()}`);
    const { code, out } = await init();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ action +\S+ runs kin\/kin@v0: a placeholder/);
    expect((await kin(["init", "--repo", directory, "--action", "kin/kin@v0"])).err).toContain(
      "--action is kin/kin@v0",
    );
  });
});

describe("run again", () => {
  test("a configuration that is not valid is said to be so", async () => {
    checkout({ [CONFIG]: "limts: { day_usd: 5 }\n" });
    const { code, out } = await init();
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ config +\.github\/kin\.yml: unknown key `limts`/m);
  });

  test("what is right is said to be so, a version that was pinned by hand included", async () => {
    checkout();
    await init();
    write(WORKFLOW, read(WORKFLOW).replaceAll(`uses: ${PINNED}`, `uses: ${PINNED} # v0.1.0`));
    const [workflow, config] = [read(WORKFLOW), read(CONFIG)];
    const { code, out } = await unnamed();
    expect(code).toBe(0);
    expect(out.match(/is there and right/g)).toHaveLength(2);
    expect(out).not.toContain("Put your copy of Kin and a commit of it");
    expect([read(WORKFLOW), read(CONFIG)]).toEqual([workflow, config]);
  });

  test("a configuration that names another version than the workflow runs, of a branch too, is right as well", async () => {
    checkout();
    const branch = "octocat/our-kin@release/v1";
    expect((await unnamed("--action", branch)).code).toBe(0);
    write(WORKFLOW, read(WORKFLOW).replaceAll(`uses: ${branch}`, `uses: ${PINNED}`));
    const { code, out } = await unnamed();
    expect(code).toBe(0);
    expect(out.match(/is there and right/g)).toHaveLength(2);
  });

  test("the workflow that calls Kin's reusable one is right as well, and so are Windows' line ends", async () => {
    const caller = readFileSync(join(ROOT, "workflow", "kin-caller.yml"), "utf8");
    checkout({
      [WORKFLOW]: caller.replace(/(uses: \S+)@v0/, "$1@v1").replaceAll("\n", "\r\n"),
    });
    expect((await unnamed()).out).toMatch(/✓ \.github\/workflows\/kin\.yml +is there and right/);
  });

  test("a file that differs is shown and left alone; with --force it is written over, and shown too", async () => {
    checkout({ [CONFIG]: "gates: [make test]\n" });
    const left = await init();
    expect(left.code).toBe(0);
    expect(left.out).toMatch(/· \.github\/kin\.yml +differs, and is left as it is\n.*--force/);
    expect(left.out).toMatch(/@@ .* @@\n-gates: \[make test\]\n\+# yaml-language-server: /);
    expect(read(CONFIG)).toBe("gates: [make test]\n");
    const tried = await init("--force", "--dry-run");
    expect(tried.out).toMatch(/· \.github\/kin\.yml +would be overwritten/);
    expect(read(CONFIG)).toBe("gates: [make test]\n");
    const forced = await init("--force");
    expect(forced.out).toMatch(/✓ \.github\/kin\.yml +overwritten/);
    expect(forced.out).toContain("\n-gates: [make test]\n");
    expect(read(CONFIG)).toMatch(/^# yaml-language-server: /);
  });

  test("--force keeps the version of the Action that the workflow has", async () => {
    checkout({ [WORKFLOW]: `# mine\n${WORKFLOW_TEXT().replaceAll("uses: kin/kin@v0", `uses: ${PINNED}`)}` });
    await unnamed("--force");
    expect(read(WORKFLOW)).toBe(PINNED_WORKFLOW);
  });
});

describe("the labels", () => {
  let site: Site;
  beforeEach(async () => {
    site = await openSite();
  });
  afterEach(() => site.close());

  const labelsOf = async () =>
    (await site.octocat.rest.issues.listLabelsForRepo({ ...hello, per_page: 100 })).data;
  const initWith = (token: string, ...args: readonly string[]) =>
    kin(["init", "--repo", directory, "--action", PINNED, ...args], {
      GITHUB_SERVER_URL: site.github.url,
      GH_TOKEN: token,
    });
  const clone = () => checkout({}, `${site.github.url}/octocat/hello.git`);

  test("a token that is no good, or may not write, is told what it needs; the files are written all the same", async () => {
    clone();
    const bad = await initWith("ghp_wrong");
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(
      /✗ labels +http:\S+ refuses the token: Bad credentials.*\n +→ It is wrong or has expired.*\n +Or unset the token/,
    );
    expect(bad.out + bad.err).not.toContain("ghp_wrong");
    expect(read(WORKFLOW)).toBe(PINNED_WORKFLOW);
    const reader = await initWith(site.tokens.monalisa);
    expect(reader.code).toBe(1);
    expect(reader.out).toMatch(
      /✗ labels +The token may not create labels in octocat\/hello: .*\n +→ It needs write access/,
    );
    const nowhere = await initWith(site.tokens.octocat, "--repository", "octocat/nowhere");
    expect(nowhere.out).toMatch(/✗ labels +There is no octocat\/nowhere for this token/);
    expect((await labelsOf()).filter(({ name }) => name.startsWith("kin"))).toEqual([]);
  });

  test("are created with colour and description; one that exists in another spelling is left alone", async () => {
    clone();
    await site.octocat.rest.issues.createLabel({
      ...hello,
      name: "KIN",
      color: "000000",
      description: "ours",
    });
    const tried = await initWith(site.tokens.hubot, "--dry-run");
    expect(tried.out).toMatch(/· labels +would be created, as below: 16 of 17\n/);
    expect(tried.out).toMatch(/\nkin:running +#1d76db {2}Kin is working on it/);
    expect(await labelsOf()).not.toContainEqual(expect.objectContaining({ name: "kin:running" }));
    const made = await initWith(site.tokens.hubot);
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/✓ labels +created, as below: 16 of 17\n/);
    const labels = await labelsOf();
    for (const label of LABELS.filter(({ name }) => name !== "kin"))
      expect(labels).toContainEqual(expect.objectContaining(label));
    expect(labels).toContainEqual(
      expect.objectContaining({ name: "KIN", color: "000000", description: "ours" }),
    );
    expect((await initWith(site.tokens.hubot)).out).toMatch(
      `✓ labels                     all ${LABELS.length} are there`,
    );
  });

  test("a GitHub that does not answer is named", async () => {
    checkout();
    const { code, out } = await kin(["init", "--repo", directory, "--action", PINNED], {
      GITHUB_TOKEN: "x",
      GITHUB_API_URL: "http://127.0.0.1:1",
    });
    expect(code).toBe(1);
    expect(out).toMatch(/✗ labels +http:\/\/127\.0\.0\.1:1 could not be asked: /);
  });
});

describe("what cannot be done is said, with what to do", () => {
  test("outside of a git repository", async () => {
    const { code, out, err } = await init();
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/is no git repository with a work tree.*\nGo to your checkout, or name it/);
  });

  test("a remote that is no GitHub, without its password", async () => {
    checkout({}, "https://me:hunter2@gitlab.com/octocat/hello.git");
    const { code, err } = await init();
    expect(code).toBe(1);
    expect(err).toMatch(
      /origin is https:\/\/gitlab\.com\/octocat\/hello\.git, which is no repository on https:\/\/github\.com/,
    );
    expect(err).toContain("--repository owner/name");
    expect(err).not.toContain("hunter2");
    expect(existsSync(join(directory, ".github"))).toBe(false);
    expect((await init("--repository", "octocat/hello")).code).toBe(0);
  });

  test("a file or a link where a directory should be: nothing is written through it", async () => {
    checkout();
    const elsewhere = mkdtempSync(join(tmpdir(), "kin-elsewhere-"));
    symlinkSync(elsewhere, join(directory, ".github"));
    const linked = await init("--force");
    expect(linked.code).toBe(1);
    expect(linked.out).toMatch(
      /✗ \.github\/kin\.yml +\.github is a symbolic link\.\n +→ Put a plain directory/,
    );
    expect(existsSync(join(elsewhere, "kin.yml"))).toBe(false);
    rmSync(elsewhere, { recursive: true });
    rmSync(join(directory, ".github"));
    write(".github", "a file");
    const { code, out } = await init();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ \.github\/kin\.yml +E(NOTDIR|EXIST).*\n +→ Look at .*must be able to write there/);
  });

  test.each([
    [["--repository", "hello"], /--repository is hello\.\n.*owner and name/],
    [["--action", "kin"], /--action is kin\.\n.*your copy of Kin/],
  ])("%j", async (args, said) => {
    checkout();
    const { code, err } = await init(...args);
    expect(code).toBe(1);
    expect(err).toMatch(said);
  });
});

test.each([
  ["git@github.com:octocat/hello.git", "https://github.com"],
  ["github.com:octocat/hello", "https://github.com"],
  ["ssh://git@ssh.github.com:443/octocat/hello.git", "https://github.com"],
  ["https://token@github.com/octocat/hello/", "https://github.com"],
  ["git@ghe.example:octocat/hello.git", "https://ghe.example"],
  ["http://127.0.0.1:4480/octocat/hello.git", "http://127.0.0.1:4480"],
])("the remote %s is octocat/hello on %s", (url, server) => {
  expect(nameFromUrl(url, server)).toEqual({ owner: "octocat", repo: "hello" });
});

test.each([
  "git@gitlab.com:octocat/hello.git",
  "https://github.com.evil.example/octocat/hello",
  "https://github.com/octocat/group/hello",
  "/srv/git/github.com/octocat/hello.git",
  "../hello",
  "file:///octocat/hello",
])("the remote %s is nothing on github.com", url => {
  expect(nameFromUrl(url, "https://github.com")).toBeNull();
});

const found = (files: Readonly<Record<string, string>>) =>
  detect(name => files[name] ?? null, Object.keys(files));

test.each([
  [{}, { tech_stack: [], setup: [], gates: [], modules: [] }],
  [{ "package.json": "{" }, { tech_stack: [], gates: [] }],
  [
    {
      "package.json": JSON.stringify({
        scripts: { test: 'echo "Error: no test specified" && exit 1', lint: "x --watch" },
      }),
    },
    { tech_stack: ["JavaScript", "Node.js"], gates: [] },
  ],
  [
    {
      "package.json": JSON.stringify({ dependencies: { react: "1", next: "1" }, scripts: { types: "tsc" } }),
    },
    { tech_stack: ["JavaScript", "Node.js", "React", "Next.js"], gates: ["npm run types"] },
  ],
  [
    { "requirements.txt": "Flask==3\nflask-login\npytest\n" },
    { tech_stack: ["Python", "Flask", "pytest"], gates: ["python3 -m pytest"] },
  ],
  [
    { "pyproject.toml": "[project]\nname = 'x'\n[tool.ruff]\n" },
    { tech_stack: ["Python"], setup: [], gates: ["python3 -m ruff check"] },
  ],
  [
    { "go.mod": "module a\n" },
    { tech_stack: ["Go"], gates: ["go vet ./...", "go build ./...", "go test ./..."] },
  ],
  [
    { "Cargo.toml": "[dependencies]\n" },
    {
      tech_stack: ["Rust"],
      setup: ["cargo fetch"],
      gates: ["cargo build --offline", "cargo test --offline"],
    },
  ],
])("in %j it finds %j", (files, expected) => expect(found(files)).toMatchObject(expected));

test.each([
  [
    ["a.ts", ".github/x.yml", "docs/a.md", "src/a.ts"],
    ["docs", "src"],
  ],
  [
    ["src/a.ts", "src/api/a.ts", "src/web/b/c.ts"],
    ["src/api", "src/web"],
  ],
  [
    ["packages/core/a.ts", "packages/web/src/a.ts", "apps/site/a.ts"],
    ["apps/site", "packages/core", "packages/web"],
  ],
  [
    Array.from({ length: 30 }, (_, index) => `d${index + 10}/a`),
    Array.from({ length: 20 }, (_, index) => `d${index + 10}`),
  ],
])("of %j the parts are %j", (paths, parts) => {
  expect(detect(() => null, paths).modules.map(({ path }) => path)).toEqual(parts);
});

test("a directory's name does not become YAML of its own", () => {
  const name = "a: [b] # {c}\u001b[31m";
  const text = configText(
    { ...detect(() => null, [`${name}/x`]), gates: [] },
    { name: "kin/kin", ref: "v0" },
  );
  expect(text).not.toContain("\u001b");
  expect(parse(text.replace(/^# /gm, "").replace(/^yaml-.*/, "")).modules).toEqual([{ name, path: name }]);
});
