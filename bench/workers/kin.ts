// Kin's side, as a process: `kin.ts <url>`. A coordinator and its workers.
import { driverFor } from "../drive.ts";
import { COORDINATED } from "./coordinated.ts";
import { answer } from "./side.ts";

const drive = driverFor(process.argv[2] ?? "");
let number = 0;
answer(() => {
  number++;
  void drive({ ...COORDINATED, opening: { pipeline: `p${number}`, number } });
});
