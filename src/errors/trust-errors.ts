export const trustErrors = {};
