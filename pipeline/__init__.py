"""What the stages share; nothing here knows a data set's name."""

import os

# One BLAS thread: the order of summation, and so the last bit, must not depend on the machine's cores.
for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")
# Threads that wait must not spin: on a machine that does other work too, boosting takes ten times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
