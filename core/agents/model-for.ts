// Which model a role talks to.
import { type Config, Tier } from "../model/config.ts";
import { MODELS } from "../model/models.ts";
import type { Role } from "../model/role.ts";

/** A role's own tier or model id, else its tier's. */
export const modelFor = (role: Pick<Role, "name" | "model">, models: Config["models"]): string => {
  const asked = models.roles[role.name] ?? role.model;
  const tier = Tier.safeParse(asked);
  return tier.success ? (models.tiers[tier.data] ?? MODELS[tier.data].id) : asked;
};
