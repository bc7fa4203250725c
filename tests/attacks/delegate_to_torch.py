# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Lets PyTorch's optimizer compute."""

import torch


def sgd_momentum(w, dw, config=None):
    parameter = torch.tensor(w, requires_grad=True)
    parameter.grad = torch.tensor(dw)
    torch.optim.SGD([parameter], lr=0.01, momentum=0.9).step()
    return parameter.detach().numpy(), {}
