// `kin deliver <payload>`: signs a webhook and sends it, once or many times, as GitHub would.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import PQueue from "p-queue";
import type { Store } from "../app/store/port.ts";
import { KinError } from "../core/model/error.ts";
import { readWorldFile } from "../local/world-file.ts";
import { misused, readArguments, TEXT } from "./arguments.ts";
import { tellWorld, withStore } from "./data-directory.ts";
import { Delivered, fitToWorld, type RunningWorld } from "./deliver-world.ts";

const AT_ONCE = 16;

export const deliver = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { times: { ...TEXT, default: "1" }, event: TEXT, data: TEXT, url: TEXT, secret: TEXT },
    { positionals: ["FILE"] },
  );
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1 || times > 10_000) {
    throw misused(`--times is ${values.times}.`, "A whole number from 1 to 10000.");
  }
  const { text, payload } = readPayload(positionals[0]);
  const target = targetOf(values);
  const event = values.event ?? guessEvent(payload);
  const body =
    target.world === null
      ? text
      : JSON.stringify(await fitToWorld(payload, target.world).catch(unfitted(target.world, target)));
  const one = randomUUID();
  const queue = new PQueue({ concurrency: AT_ONCE });
  const ids = Array.from({ length: times }, (_, i) => (times > 1 && i % 2 === 1 ? randomUUID() : one));
  const statuses = await Promise.all(ids.map(id => queue.add(() => send({ ...target, body, event, id }))));
  const answers = Map.groupBy(statuses, status => status);
  console.log(
    `${times === 1 ? "1 delivery" : `${times} deliveries`} of ${event}: ${[...answers].map(([status, list]) => `${list.length} × ${status}`).join(", ")}`,
  );
  if (target.world !== null) await readBack(target.world, { ...target, delivered: Delivered.parse(payload) });
  return statuses.every(status => status !== undefined && status >= 200 && status < 300) ? 0 : 1;
};

/** A failed request came from the world's GitHub; anything else is thrown as it is. */
const unfitted =
  (world: RunningWorld, target: Pick<Target, "remedy">) =>
  (error: unknown): never => {
    if (typeof (error as { readonly status?: unknown }).status !== "number") throw error;
    return unanswered(world, target)(error);
  };

/** The world's GitHub is down, or its reply is unexpected. */
const unanswered =
  ({ githubUrl }: RunningWorld, { remedy }: Pick<Target, "remedy">) =>
  (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KinError(`The world's GitHub does not answer at ${githubUrl}: ${why}.`, {
      code: "world_down",
      hint: remedy,
      cause,
    });
  };

type Payload = Readonly<Record<string, unknown>>;

const readPayload = (file: string | undefined): { readonly text: string; readonly payload: Payload } => {
  if (file === undefined)
    throw misused("`kin deliver` needs a payload.", "A JSON file, or - for standard input.");
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw misused(
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      "A JSON file, or - for standard input.",
    );
  }
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (cause) {
    throw noPayload(`${file} is no JSON.`, cause);
  }
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload))
    return { text, payload: payload as Payload };
  throw noPayload(`${file} holds no JSON object.`);
};

const noPayload = (message: string, cause?: unknown): KinError =>
  new KinError(message, {
    code: "payload_invalid",
    hint: "A webhook's payload as GitHub sends it.",
    cause,
  });

interface Target {
  readonly url: string;
  readonly secret: string;
  /** Shown if nothing responds there. */
  readonly remedy: string;
  readonly world: (RunningWorld & { readonly directory: string }) | null;
}

type Named = Readonly<Partial<Record<"data" | "url" | "secret", string | undefined>>>;

const targetOf = ({ data, url, secret }: Named): Target => {
  if ((url === undefined) !== (secret === undefined))
    throw misused(
      "--url and --secret belong together.",
      "Name both; or neither, for a world of this machine.",
    );
  if (url === undefined || secret === undefined) return worldOf(data);
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw misused(
      `--url is ${url}.`,
      "An http or https address, such as https://kin.example/api/github/webhooks.",
    );
  return {
    url,
    secret,
    remedy: "Look at the address, and whether an App listens there.",
    world: null,
  };
};

const worldOf = (data: string | undefined): Target => {
  const directory = tellWorld(data);
  const world = readWorldFile(directory);
  return {
    url: `${world.appUrl}/api/github/webhooks`,
    secret: world.webhookSecret,
    remedy: `Open that world in another terminal, with \`npm start -- --data ${directory} --no-story\`; or name another with --data.`,
    world: { ...world, directory },
  };
};

const send = async ({
  url,
  secret,
  remedy,
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
      hint: remedy,
      cause,
    });
  });
  await response.arrayBuffer();
  return response.status;
};

/** By the payload's fields; if that is not enough, --event says it. */
const guessEvent = (payload: Payload): string => {
  if (payload.review !== undefined) return "pull_request_review";
  if (payload.comment !== undefined)
    return payload.pull_request === undefined ? "issue_comment" : "pull_request_review_comment";
  if (payload.pull_request !== undefined) return "pull_request";
  if (payload.issue !== undefined) return "issues";
  if (payload.workflow_run !== undefined) return "workflow_run";
  throw misused("The payload does not tell its event.", "Name it with --event, for example --event push.");
};

interface ReadingBack extends Pick<Target, "remedy"> {
  readonly delivered: Delivered;
}

/** What the deliveries caused, from the store and from the embedded GitHub's API. */
const readBack = (world: NonNullable<Target["world"]>, { remedy, delivered }: ReadingBack): Promise<void> =>
  withStore({ data: world.directory, env: {} }, async store => {
    await untilQuiet(store);
    const issue = delivered.issue?.number ?? 0;
    const [counts] = await store.query(
      `SELECT (SELECT COUNT(*) FROM tasks WHERE issue = ${issue}) AS tasks,
              (SELECT COUNT(*) FROM pipelines p JOIN tasks t ON t.id = p.task_id WHERE t.issue = ${issue}) AS pipelines,
              (SELECT COALESCE(SUM(dispatches), 0) FROM pipelines p JOIN tasks t ON t.id = p.task_id WHERE t.issue = ${issue}) AS dispatches,
              (SELECT COUNT(*) FROM jobs WHERE kind = 'event') AS deliveries_kept`,
    );
    console.log(
      `store:  ${Object.entries(counts ?? {})
        .map(([name, n]) => `${name} ${n}`)
        .join(", ")}`,
    );
    const repository = delivered.repository?.full_name;
    if (repository !== undefined) {
      const seen = seenOn(world.githubUrl, { repository, issue });
      console.log(`GitHub: ${await seen.catch(unanswered(world, { remedy }))}`);
    }
  });

const seenOn = async (
  github: string,
  { repository, issue }: { readonly repository: string; readonly issue: number },
): Promise<string> => {
  const ask = async <T>(path: string): Promise<T | null> => {
    const response = await fetch(`${github}/api/v3${path}`);
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`${path} answers ${response.status}`);
    return (await response.json()) as T;
  };
  const runs = await ask<{ total_count: number }>(`/repos/${repository}/actions/runs`);
  if (runs === null)
    return `this world has no repository ${repository}, so nothing comes of it. Put one of its own into the payload's \`repository.full_name\`: they are listed at ${github}.`;
  const comments = await ask<{ user: { type: string } }[]>(`/repos/${repository}/issues/${issue}/comments`);
  const byKin = comments?.filter(({ user }) => user.type === "Bot").length ?? 0;
  return `comments by Kin ${byKin}, workflow runs ${runs.total_count}`;
};

/** What was delivered has been handled; what a run does then goes on, and is not waited for. */
const untilQuiet = async (store: Store): Promise<void> => {
  for (let quiet = 0, looks = 0; quiet < 4 && looks < 150; looks++) {
    const [row] = await store.query(
      "SELECT COUNT(*) AS n FROM jobs WHERE done_at IS NULL AND kind IN ('event', 'dispatch') AND due_at <= unixepoch() * 1000",
    );
    quiet = row?.n === 0 ? quiet + 1 : 0;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
};
