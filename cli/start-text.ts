// What `kin start` says before and after the story.
import { resolve } from "node:path";
import type { SandboxFound } from "../core/adapters/workbench/workbench.ts";
import type { TaskRecord } from "../core/model/record.ts";
import type { Store } from "../core/ports.ts";
import { plural } from "../core/report/format.ts";
import { isUnchanged } from "../core/report/headline.ts";
import { STORIES } from "../local/example.ts";
import { MAINTAINER, type World } from "../local/world.ts";
import { branchDiff } from "./patch.ts";

export interface OpeningText {
  readonly world: World;
  readonly dataDir: string;
  readonly project: string;
  readonly sandbox: SandboxFound;
  readonly isExample: boolean;
  /** Directory of the scripted model's answers; null where a real one is asked. */
  readonly answers: string | null;
  readonly model: { readonly baseUrl: string | null } | null;
}

export const opening = ({ world, dataDir, project, sandbox, ...playing }: OpeningText): string =>
  [
    "Kin: the embedded world",
    `  GitHub   ${world.github.url}/${MAINTAINER}/${project}`,
    `  App      ${world.appUrl}, its page ${world.pageUrl}`,
    `  Data     ${dataDir}`,
    `  Model    ${modelLine(playing)}`,
    ...(world.federation === null
      ? []
      : ["  Key      none: runs exchange their OIDC token (workload identity)"]),
    `  Sandbox  ${sandbox.ok ? "bubblewrap" : `none: ${sandbox.reason}. The scripted model runs without; a real one would not. ${sandbox.hint}`}`,
    "",
  ].join("\n");

const modelLine = ({ model, answers, isExample }: Pick<OpeningText, "model" | "answers" | "isExample">) => {
  if (model !== null)
    return model.baseUrl === null
      ? "the Anthropic API (ANTHROPIC_API_KEY is set)"
      : `${model.baseUrl} (ANTHROPIC_BASE_URL is set)`;
  if (!Object.values(STORIES).includes(answers ?? "")) return `scripted: ${answers}`;
  return isExample
    ? "scripted: a script plays the model. It knows the example's one issue, and plays that whatever is asked;\n           set ANTHROPIC_API_KEY for a real one"
    : "scripted, with the script of another project: set ANTHROPIC_API_KEY, or write answers (docs/embedded-world.md)";
};

export interface ClosingText {
  readonly world: World;
  readonly store: Store;
  readonly task: TaskRecord | null;
  readonly project: string;
  readonly dataDir: string;
  readonly once: boolean;
}

export const closing = async ({
  world,
  store,
  task,
  project,
  dataDir,
  once,
}: ClosingText): Promise<string> => {
  if (task === null) return "Ended before the task was.";
  const at = `${world.github.url}/${MAINTAINER}/${project}`;
  const fresh = (await store.task(task.id)) ?? task;
  const pipelines = await store.pipelines(task.id);
  const usd = pipelines.reduce((sum, pipeline) => sum + pipeline.usd, 0);
  const diff =
    fresh.branch === null || fresh.head_sha === null
      ? ""
      : branchDiff({ dataDir, ...fresh, branch: fresh.branch, head_sha: fresh.head_sha });
  return [
    "",
    `${fresh.status === "review" ? "Ready for review" : fresh.status.replace("_", " ")}: ${isUnchanged(fresh) ? "no file was changed, " : ""}${plural(pipelines.length, "pipeline")}, ${plural(fresh.return_count, "return")}, $${usd.toFixed(3)}${world.scripted ? " (scripted model: at list prices)" : ""}`,
    ...(fresh.status_reason === "" ? [] : [fresh.status_reason]),
    ...(once ? closed(fresh, dataDir) : addresses(fresh, world, at)),
    ...(diff === "" ? [] : ["", diff.trimEnd()]),
    "",
    `Try: ${diff === "" ? "" : `npx kin patch ${fresh.issue} · `}npx kin sql 'select return_number, reason_category, returned_by, reason_text from task_returns'${once ? "" : " · comment `/kin` on the issue · Ctrl-C ends the world"}`,
  ].join("\n");
};

const addresses = ({ pr_number, issue }: TaskRecord, world: World, at: string): readonly string[] => [
  ...(pr_number === null ? [] : ["", `Pull request  ${at}/pull/${pr_number}`]),
  `Issue         ${at}/issues/${issue}`,
  `Page          ${world.pageUrl}`,
];

/** The world ends with this text: its pages are there when it is opened again. */
const closed = ({ pr_number, issue }: TaskRecord, dataDir: string): readonly string[] => [
  "",
  `${pr_number === null ? "" : `Pull request #${pr_number}, `}${pr_number === null ? "I" : "i"}ssue #${issue}: \`npm start -- --data ${dataDir} --no-story\` opens these pages again`,
];

export interface GoingOn {
  readonly dataDir: string;
  readonly answers: string | null;
  readonly story: string | null;
  readonly identity?: unknown;
}

/** Behind Ctrl-C. What plays the model is said each time; issue and repository are in the world already. */
export const goingOn = ({ dataDir, answers, story, identity }: GoingOn): string => {
  const isScript = Object.values(STORIES).includes(answers ?? "");
  const options = [
    ...(dataDir === resolve(".kin") ? [] : [`--data ${dataDir}`]),
    ...(answers === null || isScript ? [] : [`--answers ${answers}`]),
    ...(story === "return" ? [] : story === null ? ["--no-story"] : [`--story ${story}`]),
    ...(identity === undefined ? [] : ["--identity"]),
  ];
  return `\nEnded. \`npm start${options.length === 0 ? "" : ` -- ${options.join(" ")}`}\` goes on where this was left.`;
};
