"""Opens an export with Python's safetensors: open_tensors.py FILE NPZ, both of one model."""

import sys

import numpy
from safetensors.numpy import load_file

tensors, arrays = load_file(sys.argv[1]), numpy.load(sys.argv[2], allow_pickle=False)
for side in ("user", "item"):
    factors = tensors[f"{side}_factors"]
    assert numpy.array_equal(factors, arrays[f"{side}_factors"]), f"{side}_factors differ"
    text, offsets = tensors[f"{side}_ids.bytes"].tobytes(), tensors[f"{side}_ids.offsets"]
    ids = [text[start:end].decode() for start, end in zip(offsets, offsets[1:])]
    assert ids == list(arrays[f"{side}_ids"]), f"{side}_ids differ"
    print(f"{side}_factors {factors.dtype} {factors.shape}, {len(ids)} ids")
