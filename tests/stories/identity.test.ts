// Workload identity in a whole world: no key anywhere, the real bundle, the scripted model's token endpoint.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IDENTITY } from "../../local/world.ts";
import { configured, openSite, type Project, type Site, sleep } from "./site.ts";

let site: Site;
/** This world and its runners have their files here, and nothing else does. */
const temp = mkdtempSync(join(tmpdir(), "kin-identity-"));
const before = process.env.TMPDIR;
beforeAll(async () => {
  mkdirSync(join(temp, "t"));
  process.env.TMPDIR = join(temp, "t");
  // So short that it is renewed for each request.
  site = await openSite({ identity: { lifetime: 20 } });
});
afterAll(async () => {
  await site.close();
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(temp, { recursive: true, force: true });
});

const federation = () => {
  if (site.world.federation === null) throw new Error("no federation");
  return site.world.federation;
};
const variable = (project: Project, name: string, value: string) =>
  site.world.github.setVariable({ owner: project.at.owner, repo: project.at.repo, name, value });
const secret = (project: Project, value: string) =>
  site.world.github.setSecret({
    owner: project.at.owner,
    repo: project.at.repo,
    name: "ANTHROPIC_API_KEY",
    value,
  });
const blocked = async (project: Project, issue: number): Promise<string> => {
  await project.until(issue, "blocked");
  return (await project.comments(issue)).join("\n");
};

/** Each in plain, in hexadecimal, and in base64 at each of three offsets in a longer text. */
const formsOf = (text: string): readonly string[] => [
  text,
  Buffer.from(text).toString("hex"),
  ...[0, 1, 2].map(shift => {
    const whole = Buffer.from("x".repeat(shift) + text).toString("base64");
    return whole.slice(4, -4);
  }),
];
const foundIn = (bytes: Buffer, secrets: readonly string[]): boolean =>
  secrets.some(one => formsOf(one).some(form => bytes.includes(form)));

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
/** Files come and go meanwhile. */
const look = <T>(at: () => T, none: T): T => {
  try {
    return at();
  } catch {
    return none;
  }
};

test("a pipeline passes without any key, renews its token again and again, and neither token shows anywhere", async () => {
  const project = await site.project({ name: "identity" });
  const issue = await project.open();
  const begun = federation().history().length;
  const known = federation().secrets().length;
  const held = new Set<string>();
  let looked = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      const secrets = federation().secrets();
      for (const path of look(() => filesBelow(temp), []))
        if (look(() => statSync(path).size < 4_000_000 && foundIn(readFileSync(path), secrets), false))
          held.add(path);
      looked += 1;
      await sleep(100);
    }
  })();
  await project.label(issue);
  await project.until(issue, "review");
  over = true;
  await watching;

  const exchanges = federation().history().slice(begun);
  expect(exchanges.map(({ denied }) => denied)).toEqual(exchanges.map(() => null));
  expect(exchanges.length).toBeGreaterThan(3);
  expect(exchanges[0]).toMatchObject({
    rule: IDENTITY.federation_rule,
    subject: expect.stringMatching(/^repo:octocat\/identity:ref:refs\/heads\/main$/),
  });
  const secrets = federation().secrets();
  expect(secrets).toHaveLength(known + exchanges.length * 2);

  expect(looked).toBeGreaterThan(3);
  expect([...held], "on disk").toEqual([]);
  for (const path of filesBelow(temp)) expect(foundIn(readFileSync(path), secrets), path).toBe(false);
  expect(foundIn(Buffer.from(site.log.join("\n")), secrets), "in a log").toBe(false);
  expect(foundIn(Buffer.from(JSON.stringify(await project.journal(issue))), secrets), "in an event").toBe(
    false,
  );
  // The model's input contains what its commands saw: their environment, and everything else visible to them.
  const told = JSON.stringify(site.world.modelRequests?.());
  expect(told).toContain("SEEN-FROM-INSIDE");
  expect(told).not.toContain("ACTIONS_ID_TOKEN_REQUEST");
  expect(foundIn(Buffer.from(told), secrets), "in a sandbox").toBe(false);
});

test("a run whose token is dropped in its midst exchanges once more and goes on", async () => {
  const project = await site.project({ name: "dropped" });
  const issue = await project.open();
  const begun = federation().history().length;
  await project.label(issue);
  for (let tries = 0; tries < 600 && federation().history().length === begun; tries += 1) await sleep(5);
  federation().revoke();
  await project.until(issue, "review");
  expect((await project.pipelines(issue)).map(({ outcome }) => outcome)).toEqual(["passed"]);
});

test("an API key beside it blocks, and says which to take away", async () => {
  const project = await site.project({ name: "beside" });
  secret(project, "sk-ant-api03-beside-beside-beside");
  const issue = await project.open();
  const begun = federation().history().length;
  await project.label(issue);
  const said = await blocked(project, issue);
  expect(said).toContain("there is an API key beside it");
  expect(said).toContain("Delete the secret ANTHROPIC_API_KEY");
  expect(said).not.toContain("beside-beside");
  expect(federation().history()).toHaveLength(begun);
});

test("a rule that does not take the run blocks with what to compare, and is asked once", async () => {
  const project = await site.project({ name: "refused" });
  variable(project, "ANTHROPIC_SERVICE_ACCOUNT_ID", "svac_another");
  const issue = await project.open();
  const begun = federation().history().length;
  await project.label(issue);
  const said = await blocked(project, issue);
  expect(said).toContain(`Compare the rule ${IDENTITY.federation_rule}`);
  expect(said).toContain("repo:octocat/refused:ref:refs/heads/main");
  expect(
    federation()
      .history()
      .slice(begun)
      .map(({ denied }) => denied),
  ).toEqual(["service_account"]);
});

test("the ids may stand in kin.yml, and no key is taken in their place", async () => {
  const ids = Object.entries(IDENTITY).map(([name, id]) => `  ${name}: ${id}`);
  const project = await site.project({
    name: "configured",
    files: configured(["auth: workload-identity", "workload_identity:", ...ids, ""].join("\n")),
  });
  for (const name of ["FEDERATION_RULE", "ORGANIZATION", "SERVICE_ACCOUNT", "WORKSPACE"])
    variable(project, `ANTHROPIC_${name}_ID`, "");
  const issue = await project.open();
  await project.label(issue);
  await project.until(issue, "review");

  const without = await site.project({ name: "without", files: configured("auth: workload-identity\n") });
  for (const name of ["FEDERATION_RULE", "ORGANIZATION", "SERVICE_ACCOUNT", "WORKSPACE"])
    variable(without, `ANTHROPIC_${name}_ID`, "");
  const other = await without.open();
  await without.label(other);
  expect(await blocked(without, other)).toMatch(/there is no federation_rule/);
});
