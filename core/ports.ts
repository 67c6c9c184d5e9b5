// How a running pipeline sees the world. Adapters implement these; `core/run` is the only caller of most.
export type * from "./ports/clock.ts";
export type * from "./ports/control.ts";
export type * from "./ports/github.ts";
export type * from "./ports/model.ts";
export type * from "./ports/skills.ts";
export type * from "./ports/store.ts";
export type * from "./ports/tool-servers.ts";
export type * from "./ports/workbench.ts";
