export const loggerTests = [];
