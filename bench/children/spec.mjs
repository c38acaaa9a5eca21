/** A workload of ../workloads.json as the engine's model description. */
export function modelSpec({ time, features, layers }) {
  const nodes = layers.map((layer, i) => ({
    name: `layer_${i}`,
    layer,
    inputs: [[i === 0 ? 'input' : `layer_${i - 1}`, 0]],
  }));
  return {
    inputs: [{ name: 'input', shape: [time, features] }],
    nodes,
    outputs: [[nodes.at(-1).name, 0]],
    seed: 42,
  };
}

/** MSE and Adam with Keras's defaults. */
export const compileSpec = {
  loss: { type: 'mse' },
  optimizer: { rule: { type: 'adam' }, learningRate: { type: 'constant', value: 0.001 } },
};
