"""The fields of `VllmArgs`: every flag of `vllm serve` with its type. Written by tools/generate_engines.py."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

__all__ = ["VllmFields"]

class VllmFields(TypedDict, total=False):
    """Every flag of `vllm serve`, by the engine's name of its value. The image's version decides which of them it takes."""

    additional_config: Mapping[str, Any] | str
    """`--additional-config`, in every version."""

    aggregate_engine_logging: bool
    """`--aggregate-engine-logging`, in 0.11.1 and later. Default `false`."""

    all2all_backend: Literal[
        "allgather_reducescatter",
        "deepep_high_throughput",
        "deepep_low_latency",
        "deepep_v2",
        "flashinfer_all2allv",
        "flashinfer_nvlink_one_sided",
        "flashinfer_nvlink_two_sided",
        "moonep",
        "mori",
        "mori_high_throughput",
        "mori_low_latency",
        "naive",
        "nixl_ep",
        "pplx",
    ]
    """`--all2all-backend`, in 0.11.1 and later. Default `allgather_reducescatter`."""

    allow_credentials: bool
    """`--allow-credentials`, in every version. Default `false`."""

    allow_deprecated_quantization: bool
    """`--allow-deprecated-quantization`, in 0.14.0 and later. Default `false`."""

    allowed_headers: Mapping[str, Any] | Sequence[Any]
    """`--allowed-headers`, in every version."""

    allowed_local_media_path: str
    """`--allowed-local-media-path`, in every version."""

    allowed_media_domains: Sequence[str]
    """`--allowed-media-domains`, in 0.11.0 and later."""

    allowed_methods: Mapping[str, Any] | Sequence[Any]
    """`--allowed-methods`, in every version."""

    allowed_origins: Mapping[str, Any] | Sequence[Any]
    """`--allowed-origins`, in every version."""

    anthropic_disabled_thinking_effort: Literal["auto", "high", "low", "max", "medium", "none", "xhigh"]
    """`--anthropic-disabled-thinking-effort`, in 0.31.0 and later. Default `auto`."""

    api_key: Sequence[str]
    """`--api-key`, in every version."""

    api_server_count: int
    """`--api-server-count`, in 0.9.1 and later."""

    async_scheduling: bool
    """`--async-scheduling`, in 0.10.0 and later."""

    attention_backend: str
    """`--attention-backend`, in 0.13.0 and later."""

    attention_config: Mapping[str, Any] | Sequence[Any]
    """`--attention-config`, in 0.13.0 and later."""

    aux_output_config: Mapping[str, Any] | Sequence[Any]
    """`--aux-output-config`, in 0.31.0 and later."""

    block_size: int
    """`--block-size`, in every version."""

    calculate_kv_scales: bool
    """`--calculate-kv-scales`, in 0.8.4 to 0.27.1. Default `false`."""

    chat_template: str
    """`--chat-template`, in every version."""

    chat_template_content_format: Literal["auto", "openai", "string"]
    """`--chat-template-content-format`, in every version. Default `auto`."""

    code_revision: str
    """`--code-revision`, in every version."""

    cohere_format: str
    """`--cohere-format`, in 0.27.0 and later. Default `cmd4`."""

    cohere_is_reasoning_model: bool
    """`--cohere-is-reasoning-model`, in 0.27.0 and later. Default `true`."""

    collect_detailed_traces: Sequence[
        Literal["all", "all,model", "all,worker", "model", "model,all", "model,worker", "worker", "worker,all", "worker,model"]
    ]
    """`--collect-detailed-traces`, in every version."""

    compilation_config: Mapping[str, Any] | Sequence[Any]
    """`--compilation-config`, in every version."""

    config_format: str
    """`--config-format`, in every version. Default `auto`."""

    convert: Literal["auto", "classify", "embed", "mm_encoder_only", "none", "reward"]
    """`--convert`, in 0.10.1 and later. Default `auto`."""

    cp_kv_cache_interleave_size: int
    """`--cp-kv-cache-interleave-size`, in 0.12.0 and later."""

    cpu_distributed_timeout_seconds: int
    """`--cpu-distributed-timeout-seconds`, in 0.22.0 and later."""

    cpu_offload_gb: float
    """`--cpu-offload-gb`, in every version. Default `0`."""

    cpu_offload_params: Sequence[str]
    """`--cpu-offload-params`, in 0.17.0 and later."""

    cuda_graph_sizes: Sequence[int]
    """`--cuda-graph-sizes`, in 0.9.0 to 0.12.0. Instead: --cudagraph-capture-sizes or --max-cudagraph-capture-size."""

    cudagraph_capture_sizes: Sequence[int]
    """`--cudagraph-capture-sizes`, in 0.11.1 and later."""

    cudagraph_metrics: bool
    """`--cudagraph-metrics`, in 0.13.0 and later. Default `false`."""

    custom_histogram_buckets: Mapping[str, Any] | Sequence[Any]
    """`--custom-histogram-buckets`, in 0.32.0 and later."""

    data_parallel_address: str
    """`--data-parallel-address`, in 0.9.0 and later."""

    data_parallel_backend: str
    """`--data-parallel-backend`, in 0.9.1 and later. Default `mp`."""

    data_parallel_external_lb: bool
    """`--data-parallel-external-lb`, in 0.11.1 and later. Default `false`."""

    data_parallel_hybrid_lb: bool
    """`--data-parallel-hybrid-lb`, in 0.10.0 and later. Default `false`."""

    data_parallel_multi_port_external_lb: bool
    """`--data-parallel-multi-port-external-lb`, in 0.22.0 and later. Default `false`."""

    data_parallel_rank: int
    """`--data-parallel-rank`, in 0.9.2 and later."""

    data_parallel_rpc_port: int
    """`--data-parallel-rpc-port`, in 0.9.0 and later."""

    data_parallel_size: int
    """`--data-parallel-size`, in every version. Default `1`."""

    data_parallel_size_local: int
    """`--data-parallel-size-local`, in 0.9.0 and later."""

    data_parallel_start_rank: int
    """`--data-parallel-start-rank`, in 0.9.0 and later."""

    data_parallel_supervisor_port: int
    """`--data-parallel-supervisor-port`, in 0.22.0 and later. Default `9256`."""

    dbo_decode_token_threshold: int
    """`--dbo-decode-token-threshold`, in 0.11.0 and later. Default `32`."""

    dbo_prefill_token_threshold: int
    """`--dbo-prefill-token-threshold`, in 0.11.0 and later. Default `512`."""

    dcp_comm_backend: Literal["a2a", "ag_rs"]
    """`--dcp-comm-backend`, in 0.18.0 and later."""

    dcp_kv_cache_interleave_size: int
    """`--dcp-kv-cache-interleave-size`, in 0.11.1 and later. Default `1`."""

    dcp_q_replicate: bool
    """`--dcp-q-replicate`, in 0.29.0 and later."""

    decode_context_parallel_size: int
    """`--decode-context-parallel-size`, in 0.10.2 and later. Default `1`."""

    default_chat_template_kwargs: Mapping[str, Any] | Sequence[Any]
    """`--default-chat-template-kwargs`, in 0.14.0 and later."""

    default_mm_loras: Mapping[str, Any] | Sequence[Any]
    """`--default-mm-loras`, in 0.10.0 and later."""

    device: Literal["auto", "cpu", "cuda", "hpu", "neuron", "tpu", "xpu"]
    """`--device`, in 0.8.4 to 0.9.2. Default `auto`. Instead: chosen by the platform; no flag."""

    device_ids: Sequence[int | str]
    """`--device-ids`, in 0.24.0 and later."""

    diffusion_config: Mapping[str, Any] | Sequence[Any]
    """`--diffusion-config`, in 0.24.0 and later."""

    disable_access_log_for_endpoints: str
    """`--disable-access-log-for-endpoints`, in 0.16.0 and later."""

    disable_async_output_proc: bool
    """`--disable-async-output-proc`, in 0.8.4 to 0.10.2. Default `false`."""

    disable_cascade_attn: bool
    """`--disable-cascade-attn`, in every version."""

    disable_chunked_mm_input: bool
    """`--disable-chunked-mm-input`, in every version. Default `false`."""

    disable_custom_all_reduce: bool
    """`--disable-custom-all-reduce`, in every version. Default `false`."""

    disable_fastapi_docs: bool
    """`--disable-fastapi-docs`, in every version. Default `false`."""

    disable_frontend_multiprocessing: bool
    """`--disable-frontend-multiprocessing`, in 0.8.4 to 0.18.1. Default `false`."""

    disable_hybrid_kv_cache_manager: bool
    """`--disable-hybrid-kv-cache-manager`, in 0.9.1 and later."""

    disable_log_requests: bool
    """`--disable-log-requests`, in 0.8.4 to 0.16.0. Default `true`. Instead: --no-enable-log-requests (request logging is off by default sinc…"""

    disable_log_stats: bool
    """`--disable-log-stats`, in every version. Default `false`."""

    disable_mm_preprocessor_cache: bool
    """`--disable-mm-preprocessor-cache`, in 0.8.4 to 0.12.0. Default `false`. Instead: --mm-processor-cache-gb 0."""

    disable_nccl_for_dp_synchronization: bool
    """`--disable-nccl-for-dp-synchronization`, in 0.11.1 and later."""

    disable_sliding_window: bool
    """`--disable-sliding-window`, in every version. Default `false`."""

    disable_uvicorn_access_log: bool
    """`--disable-uvicorn-access-log`, in every version. Default `false`."""

    distributed_executor_backend: str
    """`--distributed-executor-backend`, in every version."""

    distributed_timeout_seconds: int
    """`--distributed-timeout-seconds`, in 0.18.0 and later."""

    download_dir: str
    """`--download-dir`, in every version."""

    dp_supervisor_probe_failure_threshold: int
    """`--dp-supervisor-probe-failure-threshold`, in 0.22.0 and later. Default `3`."""

    dp_supervisor_probe_interval_s: float
    """`--dp-supervisor-probe-interval-s`, in 0.22.0 and later. Default `5.0`."""

    dp_supervisor_probe_timeout_s: float
    """`--dp-supervisor-probe-timeout-s`, in 0.22.0 and later. Default `5.0`."""

    dp_sync_interval: int
    """`--dp-sync-interval`, in 0.30.0 and later. Default `16`."""

    dtype: Literal["auto", "bfloat16", "float", "float16", "float32", "half"]
    """`--dtype`, in every version. Default `auto`."""

    ec_manager_config: Mapping[str, Any] | Sequence[Any]
    """`--ec-manager-config`, in 0.28.0 and later."""

    ec_transfer_config: Mapping[str, Any] | Sequence[Any]
    """`--ec-transfer-config`, in 0.11.1 and later."""

    elastic_ep_max_dp_size: int
    """`--elastic-ep-max-dp-size`, in 0.30.0 and later."""

    enable_auto_tool_choice: bool
    """`--enable-auto-tool-choice`, in every version. Default `false`."""

    enable_batch_sharded_sampling: bool
    """`--enable-batch-sharded-sampling`, in 0.29.0 and later."""

    enable_bf16x3_router_gemm: bool
    """`--enable-bf16x3-router-gemm`, in 0.26.0 to 0.29.0. Default `false`."""

    enable_chunked_prefill: bool
    """`--enable-chunked-prefill`, in every version."""

    enable_cumem_allocator: bool
    """`--enable-cumem-allocator`, in 0.22.0 and later. Default `false`."""

    enable_dbo: bool
    """`--enable-dbo`, in 0.11.0 and later. Default `false`."""

    enable_elastic_ep: bool
    """`--enable-elastic-ep`, in 0.17.0 and later. Default `false`."""

    enable_ep_weight_filter: bool
    """`--enable-ep-weight-filter`, in 0.18.0 and later. Default `false`."""

    enable_eplb: bool
    """`--enable-eplb`, in 0.9.2 and later. Default `false`."""

    enable_expert_parallel: bool
    """`--enable-expert-parallel`, in every version. Default `false`."""

    enable_fault_tolerance: bool
    """`--enable-fault-tolerance`, in 0.27.0 and later. Default `false`."""

    enable_flash_late_interaction: bool
    """`--enable-flash-late-interaction`, in 0.20.0 and later. Default `true`."""

    enable_flashinfer_autotune: bool
    """`--enable-flashinfer-autotune`, in 0.16.0 and later."""

    enable_force_include_usage: bool
    """`--enable-force-include-usage`, in 0.9.2 and later. Default `false`."""

    enable_hc_sp: bool
    """`--enable-hc-sp`, in 0.32.0 and later. Default `false`."""

    enable_layerwise_nvtx_tracing: bool
    """`--enable-layerwise-nvtx-tracing`, in 0.13.0 and later. Default `false`."""

    enable_log_deltas: bool
    """`--enable-log-deltas`, in 0.14.0 and later. Default `true`."""

    enable_log_outputs: bool
    """`--enable-log-outputs`, in 0.10.1 and later. Default `false`."""

    enable_log_requests: bool
    """`--enable-log-requests`, in 0.10.1 and later. Default `false`."""

    enable_logging_iteration_details: bool
    """`--enable-logging-iteration-details`, in 0.14.0 and later. Default `false`."""

    enable_lora: bool
    """`--enable-lora`, in every version."""

    enable_lora_bias: bool
    """`--enable-lora-bias`, in 0.8.4 to 0.11.0. Default `false`."""

    enable_mamba_cache_stochastic_rounding: bool
    """`--enable-mamba-cache-stochastic-rounding`, in 0.20.0 and later. Default `false`."""

    enable_mamba_fine_grained_prefix_cache: bool
    """`--enable-mamba-fine-grained-prefix-cache`, in 0.30.0 to 0.30.0. Default `false`."""

    enable_mamba_shared_prefix_checkpoint: bool
    """`--enable-mamba-shared-prefix-checkpoint`, in 0.31.0 and later. Default `false`."""

    enable_mfu_metrics: bool
    """`--enable-mfu-metrics`, in 0.14.0 and later. Default `false`."""

    enable_mixed_moe_lora_format: bool
    """`--enable-mixed-moe-lora-format`, in 0.22.0 and later. Default `false`."""

    enable_mm_embeds: bool
    """`--enable-mm-embeds`, in 0.11.1 and later. Default `false`."""

    enable_moe_shared_loras: bool
    """`--enable-moe-shared-loras`, in 0.26.0 and later. Default `false`."""

    enable_multimodal_encoder_data_parallel: bool
    """`--enable-multimodal-encoder-data-parallel`, in 0.9.1 to 0.12.0. Default `false`. Instead: --mm-encoder-tp-mode data."""

    enable_nccl_comm_suspend: bool
    """`--enable-nccl-comm-suspend`, in 0.30.0 and later. Default `false`."""

    enable_offline_docs: bool
    """`--enable-offline-docs`, in 0.14.0 and later. Default `false`."""

    enable_per_request_metrics: bool
    """`--enable-per-request-metrics`, in 0.25.0 and later. Default `false`."""

    enable_prefix_caching: bool
    """`--enable-prefix-caching`, in every version."""

    enable_prompt_adapter: bool
    """`--enable-prompt-adapter`, in 0.8.4 to 0.10.1.1. Default `false`."""

    enable_prompt_embeds: bool
    """`--enable-prompt-embeds`, in 0.9.0 and later. Default `false`."""

    enable_prompt_tokens_details: bool
    """`--enable-prompt-tokens-details`, in every version. Default `false`."""

    enable_reasoning: bool
    """`--enable-reasoning`, in 0.8.4 to 0.9.2. Instead: --reasoning-parser alone."""

    enable_request_id_headers: bool
    """`--enable-request-id-headers`, in every version. Default `false`."""

    enable_return_routed_experts: bool
    """`--enable-return-routed-experts`, in 0.14.0 and later. Default `false`."""

    enable_scale_out: bool
    """`--enable-scale-out`, in 0.30.0 and later. Default `false`."""

    enable_server_load_tracking: bool
    """`--enable-server-load-tracking`, in every version. Default `false`."""

    enable_shm_tensor_arena: bool
    """`--enable-shm-tensor-arena`, in 0.32.0 and later. Default `false`."""

    enable_sleep_mode: bool
    """`--enable-sleep-mode`, in every version. Default `false`."""

    enable_ssl_refresh: bool
    """`--enable-ssl-refresh`, in every version. Default `false`."""

    enable_tokenizer_info_endpoint: bool
    """`--enable-tokenizer-info-endpoint`, in 0.10.0 and later. Default `false`."""

    enable_tower_connector_lora: bool
    """`--enable-tower-connector-lora`, in 0.14.0 and later. Default `false`."""

    enable_trace_replay: bool
    """`--enable-trace-replay`, in 0.29.0 and later. Default `false`."""

    enforce_eager: bool
    """`--enforce-eager`, in every version. Default `false`."""

    engram_config: Mapping[str, Any] | Sequence[Any]
    """`--engram-config`, in 0.30.0 and later."""

    eplb_config: Mapping[str, Any] | Sequence[Any]
    """`--eplb-config`, in 0.10.2 and later."""

    eplb_log_balancedness: bool
    """`--eplb-log-balancedness`, in 0.9.2 to 0.11.2. Instead: --eplb-config.log_balancedness."""

    eplb_step_interval: int
    """`--eplb-step-interval`, in 0.9.2 to 0.11.2. Instead: --eplb-config.step_interval."""

    eplb_window_size: int
    """`--eplb-window-size`, in 0.9.2 to 0.11.2. Instead: --eplb-config.window_size."""

    exclude_tools_when_tool_choice_none: bool
    """`--exclude-tools-when-tool-choice-none`, in 0.10.1 and later. Default `false`."""

    expand_tools_even_if_tool_choice_none: bool
    """`--expand-tools-even-if-tool-choice-none`, in 0.9.2 to 0.9.2. Default `false`. Instead: --exclude-tools-when-tool-choice-none (opposite)."""

    expert_placement_strategy: Literal["linear", "round_robin"]
    """`--expert-placement-strategy`, in 0.11.0 and later. Default `linear`."""

    fail_on_environ_validation: bool
    """`--fail-on-environ-validation`, in 0.17.0 and later. Default `false`."""

    fault_tolerance_config: Mapping[str, Any] | Sequence[Any]
    """`--fault-tolerance-config`, in 0.27.0 and later."""

    fingerprint_mode: Literal["custom", "full", "hash", "none"]
    """`--fingerprint-mode`, in 0.21.0 and later. Default `full`."""

    fingerprint_value: str
    """`--fingerprint-value`, in 0.21.0 and later."""

    fully_sharded_loras: bool
    """`--fully-sharded-loras`, in every version. Default `false`."""

    gdn_prefill_backend: Literal["aiter_flydsl", "cutedsl", "flashinfer", "sycl", "triton"]
    """`--gdn-prefill-backend`, in 0.18.0 and later."""

    generation_config: str
    """`--generation-config`, in every version. Default `auto`."""

    gpu_memory_utilization: float
    """`--gpu-memory-utilization`, in every version. Default `0.92`."""

    grpc: bool
    """`--grpc`, in 0.18.0 and later. Default `false`."""

    grpc_port: int
    """`--grpc-port`, in 0.32.0 and later."""

    guided_decoding_backend: str
    """`--guided-decoding-backend`, in 0.8.4 to 0.11.2. Instead: --structured-outputs-config.backend."""

    guided_decoding_disable_additional_properties: str
    """`--guided-decoding-disable-additional-properties`, in 0.9.0 to 0.11.2. Instead: --structured-outputs-config.disable_additional_properties."""

    guided_decoding_disable_any_whitespace: str
    """`--guided-decoding-disable-any-whitespace`, in 0.9.0 to 0.11.2. Instead: --structured-outputs-config.disable_any_whitespace."""

    guided_decoding_disable_fallback: str
    """`--guided-decoding-disable-fallback`, in 0.9.0 to 0.11.2. Instead: --structured-outputs-config.disable_fallback."""

    h11_max_header_count: int
    """`--h11-max-header-count`, in 0.10.1.1 and later. Default `256`."""

    h11_max_incomplete_event_size: int
    """`--h11-max-incomplete-event-size`, in 0.10.1.1 and later. Default `4194304`."""

    headless: bool
    """`--headless`, in 0.9.0 and later. Default `false`."""

    hf_config_path: str
    """`--hf-config-path`, in every version."""

    hf_overrides: Mapping[str, Any] | str
    """`--hf-overrides`, in every version."""

    hf_token: str
    """`--hf-token`, in every version."""

    host: str
    """`--host`, in every version."""

    ignore_patterns: Sequence[str]
    """`--ignore-patterns`, in every version."""

    interleave_mm_strings: bool
    """`--interleave-mm-strings`, in 0.10.0 and later. Default `false`."""

    io_processor_plugin: str
    """`--io-processor-plugin`, in 0.10.2 and later."""

    ir_op_priority: Mapping[str, Any] | Sequence[Any]
    """`--ir-op-priority`, in 0.20.0 and later."""

    jit_monitor_mode: Literal["error", "warn"]
    """`--jit-monitor-mode`, in 0.25.0 and later. Default `warn`."""

    jit_monitor_verbose: bool
    """`--jit-monitor-verbose`, in 0.24.0 and later. Default `false`."""

    kda_decode_backend: Literal["auto", "flashinfer", "native", "triton"]
    """`--kda-decode-backend`, in 0.30.0 and later."""

    kda_prefill_backend: Literal["auto", "flashinfer", "flashkda", "fused", "triton"]
    """`--kda-prefill-backend`, in 0.27.0 and later."""

    kernel_config: Mapping[str, Any] | Sequence[Any]
    """`--kernel-config`, in 0.16.0 and later."""

    kv_cache_dtype: str
    """`--kv-cache-dtype`, in every version. Default `auto`."""

    kv_cache_dtype_skip_layers: Sequence[str]
    """`--kv-cache-dtype-skip-layers`, in 0.19.0 and later."""

    kv_cache_memory_bytes: int | str
    """`--kv-cache-memory-bytes`, in 0.10.2 and later."""

    kv_cache_metrics: bool
    """`--kv-cache-metrics`, in 0.12.0 and later. Default `false`."""

    kv_cache_metrics_sample: float
    """`--kv-cache-metrics-sample`, in 0.12.0 and later. Default `0.01`."""

    kv_events_config: Mapping[str, Any] | Sequence[Any]
    """`--kv-events-config`, in 0.9.0 and later."""

    kv_offloading_backend: Literal["lmcache", "native"]
    """`--kv-offloading-backend`, in 0.11.1 and later. Default `native`."""

    kv_offloading_size: float
    """`--kv-offloading-size`, in 0.11.1 and later."""

    kv_sharing_fast_prefill: bool
    """`--kv-sharing-fast-prefill`, in 0.10.1 and later. Default `false`."""

    kv_transfer_config: Mapping[str, Any] | Sequence[Any]
    """`--kv-transfer-config`, in every version."""

    language_model_only: bool
    """`--language-model-only`, in 0.17.0 and later. Default `false`."""

    limit_mm_per_prompt: Mapping[str, Any] | Sequence[Any]
    """`--limit-mm-per-prompt`, in every version."""

    linear_backend: Literal[
        "aiter",
        "auto",
        "b12x",
        "conch",
        "cutlass",
        "deep_gemm",
        "emulation",
        "exllama",
        "fbgemm",
        "flashinfer_b12x",
        "flashinfer_cudnn",
        "flashinfer_cutedsl",
        "flashinfer_cutlass",
        "flashinfer_trtllm",
        "humming",
        "machete",
        "marlin",
        "torch",
        "triton",
        "xpu",
        "xpu_woq",
    ]
    """`--linear-backend`, in 0.22.0 and later. Default `auto`."""

    load_format: str
    """`--load-format`, in every version. Default `auto`."""

    log_config_file: str
    """`--log-config-file`, in 0.9.1 and later. Instead: --logging-config.pylogging_config_file."""

    log_error_stack: bool
    """`--log-error-stack`, in 0.10.2 and later. Default `false`."""

    log_level: Literal["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARNING"]
    """`--log-level`, in 0.31.0 and later."""

    logging_config: Mapping[str, Any] | Sequence[Any]
    """`--logging-config`, in 0.31.0 and later."""

    logits_processor_pattern: str
    """`--logits-processor-pattern`, in 0.8.4 to 0.16.0."""

    logits_processors: Sequence[str]
    """`--logits-processors`, in 0.10.1 and later."""

    logprobs_mode: Literal["processed_logits", "processed_logprobs", "raw_logits", "raw_logprobs"]
    """`--logprobs-mode`, in 0.10.0 and later. Default `raw_logprobs`."""

    long_lora_scaling_factors: Sequence[float]
    """`--long-lora-scaling-factors`, in 0.8.4 to 0.9.2."""

    long_prefill_token_threshold: int
    """`--long-prefill-token-threshold`, in every version. Default `0`."""

    long_prefill_token_threshold_adaptive: bool
    """`--long-prefill-token-threshold-adaptive`, in 0.31.0 and later. Default `false`."""

    lora_dtype: Literal["auto", "bfloat16", "float16"]
    """`--lora-dtype`, in every version. Default `auto`."""

    lora_extra_vocab_size: Literal[256, 512]
    """`--lora-extra-vocab-size`, in 0.8.4 to 0.11.2. Default `256`."""

    lora_modules: Sequence[str]
    """`--lora-modules`, in every version."""

    lora_target_modules: Sequence[str]
    """`--lora-target-modules`, in 0.19.0 and later."""

    mamba_backend: str
    """`--mamba-backend`, in 0.20.0 and later. Default `triton`."""

    mamba_block_size: int
    """`--mamba-block-size`, in 0.11.1 and later."""

    mamba_cache_dtype: Literal["auto", "bfloat16", "float16", "float32"]
    """`--mamba-cache-dtype`, in 0.10.1 and later. Default `auto`."""

    mamba_cache_mode: Literal["align", "all", "none"]
    """`--mamba-cache-mode`, in 0.15.0 and later."""

    mamba_cache_philox_rounds: int
    """`--mamba-cache-philox-rounds`, in 0.20.0 and later. Default `0`."""

    mamba_ssm_cache_dtype: Literal["auto", "bfloat16", "float16", "float32"]
    """`--mamba-ssm-cache-dtype`, in 0.10.1 and later. Default `auto`."""

    mamba_ssu_algorithm: Literal["auto", "horizontal", "simple", "vertical"]
    """`--mamba-ssu-algorithm`, in 0.27.0 and later."""

    master_addr: str
    """`--master-addr`, in 0.11.1 and later. Default `127.0.0.1`."""

    master_port: int
    """`--master-port`, in 0.11.1 and later. Default `29501`."""

    max_cpu_loras: int
    """`--max-cpu-loras`, in every version."""

    max_cudagraph_capture_size: int
    """`--max-cudagraph-capture-size`, in 0.11.1 and later."""

    max_log_len: int
    """`--max-log-len`, in every version."""

    max_logprobs: int
    """`--max-logprobs`, in every version. Default `20`."""

    max_long_partial_prefills: int
    """`--max-long-partial-prefills`, in 0.8.4 to 0.26.0. Default `1`."""

    max_lora_cls_labels: int
    """`--max-lora-cls-labels`, in 0.31.0 and later."""

    max_lora_rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512]
    """`--max-lora-rank`, in every version. Default `16`."""

    max_loras: int
    """`--max-loras`, in every version. Default `1`."""

    max_model_len: int | str
    """`--max-model-len`, in every version."""

    max_num_active_seqs: int
    """`--max-num-active-seqs`, in 0.31.0 and later."""

    max_num_batched_tokens: int | str
    """`--max-num-batched-tokens`, in every version."""

    max_num_partial_prefills: int
    """`--max-num-partial-prefills`, in 0.8.4 to 0.26.0. Default `1`."""

    max_num_queued_reqs: int
    """`--max-num-queued-reqs`, in 0.29.0 and later."""

    max_num_queued_tokens: int | str
    """`--max-num-queued-tokens`, in 0.29.0 and later."""

    max_num_scheduled_tokens: int | str
    """`--max-num-scheduled-tokens`, in 0.26.0 and later."""

    max_num_seqs: int
    """`--max-num-seqs`, in every version."""

    max_parallel_loading_workers: int
    """`--max-parallel-loading-workers`, in every version."""

    max_prompt_adapter_token: int
    """`--max-prompt-adapter-token`, in 0.8.4 to 0.9.2. Default `0`."""

    max_prompt_adapters: int
    """`--max-prompt-adapters`, in 0.8.4 to 0.9.2. Default `1`."""

    max_seq_len_to_capture: int
    """`--max-seq-len-to-capture`, in 0.8.4 to 0.10.2. Default `8192`."""

    media_io_kwargs: Mapping[str, Any] | Sequence[Any]
    """`--media-io-kwargs`, in 0.9.2 and later."""

    middleware: Sequence[str]
    """`--middleware`, in every version."""

    mm_device_do_normalize: bool
    """`--mm-device-do-normalize`, in 0.28.0 and later."""

    mm_encoder_attn_backend: str
    """`--mm-encoder-attn-backend`, in 0.11.1 and later."""

    mm_encoder_attn_dtype: Literal["fp8"]
    """`--mm-encoder-attn-dtype`, in 0.21.0 and later."""

    mm_encoder_fp8_scale_path: str
    """`--mm-encoder-fp8-scale-path`, in 0.21.0 and later."""

    mm_encoder_fp8_scale_save_margin: float
    """`--mm-encoder-fp8-scale-save-margin`, in 0.21.0 and later. Default `1.5`."""

    mm_encoder_fp8_scale_save_path: str
    """`--mm-encoder-fp8-scale-save-path`, in 0.21.0 and later."""

    mm_encoder_only: bool
    """`--mm-encoder-only`, in 0.15.0 and later. Default `false`."""

    mm_encoder_tp_mode: Literal["data", "weights"]
    """`--mm-encoder-tp-mode`, in 0.10.2 and later. Default `weights`."""

    mm_hasher_algorithm: Literal["blake3", "sha256", "sha512"]
    """`--mm-hasher-algorithm`, in 0.27.0 and later. Default `blake3`."""

    mm_ipc_gpu_memory_gb: float
    """`--mm-ipc-gpu-memory-gb`, in 0.25.0 and later. Default `0`."""

    mm_processor_cache_gb: float
    """`--mm-processor-cache-gb`, in 0.10.1 and later. Default `4`."""

    mm_processor_cache_type: Literal["lru", "shm"]
    """`--mm-processor-cache-type`, in 0.11.0 and later. Default `lru`."""

    mm_processor_device: Literal["auto", "cpu", "cuda"]
    """`--mm-processor-device`, in 0.28.0 and later. Default `auto`."""

    mm_processor_kwargs: Mapping[str, Any] | Sequence[Any]
    """`--mm-processor-kwargs`, in every version."""

    mm_shm_cache_max_object_size_mb: int
    """`--mm-shm-cache-max-object-size-mb`, in 0.11.0 and later. Default `128`."""

    mm_tensor_ipc: Literal["direct_rpc", "torch_shm"]
    """`--mm-tensor-ipc`, in 0.19.0 and later. Default `direct_rpc`."""

    model_class_overrides: Mapping[str, Any] | Sequence[Any]
    """`--model-class-overrides`, in 0.25.0 and later."""

    model_impl: str
    """`--model-impl`, in every version. Default `auto`."""

    model_loader_extra_config: Mapping[str, Any] | str
    """`--model-loader-extra-config`, in every version."""

    moe_backend: Literal[
        "aiter",
        "aiter_mega_moe",
        "aiter_triton_mxfp4_bf16",
        "aiter_triton_mxfp4_mxfp4",
        "auto",
        "b12x",
        "batched_triton",
        "cutlass",
        "deep_gemm",
        "deep_gemm_mega_moe",
        "emulation",
        "flashinfer_b12x",
        "flashinfer_cutedsl",
        "flashinfer_cutlass",
        "flashinfer_moe_ep_cutedsl",
        "flashinfer_moe_ep_mega_cutedsl",
        "flashinfer_moe_ep_mega_deep_gemm",
        "flashinfer_trtllm",
        "flydsl",
        "hpc",
        "humming",
        "marlin",
        "rdna3",
        "triton",
        "triton_unfused",
    ]
    """`--moe-backend`, in 0.17.0 and later. Default `auto`."""

    monokernel: bool
    """`--monokernel`, in 0.33.0 and later. Default `false`."""

    multi_step_stream_outputs: bool
    """`--multi-step-stream-outputs`, in 0.8.4 to 0.10.0. Default `true`."""

    nnodes: int
    """`--nnodes`, in 0.11.1 and later. Default `1`."""

    node_rank: int
    """`--node-rank`, in 0.11.1 and later. Default `0`."""

    num_gpu_blocks_override: int
    """`--num-gpu-blocks-override`, in every version."""

    num_lookahead_slots: int
    """`--num-lookahead-slots`, in 0.8.4 to 0.11.2. Default `0`."""

    num_redundant_experts: int
    """`--num-redundant-experts`, in 0.9.2 to 0.11.2. Instead: --eplb-config.num_redundant_experts."""

    num_scheduler_steps: int
    """`--num-scheduler-steps`, in 0.8.4 to 0.10.0. Default `1`."""

    numa_bind: bool
    """`--numa-bind`, in 0.20.0 and later. Default `false`."""

    numa_bind_cpus: Sequence[str]
    """`--numa-bind-cpus`, in 0.20.0 and later."""

    numa_bind_nodes: Sequence[int]
    """`--numa-bind-nodes`, in 0.20.0 and later."""

    offload_backend: Literal["auto", "prefetch", "uva"]
    """`--offload-backend`, in 0.17.0 and later. Default `auto`."""

    offload_group_size: int
    """`--offload-group-size`, in 0.17.0 and later. Default `0`."""

    offload_num_in_group: int
    """`--offload-num-in-group`, in 0.17.0 and later. Default `1`."""

    offload_params: Sequence[str]
    """`--offload-params`, in 0.17.0 and later."""

    offload_prefetch_step: int
    """`--offload-prefetch-step`, in 0.17.0 and later. Default `1`."""

    optimization_level: str
    """`--optimization-level`, in 0.12.0 and later. Default `2`."""

    otlp_traces_endpoint: str
    """`--otlp-traces-endpoint`, in every version."""

    override_attention_dtype: str
    """`--override-attention-dtype`, in 0.9.2 to 0.27.1."""

    override_generation_config: Mapping[str, Any] | Sequence[Any]
    """`--override-generation-config`, in every version."""

    override_neuron_config: Mapping[str, Any] | Sequence[Any]
    """`--override-neuron-config`, in 0.8.4 to 0.10.1.1."""

    override_pooler_config: Mapping[str, Any] | Sequence[Any]
    """`--override-pooler-config`, in 0.8.4 to 0.11.2. Instead: --pooler-config."""

    per_request_spec_decode_metrics: Literal["detailed", "none", "summary"]
    """`--per-request-spec-decode-metrics`, in 0.29.0 and later. Default `none`."""

    performance_mode: Literal["balanced", "interactivity", "throughput"]
    """`--performance-mode`, in 0.17.0 and later. Default `balanced`."""

    pipeline_parallel_size: int
    """`--pipeline-parallel-size`, in every version. Default `1`."""

    pooler_config: Mapping[str, Any] | Sequence[Any]
    """`--pooler-config`, in 0.11.0 and later."""

    port: int
    """`--port`, in every version. Default `8000`."""

    preemption_mode: Literal["recompute", "swap"]
    """`--preemption-mode`, in 0.8.4 to 0.10.2."""

    prefill_context_parallel_size: int
    """`--prefill-context-parallel-size`, in 0.12.0 and later. Default `1`."""

    prefill_schedule_interval: int
    """`--prefill-schedule-interval`, in 0.24.0 and later. Default `1`."""

    prefix_cache_retention_interval: int
    """`--prefix-cache-retention-interval`, in 0.29.0 and later. Default `0`."""

    prefix_caching_hash_algo: Literal["builtin", "sha256", "sha256_cbor", "sha256_cbor_64bit", "xxhash", "xxhash_cbor"]
    """`--prefix-caching-hash-algo`, in every version. Default `sha256`."""

    prefix_match_unit: int
    """`--prefix-match-unit`, in 0.26.0 and later."""

    profiler_config: Mapping[str, Any] | Sequence[Any]
    """`--profiler-config`, in 0.13.0 and later."""

    prompt_adapters: Sequence[str]
    """`--prompt-adapters`, in 0.8.4 to 0.9.2."""

    pt_load_map_location: Mapping[str, Any] | str
    """`--pt-load-map-location`, in 0.9.0 and later. Default `cpu`."""

    qlora_adapter_name_or_path: str
    """`--qlora-adapter-name-or-path`, in 0.8.4 to 0.9.2."""

    quantization: str
    """`--quantization`, in every version."""

    quantization_config: Mapping[str, Any] | Sequence[Any]
    """`--quantization-config`, in 0.22.0 and later."""

    ray_workers_use_nsight: bool
    """`--ray-workers-use-nsight`, in every version. Default `false`."""

    reasoning_config: Mapping[str, Any] | Sequence[Any]
    """`--reasoning-config`, in 0.19.0 and later."""

    reasoning_effort_map: Mapping[str, Any] | Sequence[Any]
    """`--reasoning-effort-map`, in 0.33.0 and later."""

    reasoning_parser: str
    """`--reasoning-parser`, in every version."""

    reasoning_parser_plugin: str
    """`--reasoning-parser-plugin`, in 0.11.1 and later."""

    renderer_num_workers: int
    """`--renderer-num-workers`, in 0.19.0 and later. Default `1`."""

    replayssm_buffer_len: int
    """`--replayssm-buffer-len`, in 0.27.0 and later. Default `16`."""

    response_role: str
    """`--response-role`, in every version. Default `assistant`."""

    return_sampling_mask: bool
    """`--return-sampling-mask`, in 0.28.0 and later. Default `false`."""

    return_tokens_as_token_ids: bool
    """`--return-tokens-as-token-ids`, in every version. Default `false`."""

    revision: str
    """`--revision`, in every version."""

    root_path: str
    """`--root-path`, in every version."""

    rope_scaling: Mapping[str, Any] | Sequence[Any]
    """`--rope-scaling`, in 0.8.4 to 0.11.0. Instead: --hf-overrides '{'rope_scaling': …}'."""

    rope_theta: float
    """`--rope-theta`, in 0.8.4 to 0.11.0. Instead: --hf-overrides '{'rope_theta': …}'."""

    runner: Literal["auto", "draft", "generate", "pooling"]
    """`--runner`, in 0.10.1 and later. Default `auto`."""

    safetensors_load_strategy: Literal["eager", "lazy", "prefetch", "torchao"]
    """`--safetensors-load-strategy`, in 0.10.2 and later."""

    safetensors_prefetch_block_size: int | str
    """`--safetensors-prefetch-block-size`, in 0.21.0 and later. Default `16777216`."""

    safetensors_prefetch_num_threads: int
    """`--safetensors-prefetch-num-threads`, in 0.21.0 and later. Default `8`."""

    scheduler_cls: str
    """`--scheduler-cls`, in every version."""

    scheduler_delay_factor: float
    """`--scheduler-delay-factor`, in 0.8.4 to 0.10.2. Default `0.0`."""

    scheduler_reserve_full_isl: bool
    """`--scheduler-reserve-full-isl`, in 0.19.0 and later. Default `true`."""

    scheduling_policy: Literal["fcfs", "priority"]
    """`--scheduling-policy`, in every version. Default `fcfs`."""

    seed: int
    """`--seed`, in every version. Default `0`."""

    served_model_name: Sequence[str]
    """`--served-model-name`, in every version."""

    show_hidden_metrics_for_version: str
    """`--show-hidden-metrics-for-version`, in every version."""

    shutdown_timeout: int
    """`--shutdown-timeout`, in 0.18.0 and later. Default `0`."""

    skip_mm_profiling: bool
    """`--skip-mm-profiling`, in 0.10.1 and later. Default `false`."""

    skip_tokenizer_init: bool
    """`--skip-tokenizer-init`, in every version. Default `false`."""

    sleep_mode_backend: str
    """`--sleep-mode-backend`, in 0.33.0 and later. Default `cumem`."""

    sleep_mode_offload_cudagraph: bool
    """`--sleep-mode-offload-cudagraph`, in 0.32.0 and later. Default `false`."""

    sleep_preserve_parameter_names: Sequence[str]
    """`--sleep-preserve-parameter-names`, in 0.31.0 and later."""

    sparse_indexer_topk_backend: Literal["aiter", "auto", "cooperative", "deep_select", "flashinfer", "per_row", "persistent", "torch"]
    """`--sparse-indexer-topk-backend`, in 0.30.0 and later. Default `auto`."""

    spec_method: Literal[
        "bailing_hybrid_mtp",
        "bailing_hybrid_v3_mtp",
        "custom_class",
        "deepseek_mtp",
        "dflash",
        "dots3_note_mtp",
        "draft_model",
        "dspark",
        "eagle",
        "eagle3",
        "ernie_mtp",
        "exaone4_5_mtp",
        "exaone_moe_mtp",
        "extract_hidden_states",
        "gemma4_mtp",
        "glm4_moe_lite_mtp",
        "glm4_moe_mtp",
        "glm5_next_mtp",
        "glm_ocr_mtp",
        "hy_v3_mtp",
        "hy_v4_mtp",
        "inkling_mtp",
        "kimi_k3_mtp",
        "longcat_flash_mtp",
        "medusa",
        "mimo_mtp",
        "mimo_v2_mtp",
        "minimax_m3_mtp",
        "mlp_speculator",
        "mtp",
        "nemotron_h_mtp",
        "ngram",
        "ngram_gpu",
        "pangu_ultra_moe_mtp",
        "qwen3_5_mtp",
        "qwen3_next_mtp",
        "qwen4_exp_mtp",
        "step3p5_mtp",
        "step5_mtp",
        "suffix",
    ]
    """`--spec-method`, in 0.22.0 and later."""

    spec_model: str
    """`--spec-model`, in 0.22.0 and later."""

    spec_tokens: int
    """`--spec-tokens`, in 0.22.0 and later."""

    specialize_active_lora: bool
    """`--specialize-active-lora`, in 0.16.0 and later. Default `false`."""

    speculative_config: Mapping[str, Any] | Sequence[Any]
    """`--speculative-config`, in every version."""

    sse_keep_alive_interval: int
    """`--sse-keep-alive-interval`, in 0.29.0 and later. Default `0`."""

    ssl_ca_certs: str
    """`--ssl-ca-certs`, in every version."""

    ssl_cert_reqs: int
    """`--ssl-cert-reqs`, in every version. Default `0`."""

    ssl_certfile: str
    """`--ssl-certfile`, in every version."""

    ssl_ciphers: str
    """`--ssl-ciphers`, in 0.15.0 and later."""

    ssl_keyfile: str
    """`--ssl-keyfile`, in every version."""

    stream_interval: int
    """`--stream-interval`, in 0.11.1 and later. Default `1`."""

    structured_outputs_config: Mapping[str, Any] | Sequence[Any]
    """`--structured-outputs-config`, in 0.11.0 and later."""

    swa_bounded_replay: bool
    """`--swa-bounded-replay`, in 0.31.0 and later. Default `true`."""

    swap_space: float
    """`--swap-space`, in 0.8.4 to 0.17.1. Default `4`."""

    task: Literal["auto", "classify", "draft", "embed", "embedding", "generate", "reward", "score", "transcription"]
    """`--task`, in 0.8.4 to 0.12.0. Instead: --runner and --convert."""

    tensor_parallel_size: int
    """`--tensor-parallel-size`, in every version. Default `1`."""

    tokenizer: str
    """`--tokenizer`, in every version."""

    tokenizer_mode: str
    """`--tokenizer-mode`, in every version. Default `auto`."""

    tokenizer_pool_extra_config: Mapping[str, Any] | Sequence[Any]
    """`--tokenizer-pool-extra-config`, in 0.8.4 to 0.9.2."""

    tokenizer_pool_size: int
    """`--tokenizer-pool-size`, in 0.8.4 to 0.9.2. Default `0`."""

    tokenizer_pool_type: str
    """`--tokenizer-pool-type`, in 0.8.4 to 0.9.2. Default `ray`."""

    tokenizer_revision: str
    """`--tokenizer-revision`, in every version."""

    tokens_only: bool
    """`--tokens-only`, in 0.11.1 and later. Default `false`."""

    tool_call_parser: str
    """`--tool-call-parser`, in every version."""

    tool_parser_plugin: str
    """`--tool-parser-plugin`, in every version."""

    tool_server: str
    """`--tool-server`, in 0.10.1 and later."""

    tool_strict_level: Literal["auto", "function", "parameter"]
    """`--tool-strict-level`, in 0.31.0 and later."""

    trust_remote_code: bool
    """`--trust-remote-code`, in every version. Default `false`."""

    trust_request_chat_template: bool
    """`--trust-request-chat-template`, in 0.11.0 and later. Default `false`."""

    trust_request_mm_kwargs: bool
    """`--trust-request-mm-kwargs`, in 0.31.0 and later. Default `false`."""

    ubatch_size: int
    """`--ubatch-size`, in 0.14.0 and later. Default `0`."""

    uds: str
    """`--uds`, in 0.10.1 and later."""

    use_fp64_gumbel: bool
    """`--use-fp64-gumbel`, in 0.22.0 and later. Default `false`."""

    use_gpu_for_pooling_score: bool
    """`--use-gpu-for-pooling-score`, in 0.17.0 to 0.17.1. Default `false`."""

    use_replayssm: bool
    """`--use-replayssm`, in 0.27.0 and later. Default `false`."""

    use_tqdm_on_load: bool
    """`--use-tqdm-on-load`, in every version. Default `true`."""

    use_v2_block_manager: bool
    """`--use-v2-block-manager`, in 0.8.4 to 0.9.2. Default `true`."""

    uvicorn_log_level: Literal["critical", "debug", "error", "info", "trace", "warning"]
    """`--uvicorn-log-level`, in every version. Default `info`."""

    video_pruning_method: Literal["evs", "vidcom2"]
    """`--video-pruning-method`, in 0.27.0 and later. Default `evs`."""

    video_pruning_rate: float
    """`--video-pruning-rate`, in 0.11.0 and later."""

    watchdog_config: Mapping[str, Any] | Sequence[Any]
    """`--watchdog-config`, in 0.33.0 and later."""

    watermark: float
    """`--watermark`, in 0.24.0 and later. Default `0.0`."""

    watermark_config: Mapping[str, Any] | Sequence[Any]
    """`--watermark-config`, in 0.30.0 and later."""

    weight_transfer_config: Mapping[str, Any] | Sequence[Any]
    """`--weight-transfer-config`, in 0.16.0 and later."""

    worker_cls: str
    """`--worker-cls`, in every version. Default `auto`."""

    worker_extension_cls: str
    """`--worker-extension-cls`, in every version."""
