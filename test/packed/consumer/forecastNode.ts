import { smallForecast } from './forecast.js';

console.log(await smallForecast());
