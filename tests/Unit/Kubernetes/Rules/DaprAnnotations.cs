using System.Globalization;
using System.Text.RegularExpressions;

namespace Tests.Unit.Kubernetes.Rules;

/// <summary>
/// The annotations by which Dapr's injector makes a sidecar; it passes by one that it does not know. Source: Dapr 1.18.3, pkg/injector/annotations, and
/// the types in pkg/injector/patcher/sidecar.go. Those are left out that we have no reason to use.
/// </summary>
internal static partial class DaprAnnotations
{
    private static readonly string[] Flags =
    [
        "enabled", "enable-metrics", "enable-api-logging", "enable-app-health-check", "log-as-json", "disable-builtin-k8s-secret-store",
        "enable-native-sidecar",
    ];

    private static readonly string[] Numbers =
    [
        "app-port", "metrics-port", "grpc-port", "internal-grpc-port", "app-max-concurrency", "graceful-shutdown-seconds",
        "app-health-probe-interval", "app-health-probe-timeout", "app-health-threshold",
        "sidecar-liveness-probe-delay-seconds", "sidecar-liveness-probe-timeout-seconds", "sidecar-liveness-probe-period-seconds",
        "sidecar-liveness-probe-threshold", "sidecar-readiness-probe-delay-seconds", "sidecar-readiness-probe-timeout-seconds",
        "sidecar-readiness-probe-period-seconds", "sidecar-readiness-probe-threshold",
    ];

    private static readonly string[] Quantities =
    [
        "sidecar-cpu-request", "sidecar-cpu-limit", "sidecar-memory-request", "sidecar-memory-limit", "max-body-size", "read-buffer-size",
    ];

    private static readonly string[] Texts =
    [
        "app-id", "app-protocol", "config", "log-level", "api-token-secret", "app-token-secret", "app-health-check-path", "env",
        "sidecar-image", "sidecar-seccomp-profile-type", "sidecar-listen-addresses", "block-shutdown-duration",
    ];

    public static IEnumerable<string> Find(Rendered rendered) =>
        from workload in rendered.Workloads
        from annotation in workload.Annotations
        where annotation.Key.StartsWith("dapr.io/", StringComparison.Ordinal)
        let name = annotation.Key["dapr.io/".Length..]
        let isRight = Flags.Contains(name) ? annotation.Value is "true" or "false"
            : Numbers.Contains(name) ? int.TryParse(annotation.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            : Quantities.Contains(name) ? Quantity().IsMatch(annotation.Value)
            : Texts.Contains(name) && annotation.Value.Length > 0
        where !isRight
        select $"{workload}: {annotation.Key} is unknown, or '{annotation.Value}' is no value of it";

    [GeneratedRegex(@"^\d+(m|Ki|Mi|Gi)?$")]
    private static partial Regex Quantity();
}
