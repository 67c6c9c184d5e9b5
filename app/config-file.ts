// Moved: the terminal shell reads the same file.
export { parseConfig } from "../core/adapters/config-file.ts";
