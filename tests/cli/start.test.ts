// What `kin start` refuses before it opens anything, including a directory in which a world is already open.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { STORY_ANSWERS } from "../../local/example.ts";
import { ROOT, startWorld, type WorldOptions } from "../../local/world.ts";
import type { WorldFile } from "../../local/world-file.ts";
import { kin, startKin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-start-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const at = (name: string): string => join(temp, name);

writeFileSync(at("file"), "");
mkdirSync(at("answers"));
writeFileSync(at("answers/pm.yaml"), "- sumbit: {}\n");

mkdirSync(at("damaged"));
writeFileSync(at("damaged/world.json"), '{"kinSecret": "');

test.each([
  [["--port", "99999"], '--port is "99999".\nIt takes a whole number from 0 to 65535; 0 is any free one.\n'],
  [["--data", ""], "--data names no directory.\nName one, or leave it out: then it is .kin.\n"],
  [
    ["--data", at("file")],
    `--data ${at("file")} is a file.\nName a directory; it is made where there is none.\n`,
  ],
  [
    ["--data", at("file/x")],
    `The directory ${at("file/x")} cannot be made (ENOTDIR).\nName another with --data.\n`,
  ],
  // The kernel denies that this directory exists, although it does.
  [["--data", "/proc/foo"], "The directory /proc/foo cannot be made (ENOENT).\nName another with --data.\n"],
  [["--data", "/proc"], "Nothing can be written in /proc (ENOENT).\nName another with --data.\n"],
  [
    ["--data", at("damaged")],
    `${at("damaged/world.json")} is damaged.\nPut a copy of it back, or begin another world with \`npm start -- --data DIR\`.\n`,
  ],
  [
    ["--repo", ROOT, "--data", at("none")],
    "--repo has no model: the script that plays one knows the example's one issue.\nSet ANTHROPIC_API_KEY, or write answers and name them with --answers DIR (docs/fake-model.md).\n",
  ],
])("%j is refused in a sentence, with what to do", async (args, said) => {
  expect(await kin(["start", ...args])).toEqual({ code: 1, out: "", err: said });
});

test("a slip in the answers is said before anything is opened", async () => {
  const { code, err } = await kin(["start", "--data", at("none"), "--answers", at("answers")]);
  expect([code, existsSync(at("none"))]).toEqual([1, false]);
  expect(err).toMatch(
    /^pm\.yaml: turn 1: found `sumbit`; .*\ndocs\/fake-model\.md .*\nMend it in .*answers\.\n$/,
  );
});

test("a port that somebody has is said with what to do", async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { code, err } = await kin(["start", "--data", at("busy"), "--port", String(port)], { HOME: temp });
  server.close();
  expect([code, err]).toEqual([1, `Port ${port} is in use.\nEnd what listens there, or use --port.\n`]);
});

test("a second start on one directory is refused, and what a world left that ended locks nobody out", async () => {
  const dataDir = at("world");
  const options: WorldOptions = {
    dataDir,
    port: 0,
    answers: STORY_ANSWERS,
    model: null,
    path: process.env.PATH ?? "",
    log: () => {},
  };
  const world = await startWorld(options);
  const { code, err } = await kin(["start", "--data", dataDir], { HOME: temp });
  await world.close();
  expect([code, err]).toEqual([
    1,
    `A world is already open in ${dataDir} (${world.github.url}, pid ${process.pid}).\nEnd it, or use another --data.\n`,
  ]);
  const file = JSON.parse(readFileSync(join(dataDir, "world.json"), "utf8")) as WorldFile;
  expect(file.pid).toBe(process.pid);
  await (await startWorld(options)).close();
}, 60_000);

/** Live processes with this text in their environment. */
const processesWith = (text: string): readonly string[] =>
  readdirSync("/proc").filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false;
    }
  });

test.each([
  ["SIGTERM", "while a step works", /step 1 of 2 debugger {2}turn 1\b/, 143],
  ["SIGINT", "before anything is told", /the embedded world/, 130],
] as const)(
  "`--once` that %s ends %s leaves no process and no directory",
  async (signal, _, moment, code) => {
    const own = at(`temp-${signal}`);
    mkdirSync(own);
    const started = startKin(["start", "--once"], { HOME: own, TMPDIR: own });
    await started.says(moment);
    expect(processesWith(own)).not.toEqual([]);
    started.stop(signal);
    expect(await started.ended).toMatchObject({ code, err: "" });
    expect([processesWith(own), readdirSync(own)]).toEqual([[], []]);
  },
  120_000,
);

test("Ctrl-C says how to go on", async () => {
  const dataDir = at("left");
  const started = startKin(["start", "--data", dataDir, "--port", "0", "--no-story"], { HOME: temp });
  await started.says(/the embedded world/);
  started.stop("SIGINT");
  const { code, out } = await started.ended;
  expect(code).toBe(0);
  expect(out.split("\n").slice(-3).join("\n")).toBe(
    `\nEnded. \`npm start -- --data ${dataDir} --no-story\` goes on where this was left.\n`,
  );
}, 60_000);
