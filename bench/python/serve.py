"""The child's side of the bench's protocol; see ../README.md."""

import json
import os
import sys
import time

import numpy as np

# Of fewer, the median would be the best of a slow implementation's chance hits.
FEWEST_SAMPLES = 3


def pin_to_one_core():
    """Leaves this process one core, before a library counts cores to size its thread pools."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def data(workload, batch):
    """x: (examples, time, features), y: (examples, *target); smooth waves, the same every run."""
    rng = np.random.default_rng(42)
    examples = workload["steps"] * batch
    phase = rng.random((examples, 1, workload["features"]))
    t = np.linspace(0, 6, workload["time"])[None, :, None]
    x = np.sin(t + 6 * phase).astype(np.float32)
    y = rng.standard_normal((examples, *workload["target"])).astype(np.float32)
    return x, y


class Sampler:
    """Times `step(n)`, which runs n training steps.

    A sample takes about a millisecond (less than a slice of the scheduler), or with `whole` an
    epoch of `steps` (where starting an epoch costs something)."""

    def __init__(self, step, steps, whole):
        """Finds a sample's length and warms everything up."""
        self.step, self.length = step, steps
        step(steps if whole else 2)
        if not whole:
            start = time.perf_counter()
            step(2)
            one = (time.perf_counter() - start) / 2
            self.length = max(1, min(steps, round(1e-3 / one)))
            for _ in range(10):
                step(self.length)

    def samples(self, seconds):
        """Microseconds a step, one figure a sample."""
        samples = []
        end = time.perf_counter() + seconds
        while len(samples) < FEWEST_SAMPLES or time.perf_counter() < end:
            start = time.perf_counter()
            self.step(self.length)
            samples.append((time.perf_counter() - start) / self.length * 1e6)
        return samples


def serve(versions, prepare, whole):
    """Answers requests until stdin closes. `prepare(workload, x, y)` gives `step(n)`; `whole`:
    it is to be called with whole epochs only."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr

    def say(message):
        print(json.dumps(message), file=out, flush=True)

    say({"ready": True, "versions": versions})
    name, sampler = None, None
    for line in sys.stdin:
        request = json.loads(line)
        workload, seconds = request["workload"], request["seconds"]
        try:
            if workload["name"] != name:
                name = None
                step = prepare(workload, *data(workload, request["batch"]))
                sampler = Sampler(step, workload["steps"], whole)
                name = workload["name"]
            samples = [] if request.get("prepare") else sampler.samples(seconds)
            say({"workload": name, "samples": samples})
        except Exception as error:  # the runner prints it; the other workloads go on
            name = None
            say({"workload": workload["name"], "error": f"{type(error).__name__}: {error}"[:300]})
