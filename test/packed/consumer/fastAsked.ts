import { init } from 'unrolled';
import fast from 'unrolled/fast';

init({ wasm: { fast } });
await import('./fast.js');
