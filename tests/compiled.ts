// Processes that tests start again and again compile the same code, so the compile cache is kept beside the other
// temporary files.
import { tmpdir } from "node:os";
import { join } from "node:path";

export const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") } as const;
