// What a role of the protocol is handed: its step as `{ task_id, main_task, extras, files_involved, requirements }`, made
// from the plan, the task and the tree.
import type { Pipeline, Step } from "../model/pipeline.ts";

const MOST_FILES = 40;
const LONGEST_TASK = 600;

export interface Enveloped {
  readonly pipeline: Pipeline;
  readonly step: Step;
  /** Paths of the tree. */
  readonly files: readonly string[];
  /** Those that this pipeline changed. */
  readonly changed: readonly string[];
}

export const envelopeOf = ({ pipeline, step, files, changed }: Enveloped) => {
  const { task, decisions, findings, modules } = pipeline.opening;
  const [first = ""] = step.brief.trim().split(/\n\s*\n/);
  const named = namedIn([step.brief, task.body, ...task.acceptance_criteria].join("\n"), files);
  const module = modules.find(({ name }) => name === step.module)?.path;
  return {
    task_id: `${task.repository.owner}/${task.repository.name}#${task.issue}`,
    main_task: first.length > LONGEST_TASK ? `${first.slice(0, LONGEST_TASK)}…` : first,
    extras: [
      ...decisions.filter(({ id }) => step.decisions.includes(id)).map(({ id, title }) => `#${id} ${title}`),
      ...findings.map(({ issue }) => issue.split("\n")[0] ?? ""),
    ],
    files_involved: [...new Set([...named, ...changed, ...(module === undefined ? [] : [module])])].slice(
      0,
      MOST_FILES,
    ),
    requirements: task.acceptance_criteria.map((criterion, index) => `${index + 1}. ${criterion}`),
  };
};

/** Paths of the tree that the text names, in full or by their last parts. */
const namedIn = (text: string, files: readonly string[]): readonly string[] => {
  const words = new Set(
    text
      .slice(0, 8_000)
      .split(/[^\w./-]+/)
      .map(word => word.replace(/^\.?\/|\.$/g, ""))
      .filter(word => /\.\w{1,10}$/.test(word)),
  );
  return files.filter(path => words.has(path) || [...words].some(word => path.endsWith(`/${word}`)));
};
