type Given = import('./give.ts').Given;

declare const unrolled: Given['unrolled'];
declare const fingerprintHere: Given['fingerprintHere'];
declare const trainEndlessly: Given['trainEndlessly'];
declare const trained: Given['trained'];
declare const disposeTrained: Given['disposeTrained'];
declare const lastWorker: Given['lastWorker'];

type ForecastGiven = import('./forecast/main.ts').ForecastGiven;

declare const forecastHere: ForecastGiven['forecastHere'];
declare const refusal: ForecastGiven['refusal'];
