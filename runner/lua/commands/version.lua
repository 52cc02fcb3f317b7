-- version: of the suite.

require("cli.options").read {name = "version", usage = "", about = "Prints the version of the suite.", options = {}}
print("conv2d-cts " .. cts.version)
return 0
