// A separate process for a benchmark, so that what is measured shares neither heap nor event loop with what measures
// it.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** `file`: below this folder. The process may call the garbage collector. */
export const start = (file: string, ...args: readonly string[]): ChildProcess =>
  fork(join(import.meta.dirname, file), args, { execArgv: ["--expose-gc"] });

export const heard = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${child.spawnargs.join(" ")} has ended.`));
    child.once("exit", gone).once("message", message => {
      child.off("exit", gone);
      resolve(message as T);
    });
  });

export const kill = async (child: ChildProcess): Promise<void> => {
  child.kill("SIGKILL");
  await once(child, "exit");
};
