export const testRunners = {};
