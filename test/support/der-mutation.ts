import { DerReader } from '../../src/pki/der-reader.ts';
import { encodeTagged } from '../../src/pki/der-writer.ts';

/** Random choices that can be repeated from a seed. */
export interface Choices {
  /** A whole number from 0 to `below` - 1. */
  readonly below: (below: number) => number;
}

/** Mulberry32: small, fast, and the same everywhere. */
export function seededChoices(seed: number): Choices {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (below) => next() % below };
}

/** Changes, inserts, repeats or cuts off a few octets, so that lengths no longer fit. */
export function mutateBytes(bytes: Uint8Array, choices: Choices): Uint8Array {
  let mutant = [...bytes];
  for (let i = 0; i <= choices.below(3); i++) {
    const at = choices.below(mutant.length + 1);
    switch (choices.below(5)) {
      case 0:
        mutant[at] = (mutant[at] ?? 0) ^ (1 << choices.below(8));
        break;
      case 1:
        mutant[at] = INTERESTING[choices.below(INTERESTING.length)] ?? 0;
        break;
      case 2:
        mutant.splice(at, 0, choices.below(256));
        break;
      case 3:
        mutant.splice(at, 1 + choices.below(4));
        break;
      default:
        mutant = mutant.slice(0, Math.max(1, at));
    }
  }
  return Uint8Array.from(mutant.map((octet) => octet ?? 0));
}

/** Changes the structure and keeps it well formed: drops, repeats, swaps, empties, retags and grafts elements. */
export function mutateStructure(der: Uint8Array, choices: Choices): Uint8Array {
  const [root] = readTree(der);
  if (root === undefined) return mutateBytes(der, choices);
  for (let i = 0; i <= choices.below(2); i++) mutateNode(allNodes(root), choices);
  return writeNode(root);
}

interface Node {
  tag: number;
  contents: Uint8Array;
  children: Node[] | undefined;
}

const INTERESTING = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x7f, 0x80, 0x81, 0x84, 0xff, 0x30, 0x31, 0xa0, 0xa3,
];

function readTree(bytes: Uint8Array, depth = 0): Node[] {
  return new DerReader(bytes, 'mutant').readAll((reader) => {
    const { tag, contents } = reader.read();
    return { tag, contents, children: readChildren(tag, contents, depth) };
  });
}

/** Looks into constructed values, and into octet strings that hold DER as extensions do. */
function readChildren(tag: number, contents: Uint8Array, depth: number): Node[] | undefined {
  if (depth > 12 || ((tag & 0x20) === 0 && tag !== 0x04)) return undefined;
  try {
    const children = readTree(contents, depth + 1);
    return children.length === 0 && tag === 0x04 ? undefined : children;
  } catch {
    return undefined;
  }
}

const writeNode = ({ tag, contents, children }: Node): Uint8Array =>
  encodeTagged(tag, ...(children === undefined ? [contents] : children.map(writeNode)));

const allNodes = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(allNodes)];

function mutateNode(nodes: readonly Node[], choices: Choices): void {
  const node = nodes[choices.below(nodes.length)];
  const other = nodes[choices.below(nodes.length)];
  if (node === undefined || other === undefined) return;
  const { children } = node;
  if (children === undefined || children.length === 0) {
    node.contents = choices.below(4) === 0 ? other.contents : mutateBytes(node.contents, choices);
    return;
  }
  const at = choices.below(children.length);
  switch (choices.below(6)) {
    case 0:
      children.splice(at, 1);
      break;
    case 1:
      children.splice(at, 0, structuredClone(children[at] ?? node));
      break;
    case 2:
      children.push(...children.splice(at, 1));
      break;
    case 3:
      node.tag = choices.below(2) === 0 ? other.tag : choices.below(256);
      break;
    case 4:
      children.splice(at, 1, structuredClone(other));
      break;
    default:
      node.children = [];
  }
}
