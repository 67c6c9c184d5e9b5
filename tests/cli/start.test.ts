// What `kin start` refuses before it opens anything, and a directory in which a world is open already.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { STORY_ANSWERS } from "../../local/example.ts";
import { ROOT, startWorld, type WorldOptions } from "../../local/world.ts";
import type { WorldFile } from "../../local/world-file.ts";
import { kin } from "./kin.ts";

const temp = mkdtempSync(join(tmpdir(), "kin-start-"));
afterAll(() => rmSync(temp, { recursive: true, force: true }));
const at = (name: string): string => join(temp, name);

writeFileSync(at("file"), "");
mkdirSync(at("answers"));
writeFileSync(at("answers/pm.yaml"), "- sumbit: {}\n");

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
