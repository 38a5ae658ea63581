export const runnerTests = [];
