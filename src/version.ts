/** The version of this program; a check keeps it equal to package.json's. */
export const VERSION = '0.1.0';
