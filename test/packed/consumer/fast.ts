import v8 from 'node:v8';
import { layers, sequential } from 'unrolled';

// Node 20 has relaxed simd behind a flag; newer ones have it anyway.
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const model = sequential([layers.dense(1)], { inputShape: [1], arithmetic: 'fast' });
console.log(await model.describe().then(({ arithmetic }) => arithmetic, String));
