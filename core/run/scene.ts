// Where a command is performed: the pipeline as it stands, and what there is to work with.
import type { Pipeline } from "../model/pipeline.ts";
import type { Benches } from "./benches.ts";
import type { World } from "./world.ts";

export interface Scene {
  readonly pipeline: Pipeline;
  readonly world: World;
  readonly benches: Benches;
  readonly signal: AbortSignal;
}
