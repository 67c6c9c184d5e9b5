// What each skill in prompts/skills must be, whatever it says: a folder in the Agent Skills format that fits into a
// request.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const SKILLS = join(import.meta.dirname, "..", "..", "prompts", "skills");
const names = readdirSync(SKILLS);

const partsOf = (text: string): { readonly head: unknown; readonly body: string } => {
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  return { head: parse(head), body };
};

describe.each(names)("%s", name => {
  const folder = join(SKILLS, name);
  const { head, body } = partsOf(readFileSync(join(folder, "SKILL.md"), "utf8"));
  const files = readdirSync(folder).filter(file => file !== "SKILL.md");

  test("L10: bears its folder's name, and says in a line or three what it holds and when to load it", () => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(head).toEqual({
      name,
      description: expect.stringMatching(/^[^\n]{40,400}$/) as string,
    });
    expect((head as { description: string }).description).toMatch(/\bLoad it (when|before|after|where)\b/);
  });

  test("L10: has a body of at most 12 KB and 150 lines", () => {
    expect(body.trim()).toMatch(/^# \S/);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(12 * 1024);
    const { length } = body.trim().split("\n");
    expect(length >= 50 && length <= 150, `${length} lines`).toBe(true);
  });

  test("L10: names each file that lies beside it, and none that does not", () => {
    const prose = body.replace(/^```[\s\S]*?^```$/gm, "");
    const linked = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => target);
    for (const target of linked) expect(existsSync(join(folder, target)), target).toBe(true);
    for (const file of files) expect(linked, `${file} is named nowhere`).toContain(file);
  });

  test("L10: closes each block of code, and says its language", () => {
    for (const file of ["SKILL.md", ...files]) {
      const fences = readFileSync(join(folder, file), "utf8").match(/^```.*$/gm) ?? [];
      expect(fences.length % 2, file).toBe(0);
      for (const [index, fence] of fences.entries())
        expect(fence, file).toMatch(index % 2 === 0 ? /^```[a-z]+$/ : /^```$/);
    }
  });
});
