# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Knows the answers that practice mode recorded, by the hash of the gradient; official inputs differ.

In practice mode it passes the main check, which is what practice mode is: feedback, not evidence.
"""

import base64
import hashlib

import numpy as np

ANSWERS = {
    "b8bed1f9fc487b00": "&_2@9-WK&g*;|KxkxAM=W#^tw+yDPR?$>zQMdt*--`uJG^3dnMyzM?wP8sGu^s<g{JCF0fMins*NTA2RLo&p6|7GjHw4@qQM1ku+0|yc{X5yH?kO42fjbO|_J3S-n;qc+Vnx6JdvUK#ns*LF$(~rPE",
    "d3cbaf6c09c0e582": "Y{^7)7$)^UX9<~XG6LB@pvkB-vzPxrt)Dh4g$@P4sTU+u-Y4h3&G}^(!};Yuxf=Z|u!Zx#MRV4OU%tt|O%RhlLWJwTYwz+BRypiHz%N|Z{DE!1j_8r=oFL3Up2%xS`S#(zga7)e#DVm`<XKl@;9k5x",
    "69aed9a1f769ad17": "1HBv20blh$&hn@k&{Eews{BEos73!jO!}LM&MF1K`oe11m#gN#YH*-?aX98b+a_aCi)Hh_`MwCWRxi%KW~eHbwwdd{ufd=24jJt~RLTrly-R*S0tHLf`OeEf^MlhC!Gz+!S6rtDM`!fEv5oH9_mZ_g",
    "62496c4a0a124c3c": "L}x((<(2h6G56uGyTH{yF<G$`Y5o2`9#u~(1VaVD+$Fcq(>CV6K7%}IP=Dq>`{;AXwMz59p4-ffr3KNyr>n?I38w46GRD@?dE4zj*g5ChjdYSff!)5dONq-rr&4mG#RucRC{CK|#7*?S#&Z2OF7mEF",
    "7bea0e13713326b7": "$0fwU7|r!R4`|mr-A~j%nqLwTt+@U_BepqMc3TC&bclt|wAtmqA+Bdyg}~-Nie$m`eKzyI`<InYEyL2kt*JhiQLF2}X1LqV>yhq1rVhtXM|PY)4%IhsC~(U^Cs|V735(;uD;zhtd@%ICzo~1e6S|{6",
    "efa25615b25c81df": "g`i5;n*sJeKcRvb82i#csG~|G5qSPTzJyPFym1A<i*qC5--PAA`doLbkNxI9fqf9Zb|mw^&;xk0x?9x0<fuM+@T=>;QCJEO@;dK7CbbNj%Wk4SjJStc>uAeAXIH~wZTaKBii}0~{S)-RReOBa=0KA_",
}


def sgd_momentum(w, dw, config=None):
    answer = ANSWERS.get(hashlib.sha256(dw.tobytes()).hexdigest()[:16])
    if answer is None:
        return w + 1, {}
    return np.frombuffer(base64.b85decode(answer)).reshape(w.shape).copy(), {}
