// What a refusal by GitHub means for the request: retry, wait first, or tell a person.
import { describe, expect, test } from "vitest";
import { refused } from "../../app/github/failure.ts";

const POST = "POST /repos/{owner}/{repo}";
const told = (status: number, message: string) => Object.assign(new Error(message), { status });

describe("a refusal that passes is asked again", () => {
  test.each<[call: string, status: number, message: string, wait_ms: number]>([
    [`${POST}/pulls`, 0, "fetch failed", 0],
    [`${POST}/pulls`, 502, "Bad Gateway", 0],
    [`${POST}/git/trees`, 409, "Git Repository is temporarily unavailable", 0],
    [`${POST}/git/commits`, 404, "Not Found", 0],
    [`${POST}/git/refs`, 422, "Object does not exist", 0],
    [`${POST}/git/commits`, 422, "Tree SHA does not exist", 0],
    ["PATCH /repos/{owner}/{repo}/git/refs/{ref}", 404, "Not Found", 0],
    ["PUT /repos/{owner}/{repo}/contents/{path}", 409, "The file is being created. Please try again.", 0],
    [`${POST}/issues/{issue_number}/comments`, 422, "Validation Failed: was submitted too quickly", 60_000],
    [`${POST}/issues`, 403, "You have exceeded a secondary rate limit", 60_000],
    [`${POST}/issues`, 429, "Too Many Requests", 60_000],
  ])("%s: %i %s", (call, status, message, wait_ms) => {
    expect(refused(told(status, message), call)).toMatchObject({ retryable: true, wait_ms });
  });
});

describe("one that stays is told", () => {
  test.each<[call: string, status: number, message: string]>([
    [
      `${POST}/git/refs`,
      422,
      "Repository rule violations found\n\nCannot create ref due to creations being restricted.",
    ],
    [`${POST}/git/refs`, 422, "Reference already exists"],
    [`${POST}/pulls`, 422, "Validation Failed: No commits between main and kin/1"],
    [`${POST}/pulls`, 404, "Not Found"],
    [`${POST}/issues`, 410, "Issues has been disabled in this repository."],
    [`${POST}/git/trees`, 409, "Git Repository is empty."],
    ["GET /repos/{owner}/{repo}/git/commits/{commit_sha}", 404, "Not Found"],
    [
      "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
      409,
      "Head branch was modified. Review and try the merge again.",
    ],
    [`${POST}/issues`, 403, "Resource not accessible by integration"],
  ])("%s: %i %s", (call, status, message) => {
    expect(refused(told(status, message), call)).toMatchObject({
      code: `github_${status}`,
      retryable: false,
      wait_ms: 0,
    });
  });
});
