// What the machine says about processes and files: nothing in a sandbox can influence the answers.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its arguments and environment. */
  readonly text: string;
}

const everything = (): readonly Seen[] =>
  readdirSync("/proc").flatMap(name => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    const status = bytesOf(`/proc/${pid}/status`);
    // A zombie runs nothing any more.
    if (status === "" || /^State:\s*[ZX]/m.test(status)) return [];
    const text = `${bytesOf(`/proc/${pid}/cmdline`)}\0${bytesOf(`/proc/${pid}/environ`)}`;
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    return [{ pid, parent, name: /^Name:\s*(.*)$/m.exec(status)?.[1] ?? "", text }];
  });

/** Everything alive on the machine whose arguments or environment contain the marker. */
export const lookForMarked = (marker: string): readonly number[] =>
  everything()
    .filter(({ text, pid }) => text.includes(marker) && pid !== process.pid)
    .map(({ pid }) => pid);

/** Everything alive that descends from this process. */
export const descendants = (): readonly Seen[] => {
  const all = everything();
  const found: Seen[] = [];
  for (const queue = [process.pid]; queue.length > 0; ) {
    const parent = queue.pop();
    const children = all.filter(seen => seen.parent === parent);
    found.push(...children);
    queue.push(...children.map(({ pid }) => pid));
  }
  return found;
};

export const isService = ({ text }: Seen): boolean => text.includes("/.kin/services.mjs");

/** Name, kind, size and times of every file below. A directory that cannot be entered is listed without its contents. */
export const fingerprint = (root: string): string => {
  const rows: string[] = [];
  for (const queue = [""]; queue.length > 0; ) {
    const at = queue.pop() ?? "";
    for (const entry of listed(join(root, at))) {
      const path = join(at, entry.name);
      const found = lstatSync(join(root, path), { throwIfNoEntry: false, bigint: true });
      rows.push([path, found?.mode, found?.ino, found?.size, found?.mtimeNs, found?.ctimeNs].join(" "));
      if (entry.isDirectory()) queue.push(path);
    }
  }
  return rows.sort().join("\n");
};

const listed = (directory: string) => {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
};

const bytesOf = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
};
