// Reads app.yml: the name, permissions and events of Kin's GitHub App.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

export const AppManifest = z.strictObject({
  name: z.string().min(1).max(34),
  description: z.string(),
  public: z.boolean(),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});
export type AppManifest = z.infer<typeof AppManifest>;

/** `root` holds app.yml. */
export const readAppManifest = (root: string): AppManifest =>
  AppManifest.parse(parse(readFileSync(join(root, "app.yml"), "utf8")));
