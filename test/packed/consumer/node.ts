import { tinyFit } from './tinyFit.js';

console.log(await tinyFit());
