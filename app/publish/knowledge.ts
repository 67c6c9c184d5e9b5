// What pipelines learned about the project: decisions that a learner proposes, modules that an architect names.
import { itemsOf } from "../../core/model/json.ts";
import { marks } from "../../core/model/keys.ts";
import { ModuleRecord, ProposedDecision } from "../../core/model/knowledge.ts";
import type { Mark, Posted } from "../../core/model/mark.ts";
import type { Pipeline, Step } from "../../core/model/pipeline.ts";
import type { DecisionRow } from "../../core/model/record.ts";
import { sources } from "../../core/model/sources.ts";
import { decisionsComment } from "../../core/report/decisions-comment.ts";
import { clean } from "../../core/text/clean.ts";
import { postOnce } from "./post-once.ts";
import type { Publishing } from "./publishing.ts";

const MOST_DECISIONS = 10;
const MOST_MODULES = 50;

/** For every pipeline, because the next one may have begun before this publication reached the previous one. */
export const publishKnowledge = async (publishing: Publishing): Promise<void> => {
  const { plane } = publishing;
  for (const { pipeline, record } of publishing.view.pipelines) {
    const learned = marks.learned(record.id);
    if (pipeline.outcome === null || (await plane.store.marked(learned)) !== null) continue;
    for (const step of pipeline.steps) await learn(step, { ...publishing, pipeline });
    await plane.store.markOnce(learned, { now: plane.clock.now() });
  }
};

interface Learning extends Publishing {
  readonly pipeline: Pipeline;
}

const learn = async (step: Step, learning: Learning): Promise<void> => {
  if (step.answer === null || step.attempts.length === 0) return;
  const { plane, view, pipeline } = learning;
  const source = answerSource(step, pipeline);
  if (step.role === "learner") await propose(step, { ...learning, source });
  if (step.role !== "architect") return;
  const modules = itemsOf(ModuleRecord, step.answer.modules).slice(0, MOST_MODULES);
  if (modules.length > 0)
    await plane.store.saveModules({
      project_id: view.project.id,
      modules: modules.map(cleaned),
      source: "architect",
    });
};

/** With `learn: auto` they take effect at once, otherwise a person chooses. A known title is not proposed again. */
const propose = async (
  step: Step,
  { plane, github, view, pipeline, source }: Learning & { readonly source: string },
): Promise<void> => {
  const auto = pipeline.opening.config.learn === "auto";
  for (const decision of itemsOf(ProposedDecision, step.answer?.decisions).slice(0, MOST_DECISIONS))
    await plane.store.saveDecision(
      {
        project_id: view.project.id,
        type: decision.type,
        title: clean(decision.title, { limit: 200 }).text,
        description: clean(decision.description, { limit: 1000 }).text,
        status: auto ? "active" : "proposed",
        source,
        decided_by: auto ? "learn: auto" : null,
      },
      plane.clock.now(),
    );
  const made: readonly DecisionRow[] = auto
    ? await plane.store.decisions(view.project.id, 200)
    : await plane.store.proposedDecisions(view.project.id);
  const shown = made.filter(row => row.source === source);
  if (shown.length === 0) return;
  const body = decisionsComment(shown);
  await postOnce({ plane, github, issue: view.task.issue, mark: marks.offer(source), body });
};

/** The marks of all comments that offer what a pipeline's learner proposed. */
export const offersOf = (pipeline: Pipeline): readonly Mark<Posted>[] =>
  pipeline.steps
    .filter(({ role }) => role === "learner")
    .map(step => marks.offer(answerSource(step, pipeline)));

const answerSource = ({ role, number }: Step, { opening: { pipeline } }: Pipeline): string =>
  sources.answer({ role, pipeline, step: number });

const cleaned = ({ name, path, description }: ModuleRecord): ModuleRecord => ({
  name: clean(name, { limit: 60 }).text,
  path: clean(path, { limit: 200 }).text,
  description: clean(description, { limit: 300 }).text,
});
