import { expect, test } from "vitest";
import { interpolate, isTrue } from "../src/expression.ts";

const CONTEXTS = {
  inputs: { issue: "12", pipeline: "", dry_run: true, count: 3 },
  needs: { run: { result: "failure", outputs: {} } },
  github: { token: "t" },
};

test.each([
  [`#\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }})`, "#12 (by hand)"],
  [`\${{ (inputs.dry_run == true || inputs.dry_run == 'true') && ', dry run' || '' }}`, ", dry run"],
  [`\${{ inputs.nothing && 'there' }}\${{ needs.none.outputs.x }}`, ""],
  [`\${{ 'it''s' }} \${{ inputs.count }} \${{ inputs.dry_run }}`, "it's 3 true"],
  [`\${{ format('{0}-{1}', inputs.issue, github.token) }}`, "12-t"],
])("%s is %j", (text, value) => {
  expect(interpolate(text, CONTEXTS)).toBe(value);
});

test.each([
  ["always()", true],
  [`\${{ always() && needs.run.result == 'FAILURE' }}`, true],
  // A missing value is null, and null is the number 0 when compared with text.
  ["needs.run.outputs.reviews != '0'", false],
  ["needs.run.outputs.reviews == ''", true],
  ["!contains(inputs.issue, '2')", false],
])("as a condition, %s is %j", (text, value) => {
  expect(isTrue(text, CONTEXTS)).toBe(value);
});

test.each(["nowhere.x", "unheard()", "inputs.issue ==", "always() )"])("%s is refused", text => {
  expect(() => isTrue(text, CONTEXTS)).toThrow();
});
