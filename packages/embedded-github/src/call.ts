// One request as a route sees it.
import type { z } from "zod";
import type { Actor } from "./auth.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly url: URL;
  readonly accept: string;
  /** The body through a schema, or 422 in GitHub's words. */
  read<S extends z.ZodType>(schema: S): z.output<S>;
  param(name: string): string;
  number(name: string): number;
}
