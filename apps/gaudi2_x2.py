"""One model on two Gaudi2, tensor parallel over both. How many devices the claim asks for is written nowhere: it follows from the parallelism."""

from constructs_dra import App, Chart, Container, GaudiClaim, ModelArtifacts, ModelServiceDeployment, Parallelism, Role

app = App()
chart = Chart(app, "gaudi2-x2")
ModelServiceDeployment(
    chart,
    "llama",
    model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token"),
    decode=Role(
        parallelism=Parallelism(tensor=2),
        claims=[GaudiClaim(chart, "gaudi", model="Gaudi2")],
        containers=[
            Container.image_default(
                "opea/vllm-gaudi:1.22.0",
                args=[
                    "--block-size=128",
                    "--max-num-seqs=256",
                    "--max-seq-len-to-capture=2048",
                    "--max-model-len=2048",
                    "--max-num-batched-tokens=16000",
                ],
                env={
                    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
                    "HABANA_LOGS": "/tmp/habana_logs",
                    "VLLM_SKIP_WARMUP": "true",
                    "DO_NOT_TRACK": "1",
                    "VLLM_USE_V1": "1",
                },
            )
        ],
    ),
)
app.synth()
