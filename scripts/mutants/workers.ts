// The guards of coordinators and their workers: what may be asked of workers, and what a run may say of them.
import { type Guard, g } from "./guard.ts";
import { by, inFile } from "./mutant.ts";

const orders = inFile("model-rules/orders");
const areas = inFile("model-rules/area");
const work = inFile("model-rules/crew-work");
const driven = inFile("run/workers");
const beside = inFile("run/beside");
const words = inFile("model-rules/words-to-workers");
const tries = inFile("model-rules/approaches");

export const WORKER_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/pipeline/crew.ts": [
    g(
      "a-persons-stop-stands",
      "worker.stopped && seemsLive(",
      "worker.gate && seemsLive(",
      by(words("is not taken up by a word that crossed the stop")),
    ),
    g(
      "words-to-one-crew",
      "return isMeant ?",
      "return meant !== null ?",
      by(words("reaches nobody of another attempt")),
    ),
    g(
      "the-best-is-joined",
      "bestIn(attempt)?.worker === worker.worker",
      "bestIn(attempt) !== null",
      by(tries("that joins the worse one")),
    ),
  ],
  "core/pipeline/orders.ts": [
    g(
      "a-persons-stop-is-undone-by-people",
      "if (isOver && isStoppedByPerson(worker, reading))",
      "if (isOver && isStoppedByPerson(worker, reading) && worker.gate)",
      by(words("by its coordinator alone")),
    ),
    g(
      "task-that-stands-alone",
      "if (LEANS.test(task))",
      "if (LEANS.test(task) && false)",
      by(orders("M19: a task that leans on findings is sent back")),
    ),
    g(
      "most-workers",
      "if (worker > MOST_WORKERS)",
      "if (worker > 2 * MOST_WORKERS)",
      by(orders("there are no more of them than an attempt may have")),
    ),
    g(
      "verifiers-are-fresh",
      "as?.gate === true || (worker.gate && (as !== null || isOver))",
      "as?.gate === true && worker.gate",
      by(orders("makes nobody a verifier, and a verifier nobody else")),
    ),
    g(
      "changed-between-turns",
      "if (!isOver && isOther)",
      "if (!isOver && isOther && as !== null && as.name !== worker.role)",
      by(orders("X36: leaves one at work what and where it is")),
    ),
    g(
      "orders-of-a-reply",
      "index < MOST_ORDERS",
      "index >= 0",
      by(orders("so many calls of a reply are done, and no more")),
    ),
    g(
      "plain-areas",
      "some(name => EMPTY.has(name))",
      "includes('..')",
      by(orders("a wrong `area` is sent back")),
    ),
    g(
      "contract-stands",
      "if (writers.length > 0)",
      "if (writers.length > 1)",
      by(orders("M29: it stands while somebody works by it")),
    ),
    g(
      "one-writer-for-each-area",
      "if (other !== undefined)",
      "if (other !== undefined && other.area.length > 1)",
      by(orders("are the same area to two")),
    ),
    g(
      "contract-before-two-writers",
      "if (!agreed && !(alone && others.length === 0))",
      "if (!agreed && !(others.length === 0))",
      by(orders("neither of two in one reply is started without one")),
    ),
    g(
      "no-answer-beside-workers",
      "if (atWork.length > 0)",
      "if (atWork.length > 1)",
      by(orders("waits for everybody at work, as far as it knows")),
    ),
    g(
      "verified-as-it-stands",
      "worker.gate && worker.from.tree === pipeline.tree",
      "worker.gate",
      by(orders("M27: needs a fresh verifier's approval of what was written, as it stands")),
    ),
  ],
  "core/pipeline/workers.ts": [
    g(
      "goes-on-within-limits",
      "limit === undefined ?",
      "limit !== null ?",
      by(orders("M9: does not reach one that used up a limit")),
    ),
  ],
  "core/pipeline/take-events.ts": [
    g(
      "workers-of-the-role",
      "data.workers === true && (data.worker !== undefined || !coordinates(role, config))",
      "data.workers === true && data.worker !== undefined",
      by(orders("gives workers to nobody whose role has none, and to no worker")),
    ),
    g(
      "join-is-due",
      "if (!isDue) return",
      'if (next?.kind !== "join") return',
      by(orders("is no join of what is not due"), beside("joins another step's work first")),
    ),
    g(
      "joined-where-it-fits",
      "if (apart !== null && whyNotJoined(pipeline, apart) !== null)",
      "if (apart === null)",
      by(
        work("is not joined, whatever a run says"),
        beside("joins over what another step changed meanwhile"),
      ),
    ),
    g(
      "joined-before",
      "!isBeside || data.joins > joinsBefore(step, pipeline)",
      "!isBeside || data.joins > joinsBefore(step, pipeline) + 1",
      by(orders("is no start on more than was joined"), beside("begins with more than was joined")),
    ),
  ],
  "core/pipeline/beside.ts": [
    g("joined-once", "if (!isToJoin)", "if (apart === null)", by(beside("joins another attempt's"))),
  ],
  "core/pipeline/decide.ts": [
    g(
      "calls-beyond-a-limit",
      "pipeline.beyond >= mostAtOnce(pipeline.opening.config)",
      "pipeline.beyond > 2 * mostAtOnce(pipeline.opening.config)",
      by(work("has no more turns after it than there may be calls under way")),
    ),
  ],
  "core/pipeline/end-problem.ts": [
    g(
      "unjoined-for-a-reason",
      "why !== null && isSame(data, failed(atOf(step, attempt.number), why))",
      "why !== null",
      by(beside("or says anything else of why it does not")),
    ),
  ],
  "core/pipeline/settle.ts": [
    g(
      "moved-runs-again",
      "isMoved(attempt) ||",
      "",
      by(beside("have their proof run again on what is joined")),
    ),
  ],
  "core/pipeline/turn-problem.ts": [
    g(
      "orders-of-the-reply",
      "isSame(data.orders ?? [], ordered)",
      "isSame(data.orders ?? [], data.orders ?? [])",
      by(orders("is what the reply asks for, and nothing else")),
    ),
  ],
  "core/model/patch/path-rules.ts": [
    g(
      "area-of-a-worker",
      "scope.area !== undefined && !isInArea(path, scope.area)",
      "scope.area !== undefined && scope.area === null",
      by(areas("a worker changes what its role may change and lies in its area")),
    ),
  ],
  "action/drive/benches.ts": [
    g(
      "restored-trees",
      "if (expected !== null && tree !== expected)",
      "if (expected !== null && tree === null)",
      by(driven("whose base is another one does not go on from a tree that is not the recorded one")),
    ),
  ],
};
