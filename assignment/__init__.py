"""The given half of Descent: layers, a fully-connected net, a solver, data and gradient checks.

Read it, import it, do not edit it. What you write (update rules, normalization, dropout) is
handed to these classes as plain functions:

    from assignment.fc_net import FullyConnectedNet
    from assignment.solver import Solver

    model = FullyConnectedNet([100, 100], normalization=(batchnorm_forward, batchnorm_backward))
    Solver(model, data, update_rule=adam, optim_config={"learning_rate": 1e-3}).train()
"""
