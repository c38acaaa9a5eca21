import { tinyFit } from './tinyFit.js';

document.body.textContent = await tinyFit();
document.body.dataset['done'] = 'yes';
