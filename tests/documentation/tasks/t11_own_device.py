from constructs_dra import Claim, Container, ModelArtifacts, ModelService, Request, Role
from constructs_dra.drivers import Boolean, Devices, Quantity, String, register


class Fpga(Devices, driver="fpga.example.org"):
    model = String(values=("A1", "B2"))
    ready = Boolean(published="once the firmware is loaded")
    memory = Quantity()


fpga = Fpga()
register(fpga)
card = Request("card", fpga, where=(fpga.model == "B2") & fpga.ready & (fpga.memory >= "8Gi"))
service = ModelService(
    "ranker",
    model=ModelArtifacts.hf("example/ranker"),
    decode=Role(claims=[Claim("card", card)], containers=[Container.custom("example.com/server:1", ["serve"])]),
)
