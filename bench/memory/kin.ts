// Kin's side, as a process: `kin.ts <url>`. Pipelines side by side on one model.
import { driverFor } from "../drive.ts";
import { measure } from "./held.ts";

const drive = driverFor(process.argv[2] ?? "");
await measure(number => drive({ opening: { pipeline: `p${number}`, number: number + 1 } }));
