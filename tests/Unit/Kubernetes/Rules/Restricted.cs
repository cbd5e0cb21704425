using System.Text.Json.Nodes;

namespace Tests.Unit.Kubernetes.Rules;

/// <summary>
/// What the namespace's level "restricted" refuses (kubernetes.io, "Pod Security Standards"), and what we ask beyond it: a user by number, a root file
/// system that cannot be written, no token of the API server, probes, resources.
/// </summary>
internal static class Restricted
{
    private static readonly string[] VolumeKinds = ["configMap", "emptyDir", "secret", "persistentVolumeClaim", "projected"];

    public static IEnumerable<string> Find(Rendered rendered)
    {
        if (rendered.Of("Namespace").Single().Node.Texts("metadata/labels").GetValueOrDefault("pod-security.kubernetes.io/enforce") != "restricted")
        {
            yield return "the namespace does not enforce 'restricted'";
        }

        foreach (var workload in rendered.Workloads)
        {
            foreach (var problem in Pod(workload).Concat(workload.Containers.SelectMany(c => Container(workload, c))))
            {
                yield return $"{workload}: {problem}";
            }
        }
    }

    private static IEnumerable<string> Pod(Workload workload)
    {
        var pod = workload.Pod;
        var context = pod.At("securityContext");
        if (context.Text("runAsNonRoot") != "true" || context.At("runAsUser") is not JsonValue user || (long)user <= 0)
        {
            yield return "runs as root, or as a user whose number is not said";
        }

        if (context.Text("seccompProfile/type") != "RuntimeDefault")
        {
            yield return "has no seccomp profile";
        }

        if (pod.Text("automountServiceAccountToken") != "false" || pod.Text("serviceAccountName") is null)
        {
            yield return "has a token of the API server, or the namespace's default account";
        }

        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(n => pod.At(n) is not null))
        {
            yield return $"{name} is set";
        }

        var kinds = pod.All("volumes").SelectMany(v => v.AsObject().Select(p => p.Key)).Where(k => k != "name").Except(VolumeKinds);
        foreach (var kind in kinds)
        {
            yield return $"has a volume of kind {kind}";
        }

        // What is written must be a volume, and each mount must be of one that there is.
        var volumes = pod.All("volumes").Select(v => v.Text("name"))
            .Concat(workload.Manifest.Node.All("spec/volumeClaimTemplates").Select(c => c.Text("metadata/name"))).ToHashSet();
        foreach (var mount in workload.Containers.SelectMany(c => c.All("volumeMounts")).Where(m => !volumes.Contains(m.Text("name"))))
        {
            yield return $"mounts '{mount.Text("name")}', which is no volume";
        }

        foreach (var name in volumes.Except(workload.Containers.SelectMany(c => c.All("volumeMounts")).Select(m => m.Text("name"))))
        {
            yield return $"has a volume '{name}' that nothing mounts";
        }
    }

    private static IEnumerable<string> Container(Workload workload, JsonNode container)
    {
        var context = container.At("securityContext");
        if (context.Text("allowPrivilegeEscalation") != "false" || context.Text("readOnlyRootFilesystem") != "true"
            || context.At("capabilities")?.ToJsonString() != """{"drop":["ALL"]}""")
        {
            yield return "a container may gain privileges, write its root file system, or has capabilities";
        }

        if (new[] { "privileged", "runAsUser", "runAsNonRoot", "procMount", "seccompProfile" }.Any(n => context.At(n) is not null))
        {
            yield return "a container says something else than its pod";
        }

        foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Where(p => container.At(p) is null))
        {
            yield return $"has no {probe}";
        }

        if (container.Text("resources/requests/cpu") is null || container.Text("resources/requests/memory") is null
            || container.Text("resources/limits/memory") is null)
        {
            yield return "does not say what it needs of CPU and memory, or how much memory at most";
        }

        if (container.Text("image") is not { } image || !image.Contains(':') || (image.EndsWith(":latest", StringComparison.Ordinal) && !workload.IsApp))
        {
            yield return $"'{container.Text("image")}' is no image of a version";
        }
    }
}
