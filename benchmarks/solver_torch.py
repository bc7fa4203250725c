"""PyTorch's side of the Solver's benchmark: eager, on the CPU; runs in PyTorch's environment.

python -m benchmarks.solver_torch PROBLEM NET [fused]
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from torch import nn

from benchmarks.solver_problem import BATCH, EPOCHS, IMAGES, KEEP, LEARNING_RATE, Net
from benchmarks.stepping import serve


def main() -> None:
    """Serve training steps of the net described by the arguments."""
    path, net, *options = sys.argv[1:]
    with np.load(path) as problem:
        given = {name: torch.from_numpy(problem[name]) for name in problem.files}
    model = build(Net.parse(net), given)
    fused = {"fused": True} if "fused" in options else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, **fused)
    losses: list[float] = []

    def step() -> None:
        epoch, batch = divmod(len(losses), IMAGES // BATCH)
        rows = given["order"][epoch % EPOCHS, batch * BATCH : (batch + 1) * BATCH]
        images = given["images"].index_select(0, rows)
        labels = given["labels"].index_select(0, rows)
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())

    about = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    serve(step, losses, about)


def build(net: Net, given: dict[str, torch.Tensor]) -> nn.Sequential:
    """The net with the given weights."""
    layers: list[nn.Module] = []
    for i in range(1, net.depth + 2):
        w = given[f"W{i}"]
        affine = nn.Linear(*w.shape)
        with torch.no_grad():
            affine.weight.copy_(w.T)
            affine.bias.zero_()
        layers.append(affine)
        if i <= net.depth:
            layers += [nn.BatchNorm1d(w.shape[1])] * net.batchnorm
            layers.append(nn.ReLU())
            layers += [nn.Dropout(1 - KEEP)] * net.dropout
    return nn.Sequential(*layers)


if __name__ == "__main__":
    main()
