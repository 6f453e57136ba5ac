/**
 * Stands for any value of a catalogue row's context, where its texts are wanted without one:
 * prints as `<name>`, and as a list of one of itself where a list is wanted.
 */
export function placeholder(name: string): unknown {
  const text = `<${name}>`;
  const list = (): unknown[] => [placeholder(name)];
  return new Proxy(() => text, {
    get(_target, key) {
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'valueOf') return () => text;
      if (key === Symbol.iterator) return () => list()[Symbol.iterator]();
      if (key === 'length') return 1;
      if (typeof key === 'string' && key in Array.prototype && key !== 'at') {
        const method = (Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>)[key];
        return (...args: unknown[]) => method?.apply(list(), args);
      }
      if (typeof key === 'string' && key in String.prototype) {
        const method = (String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>)[key];
        return (...args: unknown[]) => method?.apply(text, args);
      }
      return placeholder(String(key));
    },
  });
}
