// `kin migrate`: brings the store to the present tables, and says what that took. `kin serve` does so, too; this is for
// those who want it done before, or by somebody with other rights.
import { dirname } from "node:path";
import { Settings } from "../app/settings.ts";
import { fileOf, openDatabase } from "../app/store/database.ts";
import { openDirectory } from "../host/directory.ts";
import { type Env, FLAG, readArguments } from "./arguments.ts";
import { readStoreState } from "./store-state.ts";

const StoreSettings = Settings.pick({ KIN_DATABASE_URL: true, KIN_DATABASE_TOKEN: true });

export const migrate = async (args: readonly string[], env: Env): Promise<number> => {
  const { values } = readArguments(args, { json: FLAG });
  const settings = StoreSettings.parse({
    KIN_DATABASE_URL: env.KIN_DATABASE_URL || undefined,
    KIN_DATABASE_TOKEN: env.KIN_DATABASE_TOKEN || undefined,
  });
  const address = { url: settings.KIN_DATABASE_URL, token: settings.KIN_DATABASE_TOKEN };
  const before = await readStoreState(address);
  const file = fileOf(address.url);
  if (file !== null) openDirectory(dirname(file), "Set KIN_DATABASE_URL to a file that Kin may write.");
  (await openDatabase(address)).close();
  const after = await readStoreState(address);
  const applied = after.applied.filter(name => !before.applied.includes(name));
  if (values.json) {
    console.log(JSON.stringify({ applied, before: before.applied, unknown: after.unknown }, null, 2));
  } else {
    for (const name of applied) console.log(`applied ${name}`);
    console.log(
      applied.length === 0
        ? `Nothing to do: the store has all ${after.applied.length} migrations.`
        : `The store has all ${after.applied.length} migrations now.`,
    );
    if (after.unknown.length > 0)
      console.log(`It was written to by a later Kin, which added ${after.unknown.join(", ")}.`);
  }
  return 0;
};
