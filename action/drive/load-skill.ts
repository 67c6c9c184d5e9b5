// The tool `skill`: the harness reads it from the base's tree or from what Kin brings along, without a sandbox.
import { askedFor, loaded } from "../../core/agents/skills.ts";
import type { Pipeline } from "../../core/model/pipeline.ts";
import type { Scene } from "./scene.ts";

export const loadSkill = async (
  input: unknown,
  { pipeline, world, benches }: Pick<Scene, "world" | "benches"> & { readonly pipeline: Pipeline },
): Promise<{ readonly content: string; readonly is_error: boolean }> => {
  const asked = askedFor(input, pipeline.setup?.skills);
  if (typeof asked === "string") return { content: asked, is_error: true };
  const { skill, file } = asked;
  const text =
    skill.folder === null
      ? (world.skills?.read(skill.name, file) ?? null)
      : await benches.baseFile(pipeline, `${skill.folder}/${file}`);
  return text === null
    ? {
        content: `${file} of the skill ${skill.name} cannot be read: it is no text, or too large.`,
        is_error: true,
      }
    : { content: loaded(text, asked), is_error: false };
};
