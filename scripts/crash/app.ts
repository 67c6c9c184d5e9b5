// The App as the harness starts it: its writes are counted, and it dies before some of them. One lane, so that they
// come in the same order in each world.
import { serve } from "../../app/main.ts";
import { explain } from "../../core/model/error.ts";
import { crashPoint } from "./crash-point.ts";
import { crashingDatabase, crashingOctokit, withoutComments } from "./wrap.ts";

const { CRASH_SABOTAGE } = process.env;
const point = crashPoint(process.env);

await serve(process.env, {
  lanes: 1,
  wrap: {
    database: database => crashingDatabase(database, point),
    octokit: octokit => {
      const crashing = crashingOctokit(octokit, point);
      return CRASH_SABOTAGE === "comment" ? withoutComments(crashing) : crashing;
    },
  },
}).catch(error => {
  console.error(explain(error));
  process.exit(1);
});
