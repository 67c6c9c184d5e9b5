// What a comment that asked people something begins with once a later pipeline has changed what it was about.

interface Pipelines {
  readonly before: number;
  readonly after: number;
}

/** `asks`: the later one asks something, too, in a comment of its own. */
export const decidedLater = ({ before, after, asks }: Pipelines & { readonly asks: boolean }): string =>
  `**No longer asked.** This was asked after pipeline ${before}; pipeline ${after} has changed the work since. ${asks ? "What is still to be decided stands in its own comment below." : "It left nothing to decide."}`;

export const learnedBefore = ({ before, after }: Pipelines): string =>
  `**What this task taught up to pipeline ${before}.** Pipeline ${after} has changed the work since: tick only what still holds, or comment \`/kin decide <number>\`.`;
