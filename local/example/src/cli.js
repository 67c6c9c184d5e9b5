#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseBills } from "./bill.js";
import { report } from "./report.js";

const file = process.argv[2];
if (file === undefined) {
  console.error("usage: house-costs <file>");
  process.exit(2);
}

try {
  console.log(report(parseBills(readFileSync(file, "utf8"))));
} catch (error) {
  console.error(`house-costs: ${error.message}`);
  process.exit(1);
}
