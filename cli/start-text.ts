// What `kin start` says before and after the story.
import { resolve } from "node:path";
import type { SandboxFound } from "../action/workbench/workbench.ts";
import type { Store } from "../app/store/port.ts";
import type { TaskRecord } from "../core/model/record.ts";
import { plural, usd } from "../core/report/format.ts";
import { isUnchanged } from "../core/report/headline.ts";
import { capital, STATUS_WORDS } from "../core/report/words.ts";
import { storyWith } from "../local/example.ts";
import { MAINTAINER, type World } from "../local/world.ts";
import { branchDiff } from "./patch.ts";

export interface OpeningText {
  readonly world: World;
  readonly dataDir: string;
  readonly project: string;
  readonly sandbox: SandboxFound;
  readonly isExample: boolean;
  /** Directory of the scripted model's answers; null if a real model is used. */
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
    ...(playing.isExample && playing.answers !== null ? [EXAMPLES_KEY] : []),
    `  Sandbox  ${sandbox.ok ? "bubblewrap" : `none: ${sandbox.reason}. The scripted model runs without; a real one would not. ${sandbox.hint}`}`,
    "",
  ].join("\n");

const EXAMPLES_KEY =
  "  Config   the example sets limits.revisions: 0 in .github/kin.yml, so that the gate's rejection is a return;\n           by default the same pipeline mends it first, twice at most";

const modelLine = ({ model, answers, isExample }: Pick<OpeningText, "model" | "answers" | "isExample">) => {
  if (model !== null)
    return model.baseUrl === null
      ? "the Anthropic API (ANTHROPIC_API_KEY is set)"
      : `${model.baseUrl} (ANTHROPIC_BASE_URL is set)`;
  if (storyWith(answers) === null) return `scripted: ${answers}`;
  return isExample
    ? "scripted: a script plays the model. It knows the example's one issue, and\n           refuses others; set ANTHROPIC_API_KEY for a real one"
    : "scripted, with the script of another project: set ANTHROPIC_API_KEY, or write answers (docs/embedded-world.md)";
};

export interface ClosingText {
  readonly world: World;
  readonly store: Store;
  readonly task: TaskRecord;
  readonly project: string;
  readonly dataDir: string;
  readonly once: boolean;
}

const MOST_LINES = 200;

/** The diff comes first, so that what is to be read is at the end of the screen. */
export const closing = async (told: ClosingText): Promise<string> => {
  const { world, store, task, project, dataDir, once } = told;
  const at = `${world.github.url}/${MAINTAINER}/${project}`;
  const pipelines = await store.pipelines(task.id);
  const spent = pipelines.reduce((sum, pipeline) => sum + pipeline.usd, 0);
  const { branch, head_sha, issue } = task;
  const diff =
    task.status !== "review" || branch === null || head_sha === null
      ? ""
      : (branchDiff({ dataDir, ...task, branch, head_sha }) ?? "");
  const lines = diff.trimEnd().split("\n");
  return [
    "",
    ...(diff === ""
      ? []
      : [
          ...lines.slice(0, MOST_LINES),
          ...(lines.length > MOST_LINES
            ? [`… ${plural(lines.length - MOST_LINES, "line")} more: npx kin patch ${issue}`]
            : []),
          "",
        ]),
    `#${issue} ${capital(STATUS_WORDS[task.status])}: ${isUnchanged(task) ? "no file was changed, " : ""}${plural(pipelines.length, "pipeline")}, ${plural(task.return_count, "return")}, ${usd(spent)}${world.scripted ? " (scripted model: at list prices)" : ""}`,
    ...(task.status_reason === "" ? [] : [task.status_reason]),
    ...(once ? closed(task, dataDir) : addresses(task, world, at)),
    "",
    `Try: ${head_sha === null ? "" : `npx kin patch ${issue} · `}npx kin logs ${issue} · npx kin returns${once ? "" : " · comment `/kin` on the issue · Ctrl-C ends the world"}`,
  ].join("\n");
};

const addresses = ({ pr_number, issue }: TaskRecord, world: World, at: string): readonly string[] => [
  ...(pr_number === null ? [] : ["", `Pull request  ${at}/pull/${pr_number}`]),
  `Issue         ${at}/issues/${issue}`,
  `Page          ${world.pageUrl}`,
];

/** The world ends with this text: its pages are there again when it is next opened. */
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

/** After Ctrl-C. What plays the model has to be said each time; issue and repository are in the world already. */
export const goingOn = ({ dataDir, answers, story, identity }: GoingOn): string => {
  const isScript = storyWith(answers) !== null;
  const options = [
    ...(dataDir === resolve(".kin") ? [] : [`--data ${dataDir}`]),
    ...(answers === null || isScript ? [] : [`--answers ${answers}`]),
    ...(story === "return" ? [] : story === null ? ["--no-story"] : [`--story ${story}`]),
    ...(identity === undefined ? [] : ["--identity"]),
  ];
  return `\nEnded. \`npm start${options.length === 0 ? "" : ` -- ${options.join(" ")}`}\` goes on where this was left.`;
};
