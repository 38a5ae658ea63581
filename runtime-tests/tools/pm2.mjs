export const pm2Tests = [];
