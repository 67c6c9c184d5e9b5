// Where a command is performed: the pipeline as it stands, and what there is to work with.
import type { Pipeline } from "../model/pipeline.ts";
import type { Benches, Conversation } from "./benches.ts";
import type { Servers } from "./servers.ts";
import type { World } from "./world.ts";

export interface Scene {
  readonly pipeline: Pipeline;
  readonly world: World;
  readonly benches: Benches;
  readonly servers: Servers;
  readonly signal: AbortSignal;
}

/** Servers first: some of them look at the bench. */
export const closeConversation = async (
  { servers, benches }: Pick<Scene, "servers" | "benches">,
  conversation: Pick<Conversation, "step" | "attempt">,
): Promise<void> => {
  await servers.closeOne(conversation);
  await benches.closeOne(conversation);
};
