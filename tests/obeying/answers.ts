// The answers of a model that obeys, by role: each as its prompt asks, with every text for people filled with what it
// was told to say and what it found.

type Answer = Readonly<Record<string, unknown>>;

/** Limit for a text: commits take 72 characters for a subject, comments thousands. */
const LONGEST = 6_000;

/**
 * `run` is the number of its last run. A figure that no run printed would be sent back, so that text goes everywhere
 * else.
 */
export const answerOf = (role: string | null, said: readonly string[], run: number): Answer => {
  const words = said.join("\n\n").slice(0, LONGEST) || "Done.";
  const ground = `${words.replaceAll(/\b\d+ tests passed/g, "tests were passed")} (run ${run})`;
  const first = said[0] ?? "Done";
  const proof = {
    what_was_done: `${first}. ${words}`,
    how_verified: [run],
    verification_result: ground,
  };
  const finding = { severity: "low", file: "greeting.txt", line: 1, issue: words, fix: words };
  switch (role) {
    case "pm":
      return {
        analysis: words,
        category: "FIX",
        route_type: "debug",
        completion_mode: "auto_complete",
        justification: words,
        pipeline: [
          { role: "debugger", brief: words },
          { role: "tester", brief: words, depends_on: "debugger" },
        ],
      };
    case "tester":
      return {
        verdict: "approved",
        reason: ground,
        findings: [finding],
        tests_written: [{ file: "greeting.txt", covers: words }],
        tests_run: 0,
        passed: 0,
        failed: 0,
        failures: [],
        proof,
      };
    case "followup":
      return {
        status: "done",
        created: [{ title: first, brief: words, category: "FIX", priority: "high" }],
        pending_actions: [{ type: first, description: words, options: [words, "/kin approve"] }],
      };
    default:
      return {
        status: "done",
        root_cause: words,
        evidence: [words],
        fixes: [{ file: "greeting.txt", description: words }],
        regression_test: words,
        notes: words,
        decisions: [],
        skipped_reason: words,
        proof,
        tech_debt: { description: words, reason_temporary: words, proper_fix: words, category: "FIX" },
      };
  }
};
