// One command's open files, in a harness that was started with extra ones.
import { aWorkbench, closeAll } from "../kit.ts";

const stand = await aWorkbench({ "a.txt": "a\n" });
const bench = await stand.open();
console.log((await bench.bash("echo $(ls /proc/1/fd) and $(ls /proc/self/fd)")).content);
await closeAll();
