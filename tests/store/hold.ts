// Another process that holds a write transaction: `node hold.ts <file> <ms>` prints `held` once it has it.
import { createClient } from "@libsql/client";

const [file, ms] = process.argv.slice(2);
const client = createClient({ url: `file:${file}`, timeout: 5_000, concurrency: 1 });
const transaction = await client.transaction("write");
await transaction.execute("INSERT INTO jobs (key, kind) VALUES ('held ' || hex(randomblob(4)), 'held')");
console.log("held");
await new Promise(resolve => setTimeout(resolve, Number(ms)));
await transaction.commit();
client.close();
