// Which model a role uses.
import { expect, test } from "vitest";
import { modelFor } from "../../core/agents/model-for.ts";
import { Config } from "../../core/model/config.ts";
import { MODELS } from "../../core/model/models.ts";

test.each<[string, object, string]>([
  ["its tier's, by Kin's own table", {}, MODELS.sonnet.id],
  ["its tier's, by the project's table", { tiers: { sonnet: "some-model" } }, "some-model"],
  ["no other tier's", { tiers: { opus: "some-model" } }, MODELS.sonnet.id],
  ["its own tier's", { roles: { tester: "opus" } }, MODELS.opus.id],
  [
    "its own tier's, by the project's table",
    { tiers: { haiku: "some-model" }, roles: { tester: "haiku" } },
    "some-model",
  ],
  ["its own", { tiers: { sonnet: "some-model" }, roles: { tester: "another-model" } }, "another-model"],
  ["no other role's", { roles: { reviewer: "another-model" } }, MODELS.sonnet.id],
])("B10: a role of the tier sonnet has %s", (_, models, model) => {
  expect(modelFor({ name: "tester", model: "sonnet" }, Config.parse({ models }).models)).toBe(model);
});

test("B10: every tier has a model", () => {
  expect(Object.keys(MODELS)).toEqual(["opus", "sonnet", "haiku"]);
});
