-- version: of the suite.

print("conv2d-cts " .. cts.version)
return 0
