// The mutants of the seccomp filter: each denied call allowed, and each of its conditions removed.
import { type Condition, DENIED } from "../../action/workbench/seccomp.ts";
import { by, changeTable, inFile, type Mutant, toMutant } from "./mutant.ts";

const FILE = "action/workbench/seccomp.ts";
const seccomp = inFile("workbench/seccomp");
const NOTICED = {
  always: by(seccomp("is answered on x64 exactly as written down here")),
  network: by(seccomp("is on x64 unix sockets as well")),
};

export const callMutants = (): readonly Mutant[] =>
  DENIED.flatMap(({ name, when = [], only }, index) => {
    const twice = DENIED.slice(0, index).filter(other => other.name === name).length;
    const called = `call ${name}${twice > 0 ? `-${twice + 1}` : ""}`;
    const leftOut = toMutant(
      { name: called, file: FILE, mutate: changeTable(TABLE, `.filter((_, index) => index !== ${index})`) },
      NOTICED[only ?? "always"],
    );
    const weaker = weakened(when).map(({ without, conditions }) =>
      toMutant(
        {
          name: `${called} without ${without}`,
          file: FILE,
          mutate: changeTable(
            TABLE,
            `.map((call, index) => (index === ${index} ? { ...call, when: ${JSON.stringify(conditions)} as never } : call))`,
          ),
        },
        NOTICED[only ?? "always"],
      ),
    );
    return [leftOut, ...weaker];
  });

const TABLE = "export const DENIED";

interface Weakened {
  readonly without: string;
  readonly conditions: readonly Condition[];
}

/** Without each condition, and without each value of one. */
const weakened = (conditions: readonly Condition[]): readonly Weakened[] =>
  conditions.flatMap((condition, at) => [
    { without: `condition ${at + 1}`, conditions: conditions.toSpliced(at, 1) },
    ...("values" in condition ? condition.values : []).map(value => ({
      without: `${value} in condition ${at + 1}`,
      conditions: conditions.with(at, {
        ...condition,
        values: (condition as { values: readonly number[] }).values.filter(other => other !== value),
      } as Condition),
    })),
  ]);
