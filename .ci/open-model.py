"""Opens a model file with Python's safetensors and checks that it holds together."""
import json
import sys

import numpy
from safetensors import safe_open

with safe_open(sys.argv[1], framework="numpy") as model:
    names = list(model.keys())
    header = model.metadata()
    for name in names:
        tensor = model.get_tensor(name)
        assert tensor.dtype.kind != "f" or numpy.isfinite(tensor).all(), f"{name} holds NaN or Inf"
        if not name.startswith("pad."):
            print(f"{name:28} {tensor.dtype} {tensor.shape}")
    for value in header.values():
        assert isinstance(value, str)
    print({key: (json.loads(value) if value[:1] in "{[" else value) for key, value in header.items()})
