"""PyTorch: a plain training loop over shuffled mini-batches. Argument: threads (1, or 0 for all)."""

import sys

import torch
from serve import serve

if int(sys.argv[1]) == 1:
    torch.set_num_threads(1)

KINDS = {"simpleRnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class Model(torch.nn.Module):
    """The recurrent layers of a workload as one module (they are stacked and alike), and a head."""

    def __init__(self, workload):
        super().__init__()
        recurrent = [spec for spec in workload["layers"] if spec["type"] != "dense"]
        dense = [spec for spec in workload["layers"] if spec["type"] == "dense"]
        units = recurrent[-1]["units"]
        self.whole = recurrent[-1].get("returnSequences", False)
        self.recurrent = KINDS[recurrent[0]["type"]](
            workload["features"], units, len(recurrent), batch_first=True
        )
        self.head = torch.nn.Linear(units, dense[0]["units"]) if dense else torch.nn.Identity()

    def forward(self, x):
        """x: (batch, time, features)."""
        sequence, _ = self.recurrent(x)
        return self.head(sequence if self.whole else sequence[:, -1])


def prepare(workload, x, y):
    """A model and its Adam."""
    model = Model(workload)
    optimizer = torch.optim.Adam(model.parameters())
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    batch = len(x) // workload["steps"]

    def step(n):
        order = torch.randperm(len(x))
        for i in range(n):
            rows = order[i * batch : (i + 1) * batch]
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()

    return step


serve({"torch": torch.__version__}, prepare, whole=False)
