/** Mutants of a checkpoint: its bytes, its header's JSON and the JSON texts inside that. */

const encode = (text) => new TextEncoder().encode(text);
const concat = (...parts) => new Uint8Array(Buffer.concat(parts));

/** Texts of `__metadata__` that are JSON; `metadata` is JSON in JSON. */
const texts = ['model', 'compile', 'learningRate', 'iterations', 'metadata'];

function split(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { header: bytes.subarray(8, 8 + length), data: bytes.subarray(8 + length) };
}

function join(header, data) {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concat(length, header, data);
}

/** The header as a tree in which the texts are trees as well. */
function parse(header) {
  const tree = JSON.parse(new TextDecoder().decode(header));
  const metadata = tree.__metadata__;
  for (const key of texts) if (key in metadata) metadata[key] = JSON.parse(metadata[key]);
  if (typeof metadata.metadata === 'string') metadata.metadata = JSON.parse(metadata.metadata);
  return tree;
}

function print(tree) {
  const metadata = tree?.__metadata__;
  if (typeof metadata !== 'object' || metadata === null) return JSON.stringify(tree);
  const printed = Object.entries(metadata).map(([key, value]) => {
    if (!texts.includes(key) || typeof value === 'string') return [key, value];
    const text = JSON.stringify(value);
    return [key, key === 'metadata' ? JSON.stringify(text) : text];
  });
  return JSON.stringify({ ...tree, __metadata__: Object.fromEntries(printed) });
}

/** Every place of a tree: the object or list, and the key in it. */
function places(tree) {
  const found = [];
  const walk = (value) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      found.push([value, key]);
      walk(value[key]);
    }
  };
  walk(tree);
  return found;
}

const nested = (depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const values = [
  ...[0, -1, 1, 2, 0.5, 1e-50, 1e9, 1e39, 1e300, 2 ** 24 - 1, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 53],
  ...[null, true, false, '', 'x', 'F64', '__proto__', 'relu', [], {}, [[]], [1, 2, 3]],
  'long'.repeat(5000),
];

/** Changes of a place in the tree. */
const treeEdits = [
  ({ pick }, [at, key]) => (at[key] = pick(values)),
  (_, [at, key]) => (Array.isArray(at) ? at.splice(Number(key), 1) : delete at[key]),
  ({ pick }, [at, key], all) => {
    const [from, name] = pick(all);
    at[key] = structuredClone(from[name]);
  },
  ({ pick }, [at, key], all) => {
    const [other, name] = pick(all);
    [at[key], other[name]] = [structuredClone(other[name]), structuredClone(at[key])];
  },
  ({ pick }, [at, key]) => {
    const name = pick(['x', '', `${key}x`, 'lstm/kernel', 'best/x', 'constructor', '__metadata__']);
    if (Array.isArray(at)) return at.push(at[key]);
    at[name] = at[key];
    delete at[key];
  },
  ({ pick, below }, [at, key]) => {
    if (typeof at[key] !== 'number') return;
    at[key] = pick([at[key] + 1, at[key] - 1, 4 * at[key], -at[key], at[key] + below(100)]);
  },
];

/** Changes of the header as text. */
const textEdits = [
  ({ pick }, text) => text.replace(/-?\d+(\.\d+)?/, pick(['NaN', '1e999', '-0', '01', '1.', '+1'])),
  ({ pick, below }, text) => {
    const at = below(text.length);
    const piece = pick(['"', '\\', '{', '}', '[', ']', ',', ':', '\\u0000', '\u0000', 'é', ' ']);
    return text.slice(0, at) + piece + text.slice(at + below(2));
  },
  ({ pick }, text) => {
    const objects = [...text.matchAll(/\{/g)];
    const at = pick(objects).index + 1;
    return `${text.slice(0, at)}"units":3,"units":4,${text.slice(at)}`;
  },
  ({ pick, below }, text) => {
    const at = pick([...text.matchAll(/:/g)]).index + 1;
    return text.slice(0, at) + nested(1 + below(100_000)) + text.slice(at);
  },
];

const dataEdits = [0x7fc00000, 0x7f800000, 0xff800000, 0x00000001, 0x7f7fffff, 0xffffffff];

const byteEdits = [
  // One bit, anywhere.
  ({ below }, bytes) => {
    const copy = bytes.slice();
    copy[below(copy.length)] ^= 1 << below(8);
    return copy;
  },
  ({ below }, bytes) => {
    const at = below(bytes.length);
    const some = Uint8Array.from({ length: below(9) }, () => below(256));
    return concat(bytes.subarray(0, at), some, bytes.subarray(at + below(9)));
  },
  ({ below }, bytes) => bytes.slice(0, below(bytes.length)),
  ({ below }, bytes) => concat(bytes, new Uint8Array(below(64))),
  // The header's length.
  ({ pick, below }, bytes) => {
    const copy = bytes.slice();
    const length = pick([
      0n,
      1n,
      BigInt(below(5000)),
      2n ** 31n,
      2n ** 32n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]);
    if (copy.length >= 8) new DataView(copy.buffer).setBigUint64(0, length, true);
    return copy;
  },
  // A value of a tensor.
  ({ pick, below }, bytes) => {
    const copy = bytes.slice();
    const { data } = split(copy);
    if (data.length >= 4) {
      const at = data.byteOffset + 4 * below(Math.floor(data.length / 4));
      new DataView(copy.buffer).setUint32(at, pick(dataEdits), true);
    }
    return copy;
  },
];

/** One to three changes of a real file. */
export function mutate(bytes, { below, pick }) {
  let mutant = bytes;
  for (let count = pick([1, 1, 1, 2, 3]); count > 0; count--) {
    const kind = below(10);
    try {
      if (kind < 3) {
        mutant = pick(byteEdits)({ below, pick }, mutant);
        continue;
      }
      const { header, data } = split(mutant);
      if (kind < 9) {
        const tree = parse(header);
        // What stands in the texts three times as often as what describes the tensors.
        const all = places(below(4) > 0 ? tree.__metadata__ : tree);
        pick(treeEdits)({ below, pick }, pick(all), all);
        mutant = join(encode(print(tree)), data);
      } else {
        const text = pick(textEdits)({ below, pick }, new TextDecoder().decode(header));
        mutant = join(encode(text), data);
      }
    } catch {
      // An earlier change left nothing to parse: what there is goes on as it is.
    }
  }
  return mutant;
}
