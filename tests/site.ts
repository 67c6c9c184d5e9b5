// The embedded GitHub's site with Kin as its App, and the workflow that a repository copies.
import { openSite as open, type Site, type SiteOptions } from "embedded-github/site";

export type { Site };

export const WORKFLOW = `name: Kin
run-name: "Kin #\${{ inputs.issue }} (\${{ inputs.pipeline || 'by hand' }}\${{ inputs.from_step && ', from step ' }}\${{ inputs.from_step }}\${{ (inputs.dry_run == true || inputs.dry_run == 'true') && ', dry run' || '' }})"
on:
  workflow_dispatch:
    inputs:
      issue: { required: true, type: string }
      pipeline: { type: string, default: "" }
      from_step: { type: string, default: "" }
      dry_run: { type: boolean, default: false }
jobs:
  run:
    runs-on: ubuntu-latest
    steps: []
`;

const FILES = {
  "README.md": "# Hello\n\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n",
  "src/add.js": "export const add = (a, b) => a - b;\n",
  ".github/workflows/kin.yml": WORKFLOW,
  ".github/workflows/ci.yml": "name: CI\non: [push]\njobs: {}\n",
};

export const openSite = (options: SiteOptions = {}): Promise<Site> =>
  open({ app: { slug: "kin", name: "Kin" }, files: FILES, ...options });
