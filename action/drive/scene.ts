// Where a command is performed: the pipeline as it stands, and what there is to work with.
import type { Attempt, Pipeline, Step } from "../../core/model/pipeline.ts";
import type { At } from "../../core/pipeline/decide.ts";
import { conversingStep } from "../../core/pipeline/workers.ts";
import type { Benches, ConversationKey } from "./benches.ts";
import type { Servers } from "./servers.ts";
import type { World } from "./world.ts";

export interface Scene {
  readonly pipeline: Pipeline;
  readonly world: World;
  readonly benches: Benches;
  readonly servers: Servers;
  readonly signal: AbortSignal;
}

/** The step of the command's conversation; a worker counts as a step. */
export const stepFor = (command: At, pipeline: Pipeline): Step => conversingStep(pipeline, command) as Step;

/** Closes its workers too, if it has any. */
export const closeAttempt = async (
  scene: Pick<Scene, "servers" | "benches" | "signal">,
  { step, attempt }: { readonly step: Step; readonly attempt: Pick<Attempt, "number" | "crew"> },
): Promise<void> => {
  for (const one of [step, ...(attempt.crew?.workers ?? [])])
    await closeConversation(scene, { step: one, attempt });
};

/** Servers first, because some look at the bench. A conversation that was resumed meanwhile is using both. */
const closeConversation = async (
  { servers, benches, signal }: Pick<Scene, "servers" | "benches" | "signal">,
  conversation: ConversationKey,
): Promise<void> => {
  signal.throwIfAborted();
  await servers.closeOne(conversation);
  signal.throwIfAborted();
  await benches.closeOne(conversation);
};
