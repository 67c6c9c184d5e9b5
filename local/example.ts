// The project that a fresh world begins with, and the issue that somebody labels in it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { KinError } from "../core/model/error.ts";
import type { Script } from "./model/choose.ts";
import { ROOT, WORKFLOW_TEXT } from "./world.ts";

export interface Project {
  readonly name: string;
  /** A git repository whose committed files become the project. */
  readonly fromDirectory?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export const EXAMPLE = join(ROOT, "local", "example");
export const STORY_ISSUE = join(ROOT, "local", "story", "issue.md");
export const STORY_ANSWERS = join(ROOT, "local", "story", "answers");

interface Story {
  readonly answers: string;
  readonly issue: string;
}

const STORY = join(ROOT, "local", "story");

/** What `kin start --story` can tell with the scripted model. */
export const STORIES: Readonly<Record<string, Story>> = {
  return: { answers: STORY_ANSWERS, issue: STORY_ISSUE },
  escalation: { answers: join(STORY, "escalation"), issue: STORY_ISSUE },
  workers: { answers: join(STORY, "workers"), issue: join(STORY, "workers.md") },
};

/** The story that is played with these answers; null if they are not a story's. */
export const storyWith = (answers: string | null): Story | null =>
  Object.values(STORIES).find(story => story.answers === answers) ?? null;

/** The story's answers, for its issue; for any other, the project manager says why not, and what to do instead. */
export const storyScript = ({ answers: directory, issue }: Story): Script => {
  const { title } = readIssue(issue);
  return {
    directory,
    refuse: (text, { role }) =>
      role !== "pm" || (/^Title: (.*)$/m.exec(text)?.[1] ?? title) === title
        ? null
        : {
            submit: {
              status: "blocked",
              reason: `A script plays the model in this world, and it knows only the example's issue, *${title}*. To have this one done, end the world and start it again with \`ANTHROPIC_API_KEY\` set, or with answers that you write: \`npm start -- --answers DIR\` (docs/fake-model.md).`,
              return_category: "technical_blocker",
              blocked_at: "2026-01-01T00:00:00Z",
            },
          },
  };
};

const WORKFLOW_PATH = ".github/workflows/kin.yml";

export const exampleProject = (): Project => ({
  name: "house-costs",
  files: { ...filesBelow(EXAMPLE), [WORKFLOW_PATH]: WORKFLOW_TEXT() },
});

/** Any local git repository; the workflow is added to a copy in the embedded GitHub, never to the directory itself. */
export const projectFrom = (directory: string): Project => {
  const name = basename(directory.replace(/\/+$/, "")).replace(/[^\w.-]/g, "-") || "project";
  try {
    execFileSync("git", ["-C", directory, "rev-parse", "--verify", "--quiet", "HEAD"], { stdio: "pipe" });
  } catch {
    throw new KinError(`${directory} is no git repository with a commit.`, {
      code: "no_repository",
      hint: "Name a directory with a git repository, and commit its files first.",
    });
  }
  return { name, fromDirectory: directory };
};

export const WORKFLOW_FILE = { path: WORKFLOW_PATH, text: WORKFLOW_TEXT };

export interface IssueFile {
  readonly title: string;
  readonly body: string;
}

/** Markdown whose first heading is the title or, without one, the first line. */
export const readIssue = (file: string): IssueFile => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new KinError(`The issue's file ${file} cannot be read.`, {
      code: "no_issue_file",
      hint: "Name a Markdown file: its first line is the title.",
      cause,
    });
  }
  const [first = "", ...rest] = text.replace(/^\uFEFF/, "").split("\n");
  const title = first.replace(/^#+\s*/, "").trim();
  if (title === "")
    throw new KinError(`${file} has no first line.`, {
      code: "no_issue_title",
      hint: "Its first line is the issue's title.",
    });
  return { title, body: rest.join("\n").trim() };
};

const filesBelow = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .map(path => join(directory, path))
      .filter(path => statSync(path).isFile() && !path.includes("node_modules"))
      .map(path => [relative(directory, path), readFileSync(path, "utf8")]),
  );
