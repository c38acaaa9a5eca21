"""Keras 3: `model.fit`, shuffled mini-batches. Arguments: backend (jax or tensorflow), threads
(1, or 0 for all)."""

import os
import sys

backend, threads = sys.argv[1], int(sys.argv[2])
os.environ["KERAS_BACKEND"] = backend
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

from serve import pin_to_one_core, serve

if threads == 1:
    os.environ["OMP_NUM_THREADS"] = "1"
    pin_to_one_core()

import keras

if backend == "jax":
    import jax as engine
else:
    import tensorflow as engine

    if threads == 1:
        engine.config.threading.set_intra_op_parallelism_threads(1)
        engine.config.threading.set_inter_op_parallelism_threads(1)

LAYERS = {"simpleRnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def layer(spec):
    """One layer of workloads.json."""
    if spec["type"] == "dense":
        return keras.layers.Dense(spec["units"])
    return LAYERS[spec["type"]](
        spec["units"], return_sequences=spec.get("returnSequences", False)
    )


def prepare(workload, x, y):
    """A compiled model, trained by epochs."""
    keras.utils.clear_session()
    model = keras.Sequential([layer(spec) for spec in workload["layers"]])
    model.compile(loss="mse", optimizer="adam")
    batch = len(x) // workload["steps"]

    def step(n):
        model.fit(x[: n * batch], y[: n * batch], batch_size=batch, epochs=1, verbose=0)

    return step


serve({"keras": keras.__version__, backend: engine.__version__}, prepare, whole=True)
