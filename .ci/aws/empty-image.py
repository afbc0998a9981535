"""empty-image.py TAG ARCHITECTURE | docker load: an image without a file, as the base of one that is only looked at."""
import hashlib
import io
import json
import sys
import tarfile

tag, architecture = sys.argv[1:]


def archive(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


layer = archive({"var/runtime/none": b""})
config = {
    "architecture": architecture,
    "os": "linux",
    "config": {"Env": ["LAMBDA_TASK_ROOT=/var/task"]},
    "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
}
manifest = [{"Config": "config.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]
image = {"config.json": config, "manifest.json": manifest}
files = {name: json.dumps(content).encode() for name, content in image.items()}
sys.stdout.buffer.write(archive({**files, "layer.tar": layer}))
