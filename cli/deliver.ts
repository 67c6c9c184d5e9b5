// `kin deliver <payload>`: signs a webhook and sends it, once or many times, as GitHub would.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import PQueue from "p-queue";
import { openDatabase } from "../core/adapters/libsql/database.ts";
import { createStore } from "../core/adapters/libsql/store.ts";
import { KinError } from "../core/model/error.ts";
import type { Store } from "../core/ports.ts";
import { readArguments } from "./arguments.ts";
import { findWorld } from "./data-directory.ts";
import { fitToWorld, type RunningWorld } from "./deliver-world.ts";

const AT_ONCE = 16;

export const deliver = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    {
      times: { type: "string", default: "1" },
      event: { type: "string" },
      data: { type: "string" },
      url: { type: "string" },
      secret: { type: "string" },
    },
    { positionals: ["FILE"] },
  );
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1 || times > 10_000) {
    throw new KinError(`--times is ${values.times}.`, {
      code: "arguments_invalid",
      hint: "A whole number from 1 to 10000.",
    });
  }
  const given = readPayload(positionals[0]);
  const target =
    values.url === undefined
      ? worldOf(values.data)
      : { url: values.url, secret: values.secret ?? "", database: null, world: null };
  const body = target.world === null ? given : await fitToWorld(given, target.world);
  const event = values.event ?? guessEvent(JSON.parse(body));
  const one = randomUUID();
  const queue = new PQueue({ concurrency: AT_ONCE });
  const ids = Array.from({ length: times }, (_, i) => (times > 1 && i % 2 === 1 ? randomUUID() : one));
  const statuses = await Promise.all(ids.map(id => queue.add(() => send({ ...target, body, event, id }))));
  const answers = Map.groupBy(statuses, status => status);
  console.log(
    `${times} deliveries of ${event}: ${[...answers].map(([status, list]) => `${list.length} × ${status}`).join(", ")}`,
  );
  if (target.database !== null)
    await readBack(target.database, { github: target.world?.githubUrl ?? null, payload: JSON.parse(body) });
  return statuses.every(status => status !== undefined && status >= 200 && status < 300) ? 0 : 1;
};

const readPayload = (file: string | undefined): string => {
  if (file === undefined)
    throw new KinError("`kin deliver` needs a payload.", {
      code: "arguments_invalid",
      hint: "A JSON file, or - for standard input.",
    });
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8");
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new KinError(`${file} is no readable JSON.`, {
      code: "payload_invalid",
      hint: "A webhook's payload as GitHub sends it.",
      cause,
    });
  }
};

interface Target {
  readonly url: string;
  readonly secret: string;
  readonly database: string | null;
  readonly world: RunningWorld | null;
}

const worldOf = (data: string | undefined): Target => {
  const directory = findWorld(data);
  const world = JSON.parse(readFileSync(join(directory, "world.json"), "utf8"));
  return {
    url: `${world.appUrl}/api/github/webhooks`,
    secret: world.webhookSecret,
    database: join(directory, "kin.db"),
    world,
  };
};

const send = async ({
  url,
  secret,
  body,
  event,
  id,
}: Target & { readonly body: string; readonly event: string; readonly id: string }): Promise<number> => {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  }).catch(cause => {
    throw new KinError(`Nothing answers at ${url}.`, {
      code: "world_down",
      hint: "Start the world with `npm start -- --no-story`, or name another with --url and --secret.",
      cause,
    });
  });
  await response.arrayBuffer();
  return response.status;
};

/** By the payload's own parts; --event says it where that is not enough. */
const guessEvent = (payload: Readonly<Record<string, unknown>>): string => {
  if (payload.review !== undefined) return "pull_request_review";
  if (payload.comment !== undefined)
    return payload.pull_request === undefined ? "issue_comment" : "pull_request_review_comment";
  if (payload.pull_request !== undefined) return "pull_request";
  if (payload.issue !== undefined) return "issues";
  if (payload.workflow_run !== undefined) return "workflow_run";
  throw new KinError("The payload does not tell its event.", {
    code: "arguments_invalid",
    hint: "Name it with --event, for example --event push.",
  });
};

/** What the deliveries caused, from the store and from the embedded GitHub's API. */
const readBack = async (
  database: string,
  {
    github,
    payload,
  }: {
    readonly github: string | null;
    readonly payload: { issue?: { number?: number }; repository?: { full_name?: string } };
  },
): Promise<void> => {
  const store = createStore(await openDatabase({ url: `file:${database}` }));
  try {
    await untilQuiet(store);
    const issue = payload.issue?.number ?? 0;
    const [counts] = await store.query(
      `SELECT (SELECT COUNT(*) FROM tasks WHERE issue = ${Number(issue)}) AS tasks,
              (SELECT COUNT(*) FROM pipelines p JOIN tasks t ON t.id = p.task_id WHERE t.issue = ${Number(issue)}) AS pipelines,
              (SELECT COALESCE(SUM(dispatches), 0) FROM pipelines p JOIN tasks t ON t.id = p.task_id WHERE t.issue = ${Number(issue)}) AS dispatches,
              (SELECT COUNT(*) FROM jobs WHERE kind = 'event') AS deliveries_kept`,
    );
    console.log(
      `store:  ${Object.entries(counts ?? {})
        .map(([name, n]) => `${name} ${n}`)
        .join(", ")}`,
    );
    if (github === null || payload.repository?.full_name === undefined) return;
    const api = `${github}/api/v3/repos/${payload.repository.full_name}`;
    const comments = (await (await fetch(`${api}/issues/${issue}/comments`)).json()) as {
      user: { type: string };
    }[];
    const runs = (await (await fetch(`${api}/actions/runs`)).json()) as { total_count: number };
    console.log(
      `GitHub: comments by Kin ${comments.filter(comment => comment.user.type === "Bot").length}, workflow runs ${runs.total_count}`,
    );
  } finally {
    store.close();
  }
};

/** What was delivered has been heard; what a run does then goes on, and is not waited for. */
const untilQuiet = async (store: Store): Promise<void> => {
  for (let quiet = 0, looks = 0; quiet < 4 && looks < 150; looks++) {
    const [row] = await store.query(
      "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind IN ('event', 'dispatch') AND due_at <= unixepoch() * 1000",
    );
    quiet = row?.n === 0 ? quiet + 1 : 0;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
};
