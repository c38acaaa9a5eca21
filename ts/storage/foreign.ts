import { CheckpointError } from '../errors.ts';

/** Beginnings of files that are not ours, as bytes or text. */
const beginnings = [
  ['PK\x03\x04', 'a zip file, such as those of Keras (.keras) and PyTorch (.pt)'],
  ['\x89HDF', 'an HDF5 file, such as those of Keras (.h5)'],
  ['<', 'an HTML page: look at the address'],
  ['{', 'a JSON file, such as model.json of TensorFlow.js'],
  ['\x80\x02', "a pickle of Python's"],
] as const;

const endings = [
  [/\.(keras|h5|hdf5)$/i, 'a file of Keras'],
  [/\.(pt|pth|ckpt)$/i, 'a file of PyTorch'],
  [/\.json$/i, 'a JSON file, such as model.json of TensorFlow.js'],
  [/\.onnx$/i, 'an ONNX file'],
  [/\.(pb|tflite)$/i, 'a file of TensorFlow'],
] as const;

/**
 * Refuses what is another program's file.
 * @param name - of the file, where there is one
 * @throws CheckpointError
 */
export function checkForeign(bytes: Uint8Array, name: string): void {
  // Eight bytes of a length, then a JSON object: whatever its name, this is a safetensors file.
  if (bytes[8] === 0x7b && bytes[7] === 0) return;
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const got =
    beginnings.find(([beginning]) => start.startsWith(beginning)) ??
    endings.find(([ending]) => ending.test(name));
  if (got === undefined) return;
  throw new CheckpointError(
    `load: expected a safetensors file that save wrote, got ${got[1]}. Weights from elsewhere go into a model of the same layers with setWeights, in the order of Keras's get_weights()`,
  );
}
