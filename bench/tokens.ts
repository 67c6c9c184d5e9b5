// Billed input tokens of a long step and of a whole pipeline, against the least that the cache's prices allow; and the
// part of the prompt that all roles share. Counted as the scripted model does: a quarter of the bytes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promptOf, totalTokens } from "../local/model/prompt.ts";
import { blocksOf, MessagesRequest, readBody } from "../local/model/request.ts";
import type { SeenRequest } from "../local/model/seen.ts";
import { startFakeModel } from "../local/model/server.ts";
import { driverFor } from "./drive.ts";
import type { Figure } from "./figure.ts";
import { PIPELINE, STEP, STEPS } from "./tokens/scripts.ts";

const TURNS = 30;
const WRITE = 1.25;
const READ = 0.1;
/** For all models but the smallest, which no role uses. */
const LEAST_CACHEABLE = 1_024;

export const tokens = async (): Promise<readonly Figure[]> => {
  const step = await seenBy(STEP, { ends: "blocked", config: { limits: { step_turns: TURNS } } });
  const pipeline = await seenBy(PIPELINE, { ends: "passed", config: {} });
  const prefix = sharedBy(pipeline);
  const attempt = step.filter(request => request.attempt === 1);
  const long = billed(attempt) / least(attempt, 0);
  const whole = billed(pipeline) / least(pipeline, prefix.tokens);
  return [
    {
      what: `billed input of a ${attempt.length}-turn step against the moving-breakpoint formula`,
      found: long.toFixed(2),
      goal: "≤ 1.10",
      ok: long <= 1.1,
    },
    {
      what: `billed input of a plan and its ${STEPS} steps, ${pipeline.length} turns, against one shared prefix`,
      found: whole.toFixed(2),
      goal: "≤ 1.25",
      ok: whole <= 1.25,
    },
    {
      what: "fixed part of the prompt (tools and preamble)",
      found: `${(prefix.bytes / 1024).toFixed(1)} KB`,
      goal: "≤ 16 KB",
      ok: prefix.bytes <= 16 * 1024,
    },
    {
      what: "fixed part with the project's context",
      found: `${prefix.tokens} tokens`,
      goal: `≥ ${LEAST_CACHEABLE}, to be cached at all`,
      ok: prefix.tokens >= LEAST_CACHEABLE,
    },
  ];
};

/** The requests of one pipeline, in order; `scripts` are answers files by role. */
const seenBy = async (
  scripts: Readonly<Record<string, readonly object[]>>,
  { ends, config }: { readonly ends: string; readonly config: object },
): Promise<readonly SeenRequest[]> => {
  const answers = mkdtempSync(join(tmpdir(), "kin-bench-"));
  for (const [role, turns] of Object.entries(scripts))
    writeFileSync(join(answers, `${role}.yaml`), JSON.stringify(turns));
  const model = await startFakeModel({ answers });
  const { outcome } = await driverFor(model.url)({ config });
  if (outcome?.kind !== ends) throw new Error(`The pipeline ended otherwise: ${outcome?.reason}`);
  await model.close();
  rmSync(answers, { recursive: true, force: true });
  return model.requests();
};

const billed = (requests: readonly SeenRequest[]): number =>
  sum(
    requests.map(
      ({ usage }) =>
        (usage?.input_tokens ?? 0) +
        WRITE * (usage?.cache_creation_input_tokens ?? 0) +
        READ * (usage?.cache_read_input_tokens ?? 0),
    ),
  );

/** Each turn's new tokens written once and all others read; later conversations also read what all share. */
const least = (requests: readonly SeenRequest[], shared: number): number =>
  sum(
    requests.map((request, index) => {
      const before = requests[index - 1];
      const first = before === undefined || nameOf(before) !== nameOf(request);
      const known = before === undefined ? 0 : first ? shared : promptTokens(before);
      return WRITE * (promptTokens(request) - known) + READ * known;
    }),
  );

const promptTokens = ({ usage }: SeenRequest): number =>
  (usage?.input_tokens ?? 0) +
  (usage?.cache_creation_input_tokens ?? 0) +
  (usage?.cache_read_input_tokens ?? 0);

const nameOf = ({ role, step, attempt }: SeenRequest): string => `${role} ${step} ${attempt}`;

/** Tools, preamble and project: what comes before the role. */
const sharedBy = ([first]: readonly SeenRequest[]): { readonly tokens: number; readonly bytes: number } => {
  const request = readBody(MessagesRequest, first?.body);
  const [preamble] = blocksOf(request.system ?? []);
  const before = promptOf(request).filter(block => block.place === null);
  return {
    tokens: totalTokens(before.slice(0, -1)),
    bytes: Buffer.byteLength(JSON.stringify(request.tools) + String(preamble?.text)),
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
