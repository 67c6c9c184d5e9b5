// A key is a branded text, so that the compiler refuses any other. This looks for code that gets around that.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../local/world.ts";

const ROOMS = ["action", "app", "cli", "core", "host", "local"];

test("no text is made a key but in core/model/keys.ts", () => {
  const files = ROOMS.flatMap(room =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter(name => name.endsWith(".ts"))
      .map(name => join(room, name)),
  );
  const makers = files.filter(file =>
    /\bas Key\b|\bKey\.(parse|safeParse)\(/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(makers).toEqual(["core/model/keys.ts"]);
});
