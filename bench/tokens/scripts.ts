// What the scripted model says: answers files by role (docs/fake-model.md).

type Script = Readonly<Record<string, readonly object[]>>;

const look = { tools: [{ read: { file_path: "src/bill.js" } }, { grep: { pattern: "split" } }] };
const change = { tools: [{ edit: { file_path: "src/bill.js", old_string: "a", new_string: "b" } }] };
const test = { tools: [{ bash: { command: "npm test" } }] };
const times = (count: number, turn: object): readonly object[] => Array.from({ length: count }, () => turn);

const proof = {
  what_was_done: "Shares are rounded so that they add up to the bill.",
  how_verified: [1],
  verification_result: "All tests pass.",
};
const verdict = { verdict: "approved", reason: "The shares add up.", findings: [] };

/** One turn, repeated forever. */
export const STEP: Script = { default: [{ tools: [{ read: { file_path: "a.txt" } }] }] };

const ROLES = ["architect", "backend_dev", "tester", "reviewer"];
export const STEPS = ROLES.length;

/** A plan and its steps, each of several turns. */
export const PIPELINE: Script = {
  pm: [
    ...times(3, look),
    {
      submit: {
        analysis: "`split` rounds one share and gives it to every flat.",
        category: "FIX",
        route_type: "feature",
        pipeline: ROLES.map(role => ({
          role,
          brief: `The shares of a bill must add up to it, to the cent. This is the part of ${role}.`,
        })),
      },
    },
  ],
  architect: [
    ...times(4, look),
    {
      submit: {
        spec: {
          overview: "Round down, then give the rest away.",
          components: [],
          interfaces: [],
          data_model: "unchanged",
          risks: [],
        },
        files_to_change: [{ file: "src/split.js", change: "Rounds down and hands out the rest." }],
        decisions: [],
      },
    },
  ],
  backend_dev: [
    ...times(4, look),
    ...times(4, change),
    ...times(2, test),
    {
      submit: {
        status: "done",
        changes: [{ file: "src/split.js", description: "The rest goes to the first flats." }],
        new_files: [],
        schema_changes: [],
        notes: "None.",
        proof,
      },
    },
  ],
  tester: [
    ...times(2, look),
    ...times(2, change),
    ...times(2, test),
    { submit: { ...verdict, tests_written: [], tests_run: 0, passed: 0, failed: 0, failures: [], proof } },
  ],
  reviewer: [...times(4, look), { submit: { ...verdict, criteria_check: [], conventions_violated: [] } }],
};
