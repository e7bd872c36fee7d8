"""One model on one Intel GPU, the model on an existing volume. The class works for both of Intel's kernel drivers, i915 and xe."""

from constructs_dra import App, Chart, Container, IntelGpuClaim, ModelArtifacts, ModelServiceDeployment, Role

app = App()
chart = Chart(app, "single-intel-gpu")
ModelServiceDeployment(
    chart,
    "llama",
    model=ModelArtifacts.pvc_hf("model-pvc", "meta-llama/Llama-3.1-8B-Instruct", token_secret="llm-d-hf-token"),
    decode=Role(
        claims=[IntelGpuClaim(chart, "intel")],
        containers=[
            Container.vllm(
                "intel/vllm:0.10.0-xpu",
                args=[
                    "--dtype=float16",
                    "--block-size=64",
                    "--max-num-seqs=64",
                    "--max-model-len=2048",
                    "--max-num-batched-tokens=4096",
                    "--disable-sliding-window",
                    "--gpu-memory-utilization=0.9",
                    "--quantization=fp8",
                ],
                env={
                    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
                    "PT_HPU_ENABLE_LAZY_COLLECTIVES": "true",
                    "VLLM_SKIP_WARMUP": "true",
                },
                accept={"engine-variable-unknown": "as in the DRA guide: vLLM's plugins read it"},
            )
        ],
    ),
)
app.synth()
