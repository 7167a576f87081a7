# The same network as test/bench/learn.ts in PyTorch: prints training rate and losses as one line of JSON.
import json
import sys
import time

import torch
from torch import nn

job = json.load(sys.stdin)
torch.set_num_threads(job["threads"])
precision = {32: torch.float32, 64: torch.float64}[job["bits"]]
torch.set_default_dtype(precision)


def floats(path, shape):
    with open(path, "rb") as file:
        data = file.read()
    return torch.frombuffer(bytearray(data), dtype=torch.float32).reshape(shape).to(precision, copy=True)


def layers():
    shape = job["input"]
    for layer in job["layers"]:
        if layer["kind"] == "conv":
            yield nn.Conv2d(shape[0], layer["channels"], 3, padding=1)
            shape = [layer["channels"], *shape[1:]]
        elif layer["kind"] == "pool":
            yield nn.MaxPool2d(2)
            shape = [shape[0], shape[1] // 2, shape[2] // 2]
        elif layer["kind"] == "relu":
            yield nn.ReLU()
        else:
            size = 1
            for side in shape:
                size *= side
            if len(shape) > 1:
                yield nn.Flatten()
            yield nn.Linear(size, layer["units"])
            shape = [layer["units"]]


model = nn.Sequential(*layers())
flat = floats(job["parameters"], [-1])
at = 0
with torch.no_grad():
    for module in model:
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            count = module.weight.numel()
            values = flat[at : at + count]
            at += count
            # dense weights lie [inputs, outputs] in ours, [outputs, inputs] in PyTorch
            if isinstance(module, nn.Linear):
                module.weight.copy_(values.reshape(module.in_features, module.out_features).T)
            else:
                module.weight.copy_(values.reshape(module.weight.shape))
            module.bias.copy_(flat[at : at + module.bias.numel()])
            at += module.bias.numel()

batch = job["batch"]
x = floats(job["x"], [-1, *job["input"]])
y = floats(job["y"], [x.shape[0], -1])
adam = torch.optim.Adam(model.parameters(), lr=job["rate"])
steps = x.shape[0] // batch


def step(i):
    rows = slice((i % steps) * batch, (i % steps + 1) * batch)
    adam.zero_grad()
    loss = ((model(x[rows]) - y[rows]) ** 2).mean()
    loss.backward()
    adam.step()
    return loss.item()


losses = [step(i) for i in range(job["compare"])]
began = time.perf_counter()
busy = time.process_time()
done = 0
while time.perf_counter() - began < job["seconds"]:
    step(done)
    done += 1
taken = time.perf_counter() - began
busy = time.process_time() - busy
rates = {"rate": done * batch / taken, "cpuRate": done * batch / busy if done else 0}
print(json.dumps({**rates, "losses": losses}))
