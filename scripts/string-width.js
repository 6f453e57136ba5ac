// Stands in for the package of this name in the bundle: yargs measures help text with it, and devca prints its own.
export default function stringWidth(text) {
  return String(text).length;
}
