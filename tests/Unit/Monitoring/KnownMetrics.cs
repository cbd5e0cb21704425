using System.Text.RegularExpressions;

namespace Tests.Unit.Monitoring;

/// <summary>The metrics that there are: docs/metrics.md, and what is listed there for sidecar and runtime or known of Prometheus itself.</summary>
internal static partial class KnownMetrics
{
    // What Prometheus writes about each scrape and about itself (prometheus.io/docs/concepts/jobs_instances; its own /metrics, 2.42).
    private static readonly string[] OfPrometheus =
    [
        "up", "scrape_duration_seconds", "prometheus_rule_evaluation_failures_total", "prometheus_notifications_dropped_total",
        "prometheus_notifications_alertmanagers_discovered",
    ];

    // daprd 1.18.3's /metrics: what was recorded of it (golden h_tracing_metrics), and what that run had no use for (pkg/diagnostics: batches in
    // component_monitoring.go, policies in resiliency_monitoring.go).
    private static readonly string[] OfDapr =
    [
        "dapr_component_pubsub_egress_count", "dapr_component_pubsub_egress_latencies", "dapr_component_pubsub_ingress_count",
        "dapr_component_pubsub_ingress_latencies", "dapr_component_state_count", "dapr_component_state_latencies",
        "dapr_component_pubsub_egress_bulk_count", "dapr_component_pubsub_ingress_bulk_count", "dapr_component_pubsub_ingress_bulk_latencies",
        "dapr_component_pubsub_ingress_bulk_event_count", "dapr_http_server_request_count", "dapr_http_server_latency", "dapr_http_client_completed_count", "dapr_http_client_roundtrip_latency",
        "dapr_runtime_component_loaded", "dapr_runtime_service_invocation_req_sent_total", "dapr_runtime_service_invocation_res_recv_total",
        "dapr_runtime_workflow_execution_count", "dapr_runtime_workflow_execution_latency", "dapr_runtime_workflow_activity_execution_count",
        "dapr_resiliency_count", "dapr_resiliency_activations_total", "dapr_resiliency_cb_state",
    ];

    // Built-in meters of .NET 10, as Prometheus writes them (learn.microsoft.com/dotnet/core/diagnostics/built-in-metrics).
    private static readonly string[] OfDotnet =
    [
        "http_server_request_duration_seconds", "http_server_active_requests", "http_client_request_duration_seconds",
        "dotnet_gc_collections_total", "dotnet_gc_pause_time_seconds_total", "dotnet_gc_last_collection_heap_size_bytes",
        "dotnet_gc_heap_total_allocated_bytes_total", "dotnet_process_cpu_time_seconds_total", "dotnet_process_memory_working_set_bytes",
        "dotnet_thread_pool_queue_length_total", "dotnet_exceptions_total",
    ];

    /// <summary>Whether a metric of that name is written by something.</summary>
    public static bool Have(string name) => Names.Contains(name) || Names.Contains(PartOfHistogram().Replace(name, ""));

    private static HashSet<string> Names { get; } =
        [.. Documented().Matches(File.ReadAllText(RepoFiles.At("docs", "metrics.md"))).Select(m => m.Groups[1].Value),
            .. OfPrometheus, .. OfDapr, .. OfDotnet];

    [GeneratedRegex("`(consistency_[a-z_]+)`")]
    private static partial Regex Documented();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex PartOfHistogram();
}
