// Which commands prepare a checkout and which check it if the config names none: read from the manifests at its root,
// one row per ecosystem. Pure.
import { CMAKE, DOTNET, ELIXIR, GO, GRADLE, MAKE, MAVEN, RUST, SWIFT } from "./ecosystems/compiled.ts";
import { type Ecosystem, type Gate, KINDS, type Root } from "./ecosystems/ecosystem.ts";
import { NODE } from "./ecosystems/node.ts";
import { PYTHON } from "./ecosystems/python.ts";
import { PHP, RUBY } from "./ecosystems/scripted.ts";

export { type Gate, namesPackage, type Root } from "./ecosystems/ecosystem.ts";

const ECOSYSTEMS: readonly Ecosystem[] = [
  ...[NODE, PYTHON, GO, RUST, RUBY, PHP, MAVEN, GRADLE, DOTNET, ELIXIR, SWIFT, CMAKE],
];

export const MANIFESTS: readonly string[] = [...ECOSYSTEMS, MAKE].flatMap(({ manifests }) => manifests);

export const detectSetup = (root: Root): readonly string[] => ECOSYSTEMS.flatMap(({ setup }) => setup(root));

/** Static analysis of all ecosystems first, tests last. */
export const detectGates = (root: Root): readonly Gate[] => {
  const found = ECOSYSTEMS.flatMap(({ gates }) => gates(root));
  const gates = found.length > 0 ? found : MAKE.gates(root);
  return KINDS.flatMap(kind => gates.filter(gate => gate.kind === kind));
};
