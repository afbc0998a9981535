"""Answers calls, one line of JSON each, until its input ends."""
import json
import sys
import traceback

import quality
import topk
import train

functions = {f"{module.__name__}.{name}": value for module in (quality, topk, train) for name, value in vars(module).items()}
answers = sys.stdout
sys.stdout = sys.stderr

for line in sys.stdin:
    call = json.loads(line)
    try:
        answer = {"result": functions[call["name"]](**call["args"])}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), file=answers, flush=True)
