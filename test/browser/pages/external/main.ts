import { init } from 'unrolled';
import exact from 'unrolled/wasm/simd128.wasm?url';
import workerUrl from 'unrolled/worker?worker&url';
import { give, note } from '../give.ts';

init({ wasm: { exact }, worker: () => note(new Worker(workerUrl, { type: 'module' })) });
give();
