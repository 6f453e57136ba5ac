export const proofErrors = {};
